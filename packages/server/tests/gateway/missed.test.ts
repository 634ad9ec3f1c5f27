/** A restart: everybody comes back at once. Each gets what it missed, and the store is read for all of them together. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { KyselyPlugin } from 'kysely';
import { createMissedReader } from '../../src/gateway/resume/missed.ts';
import { openMissedLog } from '../../src/messaging/asking/missed-log.ts';
import { startTelling } from '../../src/messaging/events/log-position.ts';
import { openSocketSessions } from '../../src/messaging/sessions/socket-sessions.ts';
import { openSqlite } from '../../src/storage/engine/sqlite/sqlite.ts';
import { listLogEntries } from '../../src/storage/journal/log-entries.ts';
import { openMessageLog } from '../../src/storage/journal/message-log.ts';
import { insertRemoval } from '../../src/storage/journal/removals.ts';
import { insertChannel } from '../../src/storage/rooms/channels.ts';
import { saveSessions } from '../../src/storage/rooms/socket-sessions.ts';
import { packetsOf, saveInRoom } from '../support/saved-session.ts';
import { makeDir } from '../support/test-server.ts';

const serverId = '00000000-0000-0000-0000-000000000000';
const channelId = crypto.randomUUID();

/** A store with one room of `count` messages, each with its completion: 2 × `count` positions, and as many of others before the last. */
async function openStore(t: TestContext, count: number, elsewhere = 0, metadata = {}, mostMissedBytes = 1_000_000) {
  const database = await openSqlite(makeDir(t));
  t.after(() => database.close());
  const { db } = database;
  const member = { channel_id: channelId, entity_id: 'x', kind: 'user' as const, name: null, joined_at: 1 };
  await insertChannel(db, { id: channelId, server_id: serverId, name: 'Room', type: 'GROUP', created_at: 1 }, [member]);
  const log = openMessageLog(database);
  const ada = { senderId: crypto.randomUUID(), senderName: 'Ada', source: 'test', thought: null, inReplyTo: null };
  const rest = { channelId, serverId, createdAt: 1, actions: [], attachments: [], metadata, clientMessageId: null };
  const say = (text: string, more: object = {}) =>
    log.write({ kind: 'post', message: { ...ada, ...rest, id: crypto.randomUUID(), text, ...more } });
  for (let n = 1; n < count; n++) await say(`message ${n}`);
  const other = crypto.randomUUID();
  if (elsewhere > 0)
    await insertChannel(db, { id: other, server_id: serverId, name: 'Other', type: 'GROUP', created_at: 1 }, []);
  await Promise.all(Array.from({ length: elsewhere }, () => say('elsewhere', { channelId: other })));
  await say(`message ${count}`);
  let queries = 0;
  const counter: KyselyPlugin = {
    transformQuery({ node }) {
      queries += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  const told = startTelling(2 * (count + elsewhere));
  return {
    db,
    told,
    say,
    saved: (pids: string[]) => saveInRoom(db, pids, channelId),
    read: createMissedReader({
      sessions: openSocketSessions({ db: db.withPlugin(counter) }),
      log: openMissedLog({ db: db.withPlugin(counter) }),
      told,
      answers: { list: () => [] },
      logger: { warn() {}, error() {} },
      mostMissedBytes,
    }),
    countQueries: () => queries,
  };
}

test('500 sockets that come back at once: each gets what it missed, with a dozen reads of the store', async (t) => {
  const { saved, read, countQueries } = await openStore(t, 60);
  const pids = Array.from({ length: 500 }, (_, n) => `pid-${n}`);
  await saved(pids);
  const returned = await Promise.all(pids.map((pid, n) => read({ pid, offset: String(2 * (n % 60)), take: () => {} })));
  for (const [n, back] of returned.entries()) {
    const heard = packetsOf(back).filter(([event]) => event === 'messageBroadcast');
    assert.deepEqual(
      heard.map(([, payload]) => (payload as { seq: number }).seq),
      Array.from({ length: 60 - (n % 60) }, (_, index) => (n % 60) + 1 + index),
    );
    assert.equal(back?.sid, `sid-pid-${n}`);
  }
  assert.ok(countQueries() <= 12, `${countQueries()} reads`);
});

test('a room that was quiet while much was said elsewhere: what was missed in it comes, wherever that begins', async (t) => {
  const { saved, read, countQueries } = await openStore(t, 10, 6_000);
  await saved(['a', 'b', 'c', 'd']);
  const ask = async (pid: string, offset: string) => {
    const back = await read({ pid, offset, take: () => {} });
    const heard = packetsOf(back).filter(([event]) => event !== 'offset');
    return heard.map(([event, payload]) => (event === 'messageBroadcast' ? (payload as { seq: number }).seq : event));
  };
  const end = ['messageComplete'];
  assert.deepEqual(await ask('a', '12000'), [10, ...end]);
  assert.deepEqual(await ask('b', '18'), [10, ...end]);
  assert.deepEqual(await ask('c', '17'), [...end, 10, ...end]);
  assert.deepEqual(await ask('d', '16'), [9, ...end, 10, ...end]);
  // What messages weigh is read before they are.
  assert.ok(countQueries() <= 48, `${countQueries()} reads`);
});

test('among many that come back, who missed too much, and who is not known, begins anew', async (t) => {
  const { saved, read } = await openStore(t, 1_100);
  await saved(['near', 'far', 'ahead']);
  const ask = (pid: string, offset: string) => read({ pid, offset, take: () => {} });
  const [near, far, ahead, unknown] = await Promise.all([
    ask('near', '2190'),
    ask('far', '0'),
    ask('ahead', '9999'),
    ask('unknown', '2190'),
  ]);
  assert.equal(packetsOf(near).filter(([event]) => event === 'messageBroadcast').length, 5);
  assert.deepEqual([far, ahead, unknown], [undefined, undefined, undefined]);
});

test('megabytes beside the words of what was missed: others are served while they are read', async (t) => {
  const { saved, read } = await openStore(t, 20, 0, { beside: 'x'.repeat(400_000) }, 20_000_000);
  await saved(['a']);
  let served = 0;
  const serve = () => {
    served += 1;
    next = setImmediate(serve);
  };
  let next = setImmediate(serve);
  const back = await read({ pid: 'a', offset: '0', take: () => {} });
  clearImmediate(next);
  assert.equal(packetsOf(back).filter(([event]) => event === 'messageBroadcast').length, 20);
  assert.ok(served >= 15, `${served} times`);
});

test('sockets that come back to many rooms each: others are served between them, also where they are one that asks again', async (t) => {
  const { db, read } = await openStore(t, 2);
  const rooms = Array.from({ length: 1_000 }, () => crypto.randomUUID());
  const entered = rooms.map((id) => ({ channelId: id, as: 'x', after: 0, agents: undefined }));
  const row = { sid: 'sid', data: '{}', touchedAt: 1, isWhole: true, entered, left: [] };
  await saveSessions(db, [{ ...row, pid: 'many' }]);
  let served = 0;
  const serve = () => {
    served += 1;
    next = setImmediate(serve);
  };
  let next = setImmediate(serve);
  const returned = await Promise.all(
    Array.from({ length: 20 }, () => read({ pid: 'many', offset: '0', take: () => {} })),
  );
  clearImmediate(next);
  assert.ok(returned.every((back) => back?.sid === 'sid'));
  assert.ok(served >= 10, `${served} times`);
});

test('sockets that come back to more than may be held at one time: they wait for each other, and each gets all of it', async (t) => {
  const { db, say, told, read } = await openStore(t, 1);
  const rooms = Array.from({ length: 6 }, () => crypto.randomUUID());
  for (const id of rooms) {
    const member = { channel_id: id, entity_id: 'x', kind: 'user' as const, name: null, joined_at: 1 };
    const row = { id, server_id: serverId, name: 'Room', type: 'GROUP' as const, created_at: 1 };
    await insertChannel(db, row, [member]);
    for (let n = 0; n < 18; n++) await say('x'.repeat(50_000), { channelId: id });
    await saveInRoom(db, [id], id);
  }
  told.position += 2 * 18 * rooms.length;
  let [held, mostHeld] = [0, 0];
  const heard = await Promise.all(
    rooms.map(async (pid) => {
      const take = ({ bytes }: { bytes: number }) => {
        held += bytes;
        mostHeld = Math.max(mostHeld, held);
      };
      const back = await read({ pid, offset: '2', take });
      await new Promise((resolve) => setTimeout(resolve, 50));
      held -= back?.bytes ?? 0;
      back?.release();
      return packetsOf(back).filter(([event]) => event === 'messageBroadcast').length;
    }),
  );
  assert.deepEqual(heard, [18, 18, 18, 18, 18, 18]);
  assert.ok(mostHeld > 0 && mostHeld <= 4_000_000, `${mostHeld} bytes were held`);
});

/** Counts the letters that this process reads as JSON: in all, and in the turn of the program that reads the most. */
function countRead(t: TestContext) {
  const { parse } = JSON;
  const read = { inAll: 0, inOneTurn: 0 };
  let now = 0;
  t.mock.method(JSON, 'parse', (...given: Parameters<typeof parse>) => {
    read.inAll += given[0].length;
    now += given[0].length;
    read.inOneTurn = Math.max(read.inOneTurn, now);
    return parse(...given);
  });
  const turn = () => {
    now = 0;
    next = setImmediate(turn);
  };
  let next = setImmediate(turn);
  t.after(() => clearImmediate(next));
  return read;
}

test('a room that a great many were taken out of: who comes back to it reads only what it missed, in pieces', async (t) => {
  const { db, told, saved, read } = await openStore(t, 2, 0, {}, 10_000_000);
  await saved(['a', 'b']);
  const { position } = told;
  const gone = Array.from({ length: 1_000 }, () => crypto.randomUUID());
  for (let n = 1; n <= 100; n++)
    await db
      .transaction()
      .execute((transaction) =>
        insertRemoval(transaction, { channel_id: channelId, server_id: serverId }, gone, position + n),
      );
  told.position = position + 100;
  const letters = countRead(t);
  const heard = async (pid: string, offset: number) =>
    packetsOf(await read({ pid, offset: String(offset), take: () => {} })).length;
  assert.equal(await heard('a', told.position), 0);
  assert.ok(letters.inAll < 40_000, `${letters.inAll} letters were read for nothing`);
  assert.ok((await heard('b', 0)) > 0);
  assert.ok(letters.inAll > 100 * 39_000 && letters.inOneTurn < 1_000_000, `${letters.inOneTurn} in one turn`);
});

test('a room that was emptied while it was answering: what it missed weighs as much as the events that it is', async (t) => {
  const { db, told, saved, read } = await openStore(t, 2);
  await saved(['a']);
  const ends = Array.from({ length: 500 }, (_, n) => ({
    messageId: crypto.randomUUID(),
    position: told.position + 1 + n,
    turns: [],
  }));
  const [before, position] = [told.position, told.position + 501];
  const change = { channel_id: channelId, server_id: serverId, kind: 'cleared' as const, last_seq: 2 };
  await db
    .insertInto('room_changes')
    .values({ ...change, position, ends: JSON.stringify(ends) })
    .execute();
  told.position = position;
  const back = await read({ pid: 'a', offset: String(before), take: () => {} });
  const bytes = back?.bytes ?? 0;
  const sent = JSON.stringify(packetsOf(back)).length;
  assert.ok(sent > 100_000 && bytes > sent / 2, `${sent} letters weigh ${bytes}`);
});

test('a room of a great many messages: a page of what was missed is read as fast at its beginning as near its end', async (t) => {
  const { db, say } = await openStore(t, 1);
  const count = 40_000;
  await Promise.all(Array.from({ length: count }, () => say('x')));
  const measure = async (after: number) => {
    const start = performance.now();
    const { entries } = await listLogEntries(db, [channelId], { after, upTo: 2 * count, limit: 50 });
    assert.deepEqual([entries.length, entries[0]?.position], [50, after + 1]);
    return performance.now() - start;
  };
  const [early, late] = [[], []] as [number[], number[]];
  for (let n = 0; n < 20; n++) {
    early.push(await measure(100));
    late.push(await measure(2 * count - 5_200));
  }
  const [first, last] = [Math.min(...early), Math.min(...late)];
  assert.ok(first < 3 * last, `${first} ms at the beginning, ${last} ms near the end`);
});
