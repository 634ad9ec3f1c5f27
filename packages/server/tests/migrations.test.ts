/** A store of an earlier version is brought up to date, and keeps its promises. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openSqlite } from '../src/storage/sqlite.ts';
import { openClient } from './support/stock-client.ts';
import { makeDir, openTestServer } from './support/test-server.ts';

test('a retry is found in a store that was written before retries were found by a digest', async (t) => {
  const dataDir = join(makeDir(t), 'data');
  const ada = { auth: { entityId: crypto.randomUUID() } };
  const draft = { roomId: crypto.randomUUID(), text: 'Hello', messageId: 'first' };
  const before = await openTestServer(t, { ELIZAD_DATA: dataDir });
  const first = await openClient(t, before.url, ada).ask('message', draft);
  await before.stop();

  const file = new DatabaseSync(join(dataDir, 'elizad.sqlite'));
  file.exec(`
    update messages set dedupe_key = channel_id || ':' || sender_id || ':' || client_message_id where client_message_id is not null;
    delete from kysely_migration where name >= '0003'`);
  file.close();
  await (await openSqlite(dataDir)).close();

  const after = await openTestServer(t, { ELIZAD_DATA: dataDir });
  const client = openClient(t, after.url, ada);
  const again = await client.ask('message', draft);
  assert.deepEqual([again.messageId, again.seq], [first.messageId, 1]);
  assert.equal((await client.ask('message', { ...draft, messageId: 'second' })).seq, 2);
});
