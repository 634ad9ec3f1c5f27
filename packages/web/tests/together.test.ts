/** Two people in two browsers and two agents in one room; and all of it on a phone. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { openModel } from '../../server/tests/support/model-room.ts';
import { assertAccessible, openPage, phone, skip } from './support/browser.ts';
import { findParts, openDm } from './support/talk.ts';

const listSaid = async (page: Page): Promise<string[]> =>
  page.getByRole('log', { name: 'Messages' }).getByRole('listitem').allInnerTexts();

describe('together', { skip }, () => {
  it('two browsers in a room with two agents see the same, in the same order', async (t) => {
    const { provider, env } = await openModel(t, 'Cleo', 'Theo');
    const ada = await openPage(t, { env });
    await ada.page.getByRole('button', { name: 'New room' }).first().click();
    await ada.page.getByRole('textbox', { name: 'Name' }).fill('The lounge');
    for (const name of ['Cleo', 'Theo']) await ada.page.getByRole('checkbox', { name }).check();
    await ada.page.getByRole('button', { name: 'Create the room' }).click();
    await ada.page.getByRole('heading', { name: 'The lounge', level: 1 }).waitFor();
    const grace = await openPage(t, { server: ada.server, path: new URL(ada.page.url()).pathname });
    const parts = [ada, grace].map(({ page }) => findParts(page, 'The lounge'));
    await parts[1]?.box.waitFor();
    for (const [turn, part] of parts.entries()) {
      provider.script({ kind: 'answer', text: `Answer ${turn} A` }, { kind: 'answer', text: `Answer ${turn} B` });
      await part.say(`@Cleo @Theo Question ${turn}`);
      for (const { log } of parts) {
        await log.getByText(`Answer ${turn} A`).waitFor();
        await log.getByText(`Answer ${turn} B`).waitFor();
      }
    }
    // To each other they are guests, to themselves "You".
    const plain = (texts: string[]) => texts.map((text) => text.replace(/\w\n\n(You|Guest \w{4})\n/, 'Somebody\n'));
    assert.deepEqual(plain(await listSaid(ada.page)), plain(await listSaid(grace.page)));
    assert.equal((await listSaid(ada.page)).length, 6);
    ada.assertQuiet();
    grace.assertQuiet();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`a phone shows the list or the room, and comes back, in the ${colorScheme} theme`, async (t) => {
      const { page, assertQuiet } = await openPage(t, { viewport: phone, hasTouch: true, isMobile: true, colorScheme });
      await openDm(page, 'Eliza');
      const { log, box } = findParts(page, 'Eliza');
      await box.fill('Hello.');
      await page.getByRole('button', { name: 'Send' }).tap();
      await log.getByText('Please state your problem.').waitFor();
      assert.equal(await page.getByRole('navigation', { name: 'Rooms' }).isVisible(), false);
      await page.getByRole('button', { name: 'Message 1: what can be done' }).tap();
      await page.getByRole('menuitem', { name: 'Copy', exact: true }).waitFor();
      await assertAccessible(page);
      await page.keyboard.press('Escape');
      await page.getByRole('link', { name: 'Back to the rooms' }).tap();
      await page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: /Eliza/ }).tap();
      await log.getByText('Please state your problem.').waitFor();
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
      assertQuiet();
    });
  }
});
