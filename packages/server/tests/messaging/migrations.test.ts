/** A store of an earlier version is brought up to date, and keeps its promises. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { createLogStream } from '../../src/observability/log-stream.ts';
import { openSqlite } from '../../src/storage/engine/sqlite/sqlite.ts';
import { findRemovals, insertRemoval } from '../../src/storage/journal/removals.ts';
import { openKeptLog } from '../../src/storage/kept/server-log-lines.ts';
import { openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer } from '../support/test-server.ts';

/** What support/store-0002.sql holds, written by an elizad of that time: three messages of Ada, one answered by Eliza. */
const ada = '11111111-1111-4111-8111-111111111111';
const plain = '22222222-2222-4222-8222-222222222222';
const pid = 'MYNS9wv6lQCppC9dAAAB';

async function openOldStore(t: TestContext) {
  const dataDir = join(makeDir(t), 'data');
  mkdirSync(dataDir);
  const file = new DatabaseSync(join(dataDir, 'elizad.sqlite'));
  file.exec(readFileSync(new URL('../support/store-0002.sql', import.meta.url), 'utf8'));
  // Its sockets were connected a moment ago: after a week they would be forgotten.
  file.prepare('update sessions set touched_at = ?').run(Date.now());
  file.close();
  return openTestServer(t, { ELIZAD_DATA: dataDir });
}

test('a retry is found that was first tried before the upgrade', async (t) => {
  const { url } = await openOldStore(t);
  const client = openClient(t, url, { auth: { entityId: ada } });
  assert.equal((await client.ask('message', { roomId: plain, text: 'one', messageId: 'a' })).seq, 1);
  assert.equal((await client.ask('message', { roomId: plain, text: 'two', messageId: 'c' })).seq, 2);
  assert.equal((await client.ask('message', { roomId: plain, text: 'three', messageId: 'd' })).seq, 3);
  const again = await client.ask('message', { roomId: plain, text: 'other', messageId: 'a' });
  assert.equal(again.details.code, 'message-id-reused');
});

for (const [offset, missed] of [
  ['2', ['Men are all alike.', 'In what way?', 'done', 'two', 'done']],
  ['4', ['done', 'two', 'done']],
  ['6', ['done']],
  ['7', []],
] as const) {
  test(`a client that heard up to ${offset} before the upgrade comes back to what it missed`, async (t) => {
    const { url } = await openOldStore(t);
    const client = openClient(t, url, { auth: { entityId: ada, pid, offset } });
    assert.equal((await client.until('connection_established')).resumed, true);
    await client.ask('message', { roomId: plain, text: 'the end' });
    const heard = client.events.flatMap(({ event, payload }) => {
      if (event === 'messageComplete') return ['done'];
      return event === 'messageBroadcast' ? [payload.text] : [];
    });
    assert.deepEqual(heard.slice(0, heard.indexOf('the end')), missed);
  });
}

test('an upgrade that is cut off in the middle has changed nothing, and is done whole the next time', async (t) => {
  const dataDir = join(makeDir(t), 'data');
  mkdirSync(dataDir);
  const run = (statement: string) => {
    const file = new DatabaseSync(join(dataDir, 'elizad.sqlite'));
    file.exec(statement);
    file.close();
  };
  run(readFileSync(new URL('../support/store-0002.sql', import.meta.url), 'utf8'));
  // Where the last of the migrations wants to make its own, after others have done their work.
  run('create table session_rooms (id text)');
  await assert.rejects(openTestServer(t, { ELIZAD_DATA: dataDir }), /could not be migrated.*session_rooms/);
  run('drop table session_rooms');
  const { url } = await openTestServer(t, { ELIZAD_DATA: dataDir });
  const client = openClient(t, url, { auth: { entityId: ada } });
  assert.equal((await client.ask('message', { roomId: plain, text: 'one', messageId: 'a' })).seq, 1);
});

test('who was taken out of a room before the upgrade is still known', async (t) => {
  const dataDir = makeDir(t);
  const before = await openSqlite(dataDir);
  const room = { channel_id: crypto.randomUUID(), server_id: '00000000-0000-0000-0000-000000000000' };
  for (const position of [5, 9])
    await before.db.transaction().execute((transaction) => insertRemoval(transaction, room, [ada], position));
  await before.close();
  const file = new DatabaseSync(join(dataDir, 'elizad.sqlite'));
  file.exec(`drop table removals; delete from kysely_migration where name >= '0012'`);
  for (const table of ['log_entries', 'stranger_log_entries'])
    file.exec(`create table ${table} (position integer primary key, time bigint not null, level integer not null,
      msg text not null, agent_id text, agent_name text);
      insert into ${table} (position, time, level, msg) values (7, 1, 30, 'said before')`);
  file.close();
  const after = await openSqlite(dataDir);
  t.after(() => after.close());
  assert.deepEqual(await findRemovals(after.db, room.channel_id, ada, 0), { first: 5, last: 9 });
  assert.equal(await findRemovals(after.db, room.channel_id, ada, 9), undefined);
  // So are the lines of the log, which has a file of its own since.
  const kept = openKeptLog(after, createLogStream(), 0);
  const { lines } = await kept.list({ level: 0, limit: 10 });
  assert.deepEqual(
    lines.map(({ msg }) => msg),
    ['said before', 'said before'],
  );
});

test('a store of a newer elizad is left as it is, and called that', async (t) => {
  const dataDir = makeDir(t);
  await (await openSqlite(dataDir)).close();
  const file = new DatabaseSync(join(dataDir, 'elizad.sqlite'));
  file.exec(`insert into kysely_migration values ('9999-later', '2030-01-01')`);
  file.close();
  await assert.rejects(openSqlite(dataDir), /it is from a newer elizad, which created 9999-later/);
});
