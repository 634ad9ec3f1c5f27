/** What goes with a room or with what somebody said, who may do it, and what the store keeps of it. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { deriveId, defaultServerId as serverId } from 'elizad-protocol';
import { sql } from 'kysely';
import { createMissedReader } from '../../src/gateway/resume/missed.ts';
import { openMissedLog } from '../../src/messaging/asking/missed-log.ts';
import { startTelling } from '../../src/messaging/events/log-position.ts';
import { openSocketSessions } from '../../src/messaging/sessions/socket-sessions.ts';
import { openSqlite } from '../../src/storage/engine/sqlite/sqlite.ts';
import { getLastPosition } from '../../src/storage/journal/log-entries.ts';
import { openMessageLog } from '../../src/storage/journal/message-log.ts';
import { insertMemories } from '../../src/storage/memory/memories.ts';
import { insertChannel } from '../../src/storage/rooms/channels.ts';
import { createRestClient } from '../support/rest-client.ts';
import { packetsOf, saveInRoom } from '../support/saved-session.ts';
import { openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer } from '../support/test-server.ts';

const eliza = await deriveId('Eliza');

describe('what a client may delete', () => {
  it('is, in a DM, also what the agent said to it, and not in a group', async (t) => {
    const { url } = await openTestServer(t);
    const { call } = createRestClient(url);
    const entityId = crypto.randomUUID();
    const ada = openClient(t, url, { auth: { entityId } });
    for (const [type, status] of [
      ['DM', 200],
      ['GROUP', 403],
    ] as const) {
      const body = { name: 'x', type, participants: [entityId, eliza] };
      const { data } = (await call('create-channel', { body })).body;
      await ada.ask('message', { roomId: data.id, text: 'Men are all alike.' });
      const { id } = await ada.until('messageBroadcast', (one) => one.senderId === eliza && one.roomId === data.id);
      const remove = (headers: Record<string, string>) =>
        call('delete-message', { params: { channelId: data.id, messageId: id }, headers });
      assert.equal((await remove({ 'x-entity-id': crypto.randomUUID() })).status, 403);
      assert.equal((await remove({ 'x-entity-id': entityId })).status, status);
      if (status === 200) await ada.until('messageDeleted', ({ messageId }) => messageId === id);
    }
  });

  it('is everything that it said itself, at once', async (t) => {
    const { url } = await openTestServer(t);
    const { call } = createRestClient(url);
    const [entityId, roomId] = [crypto.randomUUID(), crypto.randomUUID()];
    const params = { channelId: roomId };
    const ada = openClient(t, url, { auth: { entityId } });
    const bob = openClient(t, url);
    for (const client of [ada, bob]) await client.ask('join', { roomId });
    const countDeleted = () => bob.events.filter(({ event }) => event === 'messageDeleted').length;
    for (let n = 0; n < 120; n++) await ada.ask('message', { roomId, text: `a${n}` });
    await bob.ask('message', { roomId, text: 'stays' });
    const query = { userId: entityId };
    const stranger = { 'x-entity-id': crypto.randomUUID() };
    assert.equal((await call('delete-messages-of', { params, query, headers: stranger })).status, 403);
    const { status, body } = await call('delete-messages-of', { params, query, headers: { 'x-entity-id': entityId } });
    assert.deepEqual([status, body], [200, { success: true, deleted: 120 }]);
    await bob.until('messageDeleted', () => countDeleted() === 120);
    const again = await call('delete-messages-of', { params, query, spelling: 1 });
    assert.deepEqual(again.body, { success: true, deleted: 0 });
    ada.socket.emit('request-world-state', { roomId });
    const { messages } = await ada.until('world-state');
    assert.deepEqual(
      Object.values<{ text: string }>(messages).map(({ text }) => text),
      ['stays'],
    );
  });
});

describe('rooms that come and go while much is said', () => {
  it('never leave a sender without an answer, nor a message without its end', async (t) => {
    const { url } = await openTestServer(t);
    const { call } = createRestClient(url);
    const ada = openClient(t, url);
    const roomId = crypto.randomUUID();
    const params = { channelId: roomId };
    await ada.ask('join', { roomId, agentId: eliza });
    for (let round = 0; round < 12; round++) {
      const sends = Array.from({ length: 8 }, (_, n) =>
        ada.ask('message', { roomId, text: `I am tired ${round} ${n}`, metadata: { isDm: true, targetUserId: eliza } }),
      );
      const erased = await call(round % 2 === 0 ? 'clear-central-channel' : 'delete-central-channel', { params });
      assert.ok([200, 404].includes(erased.status));
      for (const ack of await Promise.all(sends)) {
        if (!ack.ok) assert.equal(ack.details.code, 'channel-not-found');
        else if (round % 2 === 0) await ada.until('messageComplete', ({ messageId }) => messageId === ack.messageId);
      }
      await ada.ask('join', { roomId, agentId: eliza });
    }
    const { messageId } = await ada.ask('message', { roomId, text: 'the end' });
    const end = await ada.until('messageComplete', (done) => done.messageId === messageId);
    assert.equal(end.outcome, 'answered');
    const ends = ada.events.filter(({ event }) => event === 'messageComplete').map(({ payload }) => payload.messageId);
    assert.equal(new Set(ends).size, ends.length, 'each ended once');
    const seqs = ada.events.filter(({ event }) => event === 'messageBroadcast').map(({ payload }) => payload.seq);
    assert.deepEqual(
      [...new Set(seqs)],
      [...seqs].sort((a, b) => a - b),
      'seq ascends over all of it',
    );
  });
});

describe('what is kept of a room that was cleared', () => {
  async function openStore(t: TestContext) {
    const database = await openSqlite(makeDir(t));
    t.after(() => database.close());
    const channelId = crypto.randomUUID();
    const elsewhere = crypto.randomUUID();
    for (const id of [channelId, elsewhere])
      await insertChannel(database.db, { id, server_id: serverId, name: 'R', type: 'GROUP', created_at: 1 }, []);
    const log = openMessageLog(database);
    const said = { senderId: crypto.randomUUID(), senderName: 'Ada', source: 'test', thought: null, inReplyTo: null };
    const rest = { serverId, createdAt: 1, actions: [], attachments: [], metadata: {} };
    const say = (room: string, text: string) =>
      log.write({
        kind: 'post',
        message: { ...said, ...rest, id: crypto.randomUUID(), channelId: room, text, clientMessageId: null },
      });
    return { database, log, say, channelId, elsewhere };
  }

  it('is nothing that agents learned there', async (t) => {
    const { database, log, say, channelId, elsewhere } = await openStore(t);
    for (const room of [channelId, elsewhere]) {
      const { message } = await say(room, 'I like tea.');
      const fact = { messageId: message.id, text: 'Ada likes tea' };
      await insertMemories(database, { agentId: eliza, channelId: room }, [fact], 1, 10);
    }
    const count = async (table: 'memories' | 'memory_words') =>
      (await sql`select * from ${sql.table(table)}`.execute(database.db)).rows.length;
    assert.deepEqual([await count('memories'), await count('memory_words')], [2, 2]);
    await log.write({ kind: 'room-erasure', erasure: { kind: 'cleared', channelId } });
    assert.deepEqual([await count('memories'), await count('memory_words')], [1, 1]);
    await log.write({ kind: 'room-erasure', erasure: { kind: 'deleted', channelId: elsewhere } });
    assert.deepEqual([await count('memories'), await count('memory_words')], [0, 0]);
  });

  it('is what was said in the same step before it, and after it, in that order', async (t) => {
    const { log, say, channelId } = await openStore(t);
    const [before, cleared, after] = await Promise.all([
      say(channelId, 'before'),
      log.write({ kind: 'room-erasure', erasure: { kind: 'cleared', channelId } }),
      say(channelId, 'after'),
    ]);
    assert.deepEqual([before.message.seq, cleared.erased, after.message.seq], [1, 1, 2]);
    const [gone, late] = await Promise.allSettled([
      log.write({ kind: 'room-erasure', erasure: { kind: 'deleted', channelId } }),
      say(channelId, 'too late'),
    ]);
    assert.equal(gone.status, 'fulfilled');
    assert.match(String(late.status === 'rejected' && late.reason.code), /channel-not-found/);
  });

  it('leaves no gap in what is read by the index of the room', async (t) => {
    const { database, log, say, channelId, elsewhere } = await openStore(t);
    await Promise.all(Array.from({ length: 2_000 }, (_, n) => say(channelId, String(n))));
    await log.write({ kind: 'room-erasure', erasure: { kind: 'cleared', channelId } });
    // So much elsewhere that the room is read by its own index.
    await Promise.all(Array.from({ length: 6_000 }, () => say(elsewhere, 'noise')));
    await Promise.all(Array.from({ length: 700 }, (_, n) => say(channelId, `new ${n}`)));
    await saveInRoom(database.db, ['p'], channelId);
    const told = startTelling(await getLastPosition(database.db));
    const read = createMissedReader({
      sessions: openSocketSessions(database),
      log: openMissedLog(database),
      told,
      answers: { list: () => [] },
      logger: { warn() {}, error() {} },
      mostMissedBytes: 10_000_000,
    });
    const back = await read({ pid: 'p', offset: '0', take: () => {} });
    const missed = packetsOf(back);
    const heard = (name: string) => missed.filter(([event]) => event === name);
    assert.equal(heard('messageBroadcast').length, 700);
    assert.equal(heard('channelCleared').length, 1);
    assert.equal(heard('messageComplete').length, 700 + 500, 'and the ends of the last ones that went');
  });
});
