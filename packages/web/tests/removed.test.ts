/** Somebody who is taken out of a room while the page is open. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openClient } from '../../server/tests/support/stock-client.ts';
import { assertAccessible, openPage, phone, skip } from './support/browser.ts';
import { findParts } from './support/talk.ts';

for (const [look, options] of Object.entries({
  'a desktop, light': {},
  'a phone, dark': { viewport: phone, colorScheme: 'dark' as const },
}))
  describe(`who was taken out of a room, on ${look}`, { skip }, () => {
    it('is told so, is not brought back by a reload, and goes in again when they want', async (t) => {
      const { page, server, assertQuiet } = await openPage(t, options);
      const roomId = crypto.randomUUID();
      const ada = openClient(t, server.url, { auth: { name: 'Ada' } });
      const { entityId: adaId } = await ada.until('authenticated');
      await ada.ask('join', { roomId });
      await page.goto(`${server.url}/rooms/${roomId}`);
      await ada.until('userJoined');
      const rename = await fetch(`${server.url}/api/messaging/channels/${roomId}`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json', 'X-Entity-Id': adaId },
        body: JSON.stringify({ name: 'The lounge' }),
      });
      assert.ok(rename.ok, await rename.text());
      const { log, box } = findParts(page, 'The lounge');
      await box.fill('Not yet sent.');
      const listPeople = async () => {
        const answer = await fetch(`${server.url}/api/messaging/central-channels/${roomId}/participants`);
        return ((await answer.json()) as { data: { id: string }[] }).data.map(({ id }) => id);
      };
      await fetch(`${server.url}/api/messaging/channels/${roomId}`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json', 'X-Entity-Id': adaId },
        body: JSON.stringify({ participants: [adaId] }),
      });
      const heading = page.getByRole('heading', { name: 'You are no longer in this room' });
      await heading.waitFor();
      await assertAccessible(page);
      assert.equal(await box.count(), 0);
      await ada.ask('message', { roomId, text: 'He is gone.' });
      // By then it is connected, and in the rooms that it goes into by itself.
      await Promise.all([page.waitForResponse(/message-servers\/[^/]+\/channels/), page.reload()]);
      await heading.waitFor();
      assert.deepEqual(await listPeople(), [adaId]);
      await page.getByRole('button', { name: 'Join again' }).click();
      await log.getByText('He is gone.').waitFor();
      assert.equal(await box.inputValue(), 'Not yet sent.');
      assert.equal((await listPeople()).length, 2);
      assertQuiet();
    });
  });
