/**
 * A page of another site tries to get into the server that runs on the machine of whoever looks at it, where no key is asked
 * for: by script, picture, form, fetch, beacon, frame, WebSocket, with and without the session of somebody who is connected.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, type TestContext, test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { chromiumPath, demand } from '../../../scripts/chromium.ts';
import { findAgent, openClient } from '../../server/tests/support/stock-client.ts';
import { makeDir, openTestServer } from '../../server/tests/support/test-server.ts';
import { skip } from './support/browser.ts';
import { attackFromPage, type Known, openForeignSite } from './support/foreign-page.ts';

let browser: Promise<Browser> | undefined;
after(async () => (await browser)?.close());

/** A page of a site by that name, which leads to this machine as every name may. */
async function openForeignPage(t: TestContext, name: string): Promise<Page> {
  const port = await openForeignSite(t);
  const args = ['--no-sandbox', '--host-resolver-rules=MAP evil.test 127.0.0.1'];
  browser ??= chromium.launch({ executablePath: demand(chromiumPath), args });
  const context = await (await browser).newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(`http://${name}:${port}/`);
  return page;
}

/** Somebody in a room, by long-polling, and everything that is in the store. */
async function openVictim(t: TestContext) {
  const dataDir = join(makeDir(t), 'data');
  const app = await openTestServer(t, { ELIZAD_DATA: dataDir });
  const roomId = crypto.randomUUID();
  const victim = openClient(t, app.url, { transports: ['polling'], auth: { name: 'Ada' } });
  const { entityId } = await victim.until('authenticated');
  const agentId = await findAgent(victim, 'Eliza');
  await victim.ask('join', { roomId });
  await victim.ask('message', { roomId, text: 'Nobody else is here.' });
  const store = new DatabaseSync(join(dataDir, 'elizad.sqlite'), { readOnly: true });
  t.after(() => store.close());
  const listRows = () =>
    ['channels', 'participants', 'messages', 'agents', 'files'].map((table) =>
      store.prepare(`select * from ${table}`).all(),
    );
  const known: Known = { url: app.url, sid: victim.socket.io.engine.id ?? '', roomId, agentId, userId: entityId };
  return { app, victim, known, listRows };
}

describe('a page of another site', { skip }, () => {
  test('gets nothing into the rooms of this machine, and nothing out of them', async (t) => {
    const { app, victim, known, listRows } = await openVictim(t);
    const page = await openForeignPage(t, 'evil.test');
    const before = listRows();
    assert.deepEqual(await page.evaluate(attackFromPage, known), []);
    // A navigation goes wherever it likes: it may open the client, and carry out nothing.
    const dm = `${app.url}/api/messaging/dm-channel?currentUserId=${known.userId}&targetUserId=${crypto.randomUUID()}`;
    await page.evaluate((address) => location.assign(address), dm);
    await page.waitForURL(dm);
    assert.deepEqual(listRows(), before);
    assert.equal(app.countConnections(), 1);
    // Whose session it knew is still there, and hears what comes.
    await victim.ask('message', { roomId: known.roomId, text: 'Still nobody.' });
    await victim.until('messageBroadcast', ({ text }) => text === 'Still nobody.');
    assert.deepEqual(
      victim.events.filter(({ event }) => event === 'disconnect'),
      [],
    );
  });

  test('may send people to the web client, as any link does', async (t) => {
    const { app } = await openVictim(t);
    const page = await openForeignPage(t, 'evil.test');
    await page.evaluate((address) => location.assign(address), app.url);
    await page.getByRole('heading').first().waitFor();
  });

  test('of this machine itself is let in, as a front end under development is', async (t) => {
    const { known } = await openVictim(t);
    const page = await openForeignPage(t, 'localhost');
    const got = await page.evaluate(attackFromPage, known);
    assert.ok(
      got.some((attack) => attack.startsWith('WebSocket')),
      `the same attacks work where they may: ${got}`,
    );
  });
});
