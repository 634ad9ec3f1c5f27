/** Faults that nobody knows of yet: what cannot be drawn gives way to something that can, and the rest of the page stays. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertAccessible, openPage, phone, skip } from './support/browser.ts';
import { findParts } from './support/talk.ts';
import { openWrittenRoom } from './support/written-room.ts';

/** No date of the page can be written down after this year: what draws one throws. */
const breakDates = () => {
  const toIso = Date.prototype.toISOString;
  Date.prototype.toISOString = function () {
    if (this.getFullYear() > 3_000) throw new Error('a fault of the browser');
    return toIso.call(this);
  };
};
const farOff = Date.parse('4000-01-01T00:00:00.000Z');

for (const colorScheme of ['light', 'dark'] as const)
  describe(`a fault, in the ${colorScheme} theme`, { skip }, () => {
    it('of a line leaves its text, and the other lines', async (t) => {
      const { app, roomId } = await openWrittenRoom(t, () => [
        { text: 'Before it.' },
        { text: 'It **cannot** be drawn.\nIts second line.', createdAt: farOff },
        { text: 'After it.' },
      ]);
      const { page } = await openPage(t, { server: app, viewport: phone, colorScheme });
      await page.addInitScript(breakDates);
      await page.goto(`${app.url}/rooms/${roomId}`);
      const { log, box } = findParts(page, 'The museum');
      await log.getByText('only its text can be shown').waitFor();
      for (const text of ['Before it.', 'It **cannot** be drawn.', 'After it.']) await log.getByText(text).waitFor();
      await assertAccessible(page);
      await box.fill('Still here.');
      await page.keyboard.press('Enter');
      await log.getByText('Still here.').waitFor();
    });

    it('of a view leaves the others, and is tried again', async (t) => {
      const { page, server } = await openPage(t, { colorScheme });
      await page.route('**/assets/settings-view*.js', (route) => route.abort());
      await page.getByRole('link', { name: 'Settings' }).click();
      await page.getByRole('heading', { name: 'This view cannot be shown' }).waitFor();
      await assertAccessible(page);
      await page.getByRole('link', { name: 'Agents', exact: true }).click();
      await page.getByRole('navigation', { name: 'Agents' }).getByRole('link').first().waitFor();
      await page.getByRole('link', { name: 'Settings' }).click();
      await page.unroute('**/assets/settings-view*.js');
      await page.getByRole('button', { name: 'Reload the page' }).click();
      await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
      assert.equal(page.url(), `${server.url}/settings`);
    });
  });
