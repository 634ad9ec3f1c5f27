/** A conversation with an agent: its answer as it is made, its thought, what it does; what is changed, taken back, asked again. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openAgentsServer } from '../../server/tests/support/agents-server.ts';
import { assertAccessible, openPage, skip } from './support/browser.ts';
import { sayFromElsewhere } from './support/elsewhere.ts';
import { findParts, holdHistory, openDm, openTalk } from './support/talk.ts';

const answer = `## Three things

1. **Bold**, and \`code\`
2. <b>no element</b> and [a link](https://example.com/)

\`\`\`ts
const one: number = 1;
\`\`\`

![a picture from elsewhere](https://example.com/x.png)`;

describe('a conversation', { skip }, () => {
  it('shows an answer as it is made, as markdown, with its thought folded, and asks nothing of other origins', async (t) => {
    const { page, log, say, provider, assertQuiet } = await openTalk(t);
    provider.script({ kind: 'answer', text: answer, reasoning: 'Let me count.', chunks: 4, held: true });
    await say('Tell me.');
    await page.getByText('Waiting for an answer').waitFor();
    provider.release(2);
    await log.getByText('answers…').waitFor();
    provider.release(10);
    await log.getByText('#2').waitFor();
    await log.getByRole('heading', { name: 'Three things' }).waitFor();
    await log.locator('.hljs-keyword').waitFor();
    assert.equal(await log.locator('b').count(), 0);
    assert.equal(await log.getByRole('img', { name: 'a picture from elsewhere' }).count(), 0);
    await log.getByRole('link', { name: 'a picture from elsewhere' }).waitFor();
    assert.equal(await log.getByText('Let me count.').isVisible(), false);
    await log.getByText('Thought').click();
    await log.getByText('Let me count.').waitFor();
    await assertAccessible(page);
    assertQuiet();
  });

  it('goes on after a reload in the middle of an answer', async (t) => {
    const { page, log, say, provider, assertQuiet } = await openTalk(t);
    provider.script({ kind: 'answer', text: 'one two three four', chunks: 4, held: true });
    await say('Count.');
    provider.release(2);
    await log.getByText('one two').waitFor();
    await page.reload();
    await log.getByText('one two').waitFor();
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    provider.release(10);
    await log.getByText('one two three four').waitFor();
    await log.getByText('#2').waitFor();
    assert.equal(await log.getByText('one two').count(), 1);
    await page.getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached' });
    assertQuiet();
  });

  it('does not wait for a question that ended while a page that has it open was on its way', async (t) => {
    const { page, log, say, provider } = await openTalk(t);
    provider.script({ kind: 'answer', text: 'At last.', held: true });
    await say('Well?');
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    const letGo = await holdHistory(page);
    // In the list of rooms: of the conversation nothing is shown before its page is there. The end comes with the answer.
    provider.release(9);
    await page.getByRole('navigation', { name: 'Rooms' }).getByText('At last.').waitFor();
    letGo();
    await log.getByText('At last.').waitFor();
    await page.getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached' });
  });

  it('has what was changed and deleted while a page of the history was on its way', async (t) => {
    const { page, server, log, say, provider } = await openTalk(t);
    for (const [index, text] of ['To stay.', 'To change.', 'To go.'].entries()) {
      await say(text);
      await log.getByText(`#${2 * index + 2}`).waitFor();
    }
    const channel = `${server.url}/api/messaging/channels/${new URL(page.url()).pathname.split('/').at(-1)}`;
    const { data } = (await (await fetch(`${channel}/messages`)).json()) as {
      data: { messages: { id: string; content: string }[] };
    };
    const idOf = (text: string) => data.messages.find(({ content }) => content === text)?.id;
    const letGo = await holdHistory(page);
    await fetch(`${channel}/messages/${idOf('To go.')}`, { method: 'DELETE' });
    await fetch(`${server.url}/api/messaging/messages/${idOf('To change.')}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ content: 'Changed.' }),
    });
    // Heard in its order: after both.
    provider.script({ kind: 'answer', text: 'Noted.' });
    await sayFromElsewhere(server.url, page.url(), { text: 'Hello.', name: 'Grace' });
    await page.getByRole('navigation', { name: 'Rooms' }).getByText('Noted.').waitFor();
    letGo();
    await log.getByText('To stay.').waitFor();
    await log.getByText('Changed.').waitFor();
    assert.equal(await log.getByText('To go.').count(), 0);
  });

  it('stops an answer, says why there is none also after a reload, and asks again', async (t) => {
    const { page, log, say, provider } = await openTalk(t);
    provider.script({ kind: 'hang' });
    await say('Hello?');
    await page.getByRole('button', { name: 'Stop' }).click();
    await log.getByText('The answer was stopped.').waitFor();
    provider.script({ kind: 'refuse', status: 401 });
    await say('And now?');
    await log.getByText('model-unauthorized').waitFor();
    await page.reload();
    await log.getByText('model-unauthorized').waitFor();
    await log.getByText('The answer was stopped.').waitFor();
    provider.script({ kind: 'answer', text: 'Here I am.' });
    await log.getByRole('button', { name: 'Ask again' }).last().click();
    await log.getByText('Here I am.').waitFor();
    assert.equal(await log.getByText('And now?').count(), 2);
  });

  it('edits and deletes what I said, for everybody', async (t) => {
    const { page, log, say, deed, server } = await openTalk(t);
    await say('Helo');
    await log.getByText('#2').waitFor();
    const other = (await openPage(t, { server, path: new URL(page.url()).pathname })).page;
    const otherLog = other.getByRole('log', { name: 'Messages' });
    await otherLog.getByText('Helo').waitFor();
    await deed(1, 'Edit');
    const editor = page.getByRole('textbox', { name: 'Your message' });
    await editor.fill('Hello');
    await page.keyboard.press('Enter');
    await editor.waitFor({ state: 'detached' });
    await log.getByText('edited').waitFor();
    await otherLog.getByText('Hello', { exact: true }).waitFor();
    await other.getByRole('button', { name: 'Message 1: what can be done' }).click();
    assert.equal(await other.getByRole('menuitem', { name: 'Edit' }).count(), 0);
    await deed(1, 'Delete…');
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await log.getByText('Hello', { exact: true }).waitFor({ state: 'detached' });
    await otherLog.getByText('Hello', { exact: true }).waitFor({ state: 'detached' });
    await otherLog.getByText('#2').waitFor();
  });

  it('keeps what an edit says while it is out of sight, begins one in sight, and gives the focus back', async (t) => {
    const { page, log, box, say, server } = await openTalk(t);
    await say('Helo');
    await log.getByText('#2').waitFor();
    for (let n = 1; n <= 60; n++) await sayFromElsewhere(server.url, page.url(), { text: `line ${n}`, name: 'Ada' });
    await log.getByText('line 60', { exact: true }).waitFor();
    const editor = page.getByRole('textbox', { name: 'Your message' });
    await box.focus();
    await page.keyboard.press('ArrowUp');
    await editor.fill('Hello, wor');
    await page.getByRole('button', { name: 'Newest' }).click();
    await editor.waitFor({ state: 'detached' });
    await log.hover();
    for (let n = 0; n < 40 && (await editor.count()) === 0; n++) await page.mouse.wheel(0, -2_000);
    await editor.scrollIntoViewIfNeeded();
    assert.equal(await editor.inputValue(), 'Hello, wor');
    await editor.press('End');
    await editor.pressSequentially('ld');
    await page.keyboard.press('Enter');
    await log.getByText('Hello, world', { exact: true }).waitFor();
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Message to Cleo');
  });

  it('shows what an agent does, and lets people answer before it acts', async (t) => {
    const agents = await openAgentsServer(t);
    const { page, assertQuiet } = await openPage(t, { server: agents.open() });
    await openDm(page, 'Cleo');
    const { log, say } = findParts(page, 'Cleo');
    agents.provider.script(
      { kind: 'calls', calls: [{ id: 'c1', name: 'look', input: {} }] },
      { kind: 'calls', calls: [{ id: 'c2', name: 'stumble', input: {} }] },
      { kind: 'calls', calls: [{ id: 'c3', name: 'book', input: {} }] },
      { kind: 'answer', text: 'It is booked.' },
    );
    await say('Book it.');
    await log.getByRole('button', { name: 'Allow', exact: true }).waitFor();
    await log.getByText('Result').click();
    await log.getByText('a secret sight').waitFor();
    await log.getByText('Why', { exact: true }).waitFor();
    await assertAccessible(page);
    await log.getByRole('button', { name: 'Allow', exact: true }).click();
    await log.getByText('Allowed.').waitFor();
    await log.getByText('It is booked.').waitFor();
    assertQuiet();
  });
});
