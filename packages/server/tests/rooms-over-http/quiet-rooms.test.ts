/** Rooms that nobody uses any more go, and no others. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openChannelDirectory } from '../../src/messaging/directories/channel-directory.ts';
import type { Messaging } from '../../src/messaging/ground/context.ts';
import { forgetQuietRooms } from '../../src/messaging/rooms/quiet-rooms.ts';
import { openDiskFiles } from '../../src/storage/disk/file-store.ts';
import { openSqlite } from '../../src/storage/engine/sqlite/sqlite.ts';
import { openMessageLog } from '../../src/storage/journal/message-log.ts';
import { createRestClient } from '../support/rest-client.ts';
import { openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer } from '../support/test-server.ts';

const dayMs = 24 * 3_600_000;

test('an empty room that a join made goes after 30 days; one with words where that is set; one that somebody made stays', async (t) => {
  const dataDir = makeDir(t);
  const server = await openTestServer(t, { ELIZAD_DATA: dataDir });
  const { call } = createRestClient(server.url);
  const ada = openClient(t, server.url);
  const ids = { empty: crypto.randomUUID(), spoken: crypto.randomUUID(), occupied: crypto.randomUUID() };
  for (const roomId of Object.values(ids)) await ada.ask('join', { roomId });
  await ada.ask('message', { roomId: ids.spoken, text: 'Men are all alike.' });
  const { data } = (await call('create-channel', { body: { name: 'Course', type: 'GROUP' } })).body;
  const crowd = Array.from({ length: 120 }, () => crypto.randomUUID());
  await Promise.all(crowd.map((roomId) => ada.ask('join', { roomId })));
  await server.stop();

  const database = await openSqlite(dataDir);
  t.after(() => database.close());
  const told: string[] = [];
  const messaging = {
    database,
    channels: openChannelDirectory(database),
    log: openMessageLog(database),
    files: openDiskFiles(join(dataDir, 'files')),
    broadcast: (event: string, { channelId }: { channelId: string }) => void told.push(`${event} ${channelId}`),
  } as unknown as Messaging;
  const forget = (days: number, keptDays = 0) =>
    forgetQuietRooms(messaging, async () => 0, {
      keptDays,
      isOccupied: (id) => id === ids.occupied,
      now: Date.now() + days * dayMs,
    });
  const list = async () => {
    const rows = await database.db.selectFrom('channels').select('id').execute();
    return new Set(rows.map(({ id }) => id));
  };
  const all = await list();
  await forget(29);
  assert.deepEqual(await list(), all);
  await forget(31);
  assert.deepEqual(await list(), new Set([ids.spoken, ids.occupied, data.id]));
  await forget(9, 10);
  assert.ok((await list()).has(ids.spoken));
  told.length = 0;
  await forget(11, 10);
  assert.deepEqual(await list(), new Set([ids.occupied]));
  assert.deepEqual(new Set(told), new Set([`channel-deleted ${ids.spoken}`, `channel-deleted ${data.id}`]));
  const left = await database.db.selectFrom('participants').select('channel_id').execute();
  assert.deepEqual(new Set(left.map(({ channel_id }) => channel_id)), new Set([ids.occupied]));
});
