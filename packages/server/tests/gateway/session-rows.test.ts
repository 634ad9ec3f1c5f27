/** What is on the disk of a socket: enough to come back by, not enough to come back as somebody else, and little at each join. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { openSessions } from '../../src/gateway/resume/socket-sessions.ts';
import type { GatewaySocket } from '../../src/gateway/socket-data.ts';
import { openSocketSessions } from '../../src/messaging/sessions/socket-sessions.ts';
import { openSqlite } from '../../src/storage/engine/sqlite/sqlite.ts';
import { listSessions, saveSessions } from '../../src/storage/rooms/socket-sessions.ts';
import { openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer } from '../support/test-server.ts';

test('a socket in many rooms comes back to all that it is in; a join writes one row, and the resume id is nowhere', async (t) => {
  const dataDir = join(makeDir(t), 'data');
  const first = await openTestServer(t, { ELIZAD_DATA: dataDir });
  const client = openClient(t, first.url, { reconnection: false });
  const rooms = Array.from({ length: 60 }, () => crypto.randomUUID());
  await Promise.all(rooms.map((roomId) => client.ask('join', { roomId })));
  const [left = '', last = ''] = rooms;
  await client.ask('leave', { roomId: left });
  const file = new DatabaseSync(join(dataDir, 'elizad.sqlite'), { readOnly: true });
  const rows = file.prepare('select length(data) as size from sessions').all();
  assert.ok(rows.length === 1 && Number(rows[0]?.size) < 500, `${rows[0]?.size} characters at each join`);
  assert.equal(file.prepare('select count(*) as count from session_rooms').get()?.count, rooms.length - 1);
  file.close();
  const { _pid: pid, _lastOffset: offset } = client.socket as unknown as { _pid: string; _lastOffset: string };
  for (const name of readdirSync(dataDir).filter((name) => name.startsWith('elizad.sqlite')))
    assert.ok(!readFileSync(join(dataDir, name)).includes(pid), name);
  await first.stop();

  const { url } = await openTestServer(t, { ELIZAD_DATA: dataDir });
  const back = openClient(t, url, { auth: { pid, offset } });
  assert.equal((await back.until('connection_established')).resumed, true);
  const other = openClient(t, url);
  for (const roomId of [left, last]) await other.ask('message', { roomId, text: 'Anybody there?' });
  await back.until('messageBroadcast', ({ roomId }) => roomId === last);
  assert.ok(!back.events.some(({ payload }) => payload?.roomId === left), 'it had left that one');
});

test('who is connected is not forgotten where the clock is set forward by weeks', async (t) => {
  const database = await openSqlite(makeDir(t));
  t.after(() => database.close());
  const row = { sid: 'sid', data: '{}', touchedAt: Date.now(), isWhole: true, entered: [], left: [] };
  await saveSessions(
    database.db,
    ['here', 'gone'].map((pid) => ({ ...row, pid })),
  );
  const later = Date.now() + 40 * 24 * 3_600_000;
  t.mock.method(Date, 'now', () => later);
  const here = [{ pid: 'here' }] as unknown as GatewaySocket[];
  await openSessions(openSocketSessions(database)).forgetBefore(later - 1_000, here, new AbortController().signal);
  const left = await listSessions(database.db, ['here', 'gone']);
  assert.deepEqual(
    left.map(({ pid }) => pid),
    ['here'],
  );
});

test('who comes back and has gone again before it is here is not waited for', async (t) => {
  const { url } = await openTestServer(t);
  const roomId = crypto.randomUUID();
  const auth = { entityId: crypto.randomUUID() };
  const witness = openClient(t, url);
  await witness.ask('join', { roomId });
  const [gone, here] = [openClient(t, url, { auth, reconnection: false }), openClient(t, url, { auth })];
  for (const client of [gone, here]) await client.ask('join', { roomId });
  const { _pid: pid, _lastOffset: offset } = gone.socket as unknown as { _pid: string; _lastOffset: string };
  gone.socket.io.engine.close();
  // So that it takes many turns to read.
  for (let n = 0; n < 20; n++)
    await witness.ask('message', { roomId, text: '.', metadata: { beside: 'x'.repeat(400_000) } });
  const again = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  await once(again, 'message');
  again.send(`40${JSON.stringify({ ...auth, pid, offset })}`, () => again.terminate());
  await once(again, 'close');
  // Until it has been read what it missed.
  for (let n = 0; n < 60; n++) await witness.ask('message', { roomId: crypto.randomUUID(), text: '.' });
  await here.ask('leave', { roomId });
  await witness.until('userLeft', ({ userId }) => userId === auth.entityId);
});
