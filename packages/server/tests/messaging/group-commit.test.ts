/** Group commit: many writes share a transaction, their order is kept, and one bad write harms no other. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { defaultServerId } from 'elizad-protocol';
import { createBatcher } from '../../src/pacing/batcher.ts';
import { openSqlite } from '../../src/storage/engine/sqlite/sqlite.ts';
import { openMessageLog } from '../../src/storage/journal/message-log.ts';
import type { NewMessage } from '../../src/storage/journal/posts.ts';
import { listLastMessages } from '../../src/storage/messages/history.ts';
import { insertChannel } from '../../src/storage/rooms/channels.ts';
import { makeDir } from '../support/test-server.ts';

test('writes that arrive together share one commit, and are committed in order', async () => {
  const groups: number[][] = [];
  const log = createBatcher<number, number>(async (jobs) => {
    groups.push(jobs);
    return jobs.map((job) => job * 10);
  });
  const committed: number[] = [];
  const results = await Promise.all(
    Array.from({ length: 600 }, (_, job) => log.write(job, (result) => committed.push(result))),
  );
  assert.deepEqual(
    groups.map((group) => group.length),
    [512, 88],
  );
  assert.deepEqual(
    results,
    Array.from({ length: 600 }, (_, job) => job * 10),
  );
  assert.deepEqual(committed, results);
});

test('one that cannot be written fails alone', async () => {
  const log = createBatcher<string, string>(async (jobs) => {
    if (jobs.includes('bad')) throw new Error('disk says no');
    return jobs;
  });
  const results = await Promise.allSettled(['a', 'bad', 'b'].map((job) => log.write(job)));
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
});

test('in the real store: seq without holes, a retry found, a foreign channel refused without harm', async (t) => {
  const database = await openSqlite(join(makeDir(t), 'data'));
  t.after(() => database.close());
  const channelId = crypto.randomUUID();
  const senderId = crypto.randomUUID();
  await insertChannel(
    database.db,
    { id: channelId, server_id: defaultServerId, name: 'x', type: 'GROUP', created_at: 1 },
    [],
  );
  const log = openMessageLog(database);
  const message = (text: string, clientMessageId: string | null, channel = channelId): NewMessage => ({
    id: crypto.randomUUID(),
    channelId: channel,
    serverId: defaultServerId,
    senderId,
    senderName: 'Ada',
    text,
    createdAt: Date.now(),
    source: 'test',
    thought: null,
    actions: [],
    attachments: [],
    metadata: {},
    inReplyTo: null,
    clientMessageId,
  });
  const jobs = [
    message('1', 'a'),
    message('2', null),
    message('1', 'a'),
    message('lost', null, crypto.randomUUID()),
    message('3', 'b'),
  ];
  const results = await Promise.allSettled(jobs.map((one) => log.write({ kind: 'post', message: one })));
  const seqs = results.map((result) =>
    result.status === 'fulfilled' ? [result.value.message.seq, result.value.duplicate] : 'refused',
  );
  assert.deepEqual(seqs, [[1, false], [2, false], [1, true], 'refused', [3, false]]);
  // After a group without a retry none is expected, after one with a retry they are: found either way, and alone.
  for (const [id, isFirstAfterNew] of [
    ['c', true],
    ['d', false],
  ] as const) {
    if (isFirstAfterNew) await log.write({ kind: 'post', message: message('new', null) });
    const [again, fresh] = await Promise.all([
      log.write({ kind: 'post', message: message('1', 'a') }),
      log.write({ kind: 'post', message: message('fresh', id) }),
    ]);
    assert.deepEqual([again.message.seq, again.duplicate, fresh.duplicate], [1, true, false]);
  }
  assert.deepEqual(
    (await listLastMessages(database.db, channelId, 10)).map(({ seq, text }) => [seq, text]),
    [
      [1, '1'],
      [2, '2'],
      [3, '3'],
      [4, 'new'],
      [5, 'fresh'],
      [6, 'fresh'],
    ],
  );
});
