/** From a message to what came of it: the waterfall of its turn, while it runs and afterwards. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertAccessible, phone, skip } from './support/browser.ts';
import { openTalk } from './support/talk.ts';

describe('the X-ray of a message', { skip }, () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    it(`is opened from the message, and draws each stage, in the ${colorScheme} theme and on a phone`, async (t) => {
      const { page, say, log, deed, provider, assertQuiet } = await openTalk(t);
      await page.emulateMedia({ colorScheme });
      provider.script({ kind: 'answer', text: 'One two.', chunks: 2 });
      await say('Count.');
      await log.getByText('#2').waitFor();
      await deed(1, 'X-ray');
      await page.getByText('It was answered.').waitFor();
      for (const label of ['Stored, durably', 'Waited in the queue', 'Model, to its first token', 'Posted'])
        await page.getByRole('rowheader', { name: label }).waitFor();
      await page.getByText(/answered after \d+ ms · first token after/).waitFor();
      await assertAccessible(page);
      await page.setViewportSize(phone);
      await assertAccessible(page);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
      await page.getByRole('link', { name: 'Back to the room' }).click();
      await log.getByText('#2').waitFor();
      assertQuiet();
    });
  }

  it('follows a turn at work, and says why there was no answer', async (t) => {
    const { page, say, log, deed, provider } = await openTalk(t);
    provider.script({ kind: 'answer', text: 'One two.', chunks: 2, held: true });
    await say('Count.');
    await log.getByText('#1').waitFor();
    await deed(1, 'X-ray');
    await page.getByText('Something is still to come.').waitFor();
    await page.getByRole('rowheader', { name: 'At work' }).waitFor();
    provider.release(5);
    await page.getByText('It was answered.').waitFor();
    await page.getByRole('link', { name: 'Back to the room' }).click();
    provider.script({ kind: 'refuse', status: 401 });
    await say('And now?');
    await log.getByRole('link', { name: 'What happened' }).click();
    await page.getByText('It was not answered: the turn failed.').waitFor();
    await page.getByText('model-unauthorized').first().waitFor();
  });
});
