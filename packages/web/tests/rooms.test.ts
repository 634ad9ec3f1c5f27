/** Rooms: the first visit, what is unread, who is in one, inviting, naming, leaving, deleting. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openModel } from '../../server/tests/support/model-room.ts';
import { assertAccessible, openPage, phone, skip } from './support/browser.ts';
import { sayFromElsewhere } from './support/elsewhere.ts';
import { findParts } from './support/talk.ts';

const makeRoom = async (page: Awaited<ReturnType<typeof openPage>>['page'], name: string, agents: string[] = []) => {
  await page.getByRole('button', { name: 'New room' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill(name);
  for (const box of await page.getByRole('checkbox').all()) await box.uncheck();
  for (const agent of agents) await page.getByRole('checkbox', { name: agent }).check();
  await page.getByRole('button', { name: 'Create the room' }).click();
  await page.getByRole('heading', { name, level: 1 }).waitFor();
};

describe('rooms', { skip }, () => {
  it('says on the first visit what to set for a real model, and how to begin; not where there is one', async (t) => {
    const { page, assertQuiet } = await openPage(t);
    await page.getByRole('complementary', { name: 'A real model' }).getByText('OPENAI_API_KEY').waitFor();
    await page.getByRole('main').getByText('From your own program').click();
    await page.getByRole('main').getByText("import { io } from 'socket.io-client'").waitFor();
    await assertAccessible(page);
    assertQuiet();
    const small = await openPage(t, { viewport: phone });
    await small.page
      .getByRole('navigation', { name: 'Rooms' })
      .getByRole('button', { name: 'Talk to Eliza' })
      .waitFor();
    await assertAccessible(small.page);
    const { env } = await openModel(t);
    const real = await openPage(t, { env });
    await real.page.getByRole('button', { name: 'Talk to Cleo' }).waitFor();
    assert.equal(await real.page.getByRole('complementary', { name: 'A real model' }).count(), 0);
  });

  it('counts what others said in a room that is not open, and not what I said', async (t) => {
    const { page, server, assertQuiet } = await openPage(t);
    await makeRoom(page, 'The lounge');
    const address = page.url();
    const { say, log } = findParts(page, 'The lounge');
    await say('It is **me**.');
    await log.getByText('#1').waitFor();
    const list = page.getByRole('navigation', { name: 'Rooms' });
    await list.getByText('You: It is me.').waitFor();
    await page.getByRole('link', { name: 'Agents', exact: true }).click();
    await sayFromElsewhere(server.url, address, { text: 'Hello.', name: 'Grace' });
    await page.getByRole('link', { name: /1 unread/ }).click();
    assert.equal(await page.title(), '(1) elizad');
    await list.getByText('Grace: Hello.').click();
    await log.getByText('New', { exact: true }).waitFor();
    await page.waitForFunction(() => document.title === 'elizad');
    assertQuiet();
  });

  it('shows what was said after the list was read and before it listens', async (t) => {
    const { page, server, assertQuiet } = await openPage(t);
    await makeRoom(page, 'One');
    await findParts(page, 'One').say('In One.');
    const list = page.getByRole('navigation', { name: 'Rooms' });
    await list.getByText('You: In One.').waitFor();
    const address = page.url();
    let goOn = () => {};
    const isSaid = new Promise<void>((resolve) => (goOn = resolve));
    await page.route(/message-servers\/[^/]+\/channels/, async (route) => {
      await isSaid;
      await route.continue();
    });
    await page.goto(server.url);
    await list.getByText('You: In One.').waitFor();
    await sayFromElsewhere(server.url, address, { text: 'Hello.', name: 'Grace' });
    goOn();
    await list.getByText('Grace: Hello.').waitFor();
    assertQuiet();
  });

  it('listens to the newest rooms where I am in more than the server allows at a time, and says nothing of it', async (t) => {
    const { page, server, assertQuiet } = await openPage(t, { env: { MAX_ROOMS: '3' } });
    const list = page.getByRole('navigation', { name: 'Rooms' });
    for (const name of ['One', 'Two', 'Three', 'Four']) {
      await page.reload();
      await makeRoom(page, name);
      await findParts(page, name).say(`In ${name}.`);
      await list.getByText(`You: In ${name}.`).waitFor();
    }
    const address = page.url();
    await page.goto(server.url);
    await list.getByText('You: In One.').waitFor();
    await sayFromElsewhere(server.url, address, { text: 'Hello.', name: 'Grace' });
    await list.getByText('Grace: Hello.').waitFor();
    assert.equal((await page.getByRole('alert').allTextContents()).join(''), '');
    assertQuiet();
  });

  it('invites an agent that answers, and people by a link; everybody sees who is there', async (t) => {
    const { env, provider } = await openModel(t, 'Cleo', 'Theo');
    const ada = await openPage(t, { env });
    await ada.page.evaluate(() => localStorage.setItem('elizad-name', 'Ada'));
    await ada.page.reload();
    await makeRoom(ada.page, 'The lounge');
    await ada.page.getByRole('button', { name: 'People: 1' }).click();
    const dialog = ada.page.getByRole('dialog', { name: 'People' });
    await dialog.getByText('Ada (you)').waitFor();
    await dialog.getByRole('button', { name: 'Add Theo' }).click();
    await dialog.getByRole('button', { name: 'Remove Theo from the room' }).waitFor();
    await assertAccessible(ada.page);
    const link = (await dialog.getByText('/rooms/').textContent()) ?? '';
    const grace = await openPage(t, { server: ada.server, path: new URL(link).pathname });
    await findParts(grace.page, 'The lounge').box.waitFor();
    // Who has not said a name is not "You" to others.
    await dialog.getByText(/^Guest \w{4}$/).waitFor();
    await ada.page.keyboard.press('Escape');
    await ada.page.getByRole('button', { name: 'People: 3' }).waitFor();
    provider.script({ kind: 'answer', text: 'I am here.' });
    await findParts(grace.page, 'The lounge').say('@Theo are you there?');
    for (const { page } of [ada, grace]) await findParts(page, 'The lounge').log.getByText('I am here.').waitFor();
    await ada.page.getByRole('button', { name: 'People: 3' }).click();
    await dialog.getByRole('button', { name: 'Remove Theo from the room' }).click();
    await dialog.getByRole('button', { name: 'Add Theo' }).waitFor();
  });

  it('renames a room for everybody, is left, and deleted', async (t) => {
    const { page, server } = await openPage(t);
    await makeRoom(page, 'The lounge', ['Eliza']);
    const other = await openPage(t, { server, path: new URL(page.url()).pathname });
    await other.page.getByRole('heading', { name: 'The lounge', level: 1 }).waitFor();
    await page.getByRole('button', { name: /^People/ }).click();
    await page.getByRole('textbox', { name: 'Name of the room' }).fill('The salon');
    await page.getByRole('button', { name: 'Rename' }).click();
    for (const one of [page, other.page]) await one.getByRole('heading', { name: 'The salon', level: 1 }).waitFor();
    await other.page.getByRole('button', { name: /^People/ }).click();
    await other.page.getByRole('button', { name: 'Leave' }).click();
    await other.page.getByRole('heading', { name: 'Say something.' }).waitFor();
    await page.getByRole('button', { name: /^People/ }).click();
    await page.getByRole('button', { name: 'Delete the room…' }).click();
    await page.getByRole('button', { name: 'Delete it' }).click();
    await page.getByRole('heading', { name: 'Say something.' }).waitFor();
    assert.equal(await page.getByRole('navigation', { name: 'Rooms' }).getByText('The salon').count(), 0);
  });

  it('says that a room was deleted to who is in it, also after a lost connection, and does not make it anew', async (t) => {
    const { page, server } = await openPage(t);
    await makeRoom(page, 'The lounge');
    const roomId = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    const address = `${server.url}/api/messaging/channels/${roomId}`;
    await fetch(address, { method: 'DELETE' });
    await page.getByRole('heading', { name: 'This room was deleted' }).waitFor();
    await assertAccessible(page);
    await page.context().setOffline(true);
    await page.evaluate(() => dispatchEvent(new Event('offline')));
    await page.getByText('Reconnecting').waitFor();
    await page.context().setOffline(false);
    await page.getByText('Reconnecting').waitFor({ state: 'detached', timeout: 30_000 });
    await page
      .getByRole('navigation', { name: 'Rooms' })
      .getByText('Nobody')
      .or(page.getByText('To the rooms'))
      .waitFor();
    assert.equal((await fetch(address)).status, 404);
    await page.getByRole('link', { name: 'To the rooms' }).click();
    await page.getByRole('heading', { name: 'Say something.' }).waitFor();
  });

  it('lists the rooms that I am in, however many others were made since', async (t) => {
    const { page, server } = await openPage(t);
    await makeRoom(page, 'The lounge');
    const { say, log } = findParts(page, 'The lounge');
    await say('I am here.');
    await log.getByText('#1').waitFor();
    const made = Array.from({ length: 70 }, (_, index) =>
      fetch(`${server.url}/api/messaging/channels`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: `Other ${index}`, type: 'GROUP', participants: [crypto.randomUUID()] }),
      }),
    );
    for (const { status } of await Promise.all(made)) assert.equal(status, 201);
    await page.goto(server.url);
    const list = page.getByRole('navigation', { name: 'Rooms' });
    await list.getByText('Other 69').waitFor();
    await list.getByText('The lounge').waitFor();
    await list.getByText('You: I am here.').waitFor();
    // Nobody waits for me in rooms that I am not in.
    assert.equal(await page.title(), 'elizad');
  });

  it('shows the word before, when the last one is deleted', async (t) => {
    const { page } = await openPage(t);
    await makeRoom(page, 'The lounge');
    const { say, log, deed } = findParts(page, 'The lounge');
    await say('First.');
    await log.getByText('#1').waitFor();
    await say('Second.');
    const list = page.getByRole('navigation', { name: 'Rooms' });
    await list.getByText('You: Second.').waitFor();
    await deed(2, 'Delete…');
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await list.getByText('You: First.').waitFor();
  });

  it('takes as read what came while the page was out of sight, when one comes back to it', async (t) => {
    const { page, server } = await openPage(t);
    await makeRoom(page, 'The lounge');
    const look = (state: 'hidden' | 'visible') =>
      page.evaluate((now) => {
        Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => now });
        document.dispatchEvent(new Event('visibilitychange'));
      }, state);
    await look('hidden');
    await sayFromElsewhere(server.url, page.url(), { text: 'Hello.', name: 'Grace' });
    await findParts(page, 'The lounge').log.getByText('Hello.').waitFor();
    await page.waitForFunction(() => document.title === '(1) elizad');
    await look('visible');
    await page.waitForFunction(() => document.title === 'elizad');
  });
});
