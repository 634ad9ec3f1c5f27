/** Calling somebody by name, seeing who types, and what the keys of the composer do. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openModel } from '../../server/tests/support/model-room.ts';
import { assertAccessible, openPage, skip } from './support/browser.ts';
import { findParts, openTalk } from './support/talk.ts';

describe('the composer', { skip }, () => {
  it('completes a name by keys, and whoever is called answers', async (t) => {
    const { provider, env } = await openModel(t, 'Cleo', 'Theo');
    const { page, assertQuiet } = await openPage(t, { env });
    await page.getByRole('button', { name: 'New room' }).first().click();
    await page.getByRole('textbox', { name: 'Name' }).fill('The lounge');
    for (const name of ['Cleo', 'Theo']) await page.getByRole('checkbox', { name }).check();
    await page.getByRole('button', { name: 'Create the room' }).click();
    const { box, log } = findParts(page, 'The lounge');
    await box.click();
    await page.keyboard.type('Well, @');
    const list = page.getByRole('listbox', { name: 'Who is called' });
    await list.getByRole('option', { name: 'Theo' }).waitFor();
    await assertAccessible(page);
    await page.keyboard.press('ArrowDown');
    await list.getByRole('option', { name: 'Theo', selected: true }).waitFor();
    await page.keyboard.press('Escape');
    await list.waitFor({ state: 'detached' });
    assert.equal(await box.inputValue(), 'Well, @');
    await page.keyboard.press('Backspace');
    await page.keyboard.type('@th');
    await list.getByRole('option', { name: 'Theo' }).waitFor();
    assert.equal(await list.getByRole('option').count(), 1);
    await page.keyboard.press('Tab');
    assert.equal(await box.inputValue(), 'Well, @Theo ');
    await page.keyboard.type('are you there?');
    provider.script({ kind: 'answer', text: 'I am.' });
    await page.keyboard.press('Enter');
    await log.getByRole('article', { name: 'Theo' }).getByText('I am.').waitFor();
    assertQuiet();
  });

  it('shows the others who types, and not any more when it is sent', async (t) => {
    const ada = await openPage(t);
    await ada.page.evaluate(() => localStorage.setItem('elizad-name', 'Ada'));
    await ada.page.reload();
    await ada.page.getByRole('button', { name: 'Talk to Eliza' }).click();
    const parts = findParts(ada.page, 'Eliza');
    await parts.box.waitFor();
    const grace = await openPage(t, { server: ada.server, path: new URL(ada.page.url()).pathname });
    await findParts(grace.page, 'Eliza').box.waitFor();
    await parts.box.pressSequentially('Hel');
    await grace.page.getByText('Ada is typing…').waitFor();
    assert.equal(await ada.page.getByText('is typing…').count(), 0);
    await ada.page.keyboard.press('Enter');
    await findParts(grace.page, 'Eliza').log.getByText('Hel', { exact: true }).waitFor();
    await grace.page.getByText('Ada is typing…').waitFor({ state: 'detached' });
  });

  it('stops an answer with Escape, and edits the last message with the arrow up', async (t) => {
    const { page, log, box, say, provider } = await openTalk(t);
    provider.script({ kind: 'hang' });
    await say('Helo?');
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await box.press('Escape');
    await log.getByText('The answer was stopped.').waitFor();
    await box.press('ArrowUp');
    const editor = page.getByRole('textbox', { name: 'Your message' });
    await editor.fill('Hello?');
    await page.keyboard.press('Enter');
    await log.getByText('Hello?', { exact: true }).waitFor();
  });

  it('says how much may be written, and sends nothing that is longer', async (t) => {
    const { page, box, log } = await openTalk(t);
    await box.fill('x'.repeat(99_800));
    await page.getByText('200 characters left.').waitFor();
    await box.fill('x'.repeat(100_001));
    await page.getByText('1 characters too many').waitFor();
    await box.press('Enter');
    assert.equal(await page.getByRole('button', { name: 'Send' }).isDisabled(), true);
    assert.equal(await log.getByRole('article').count(), 0);
  });
});
