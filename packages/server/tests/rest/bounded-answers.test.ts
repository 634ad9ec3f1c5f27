/** However much is stored, no answer is so large that others wait for it; paging on, one has everything. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { defaultServerId } from 'elizad-protocol';
import { type RestRow, type RestRowName, restRows } from 'elizad-protocol/rest';
import { insertChannel } from '../../src/storage/rooms/channels.ts';
import { createId } from '../../src/storage/schema/ids.ts';
import { openMemoryStore } from '../support/memory-store.ts';
import { type Call, createRestClient, toAddress } from '../support/rest-client.ts';
import { openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer } from '../support/test-server.ts';

const count = 30;
const text = 'w'.repeat(100_000);

const every = Array.from({ length: count }, (_, n) => n + 1);

/** A room with three megabytes of text, each in another ms, and an agent in it that has learned much. */
async function openHeavyServer(t: TestContext) {
  const dataDir = join(makeDir(t), 'data');
  const store = await openMemoryStore(t, dataDir);
  const { agentId, database } = store;
  const { db } = database;
  const room = await store.makeRoom();
  await Promise.all(Array.from({ length: count }, () => store.say(room, text)));
  await db
    .updateTable('messages')
    .set(({ ref }) => ({ created_at: ref('position') }))
    .execute();
  const here = { channel_id: room, entity_id: agentId, kind: 'agent' as const, name: 'Cleo', joined_at: 1 };
  await db.insertInto('participants').values(here).execute();
  const embedding = new Uint8Array(new Float32Array(1_536).fill(0.123456789).buffer);
  const fact = { agent_id: agentId, kind: 'fact' as const, channel_id: room, created_at: 1 };
  const learned = { ...fact, message_id: null, source: null, digest: null, embedding, embedding_model: 'm' };
  const line = { time: 1, level: 30, msg: 'x'.repeat(8_000), agent_id: null, agent_name: null };
  const facts = Array.from({ length: 100 }, (_, n) => ({ ...learned, id: crypto.randomUUID(), text: `fact ${n}` }));
  await db.transaction().execute((tx) => database.insertRows(tx, 'memories', facts));
  const logs = database.logs.open();
  const lines = Array.from({ length: 400 }, () => line);
  await logs.db.transaction().execute((tx) => logs.insertRows(tx, 'log_entries', lines));
  const asked = { agent_id: agentId, user_id: agentId, prompt: text, metadata: '{}' };
  const over = {
    status: 'failed' as const,
    created_at: 1,
    expires_at: 2,
    ended_at: Date.now(),
    answer_id: null,
    error: null,
  };
  const jobs = every.map(() => ({ id: createId(), ...asked, ...over }));
  await db.transaction().execute((tx) => database.insertRows(tx, 'jobs', jobs));
  const metadata = JSON.stringify({ kept: 'x'.repeat(60_000) });
  const hall = { server_id: defaultServerId, name: 'Hall', type: 'GROUP' as const, metadata };
  for (let n = 0; n < count; n++) await insertChannel(db, { ...hall, id: crypto.randomUUID(), created_at: n }, []);
  await database.close();
  const { url } = await openTestServer(t, { ELIZAD_DATA: dataDir });
  return { url, room, agentId, ...createRestClient(url) };
}

/** Answers may have three copies of a text. */
const mostBytes = 2_500_000;

describe('an answer', () => {
  it('is no larger than others may wait for, whatever is asked for', async (t) => {
    const { url, room, agentId } = await openHeavyServer(t);
    const inRoom = { channelId: room };
    const ofServer = { messageServerId: defaultServerId };
    const ofAgent = { agentId, roomId: room };
    const requests: [RestRowName, Call][] = [
      ['list-messages', { params: inRoom, query: { limit: 200 } }],
      ['list-messages', { params: inRoom, query: { limit: 200, after: 0, endings: true } }],
      ['list-central-messages', { params: inRoom, query: { limit: 200 } }],
      ['search-messages', { body: { query: 'www', channelId: room, limit: 200 } }],
      ['list-memories', { params: ofAgent, query: { limit: 100 } }],
      ['list-room-memories', { params: ofAgent, query: { limit: 100 } }],
      ['list-memories', { params: ofAgent, query: { limit: 100, tableName: 'facts', includeEmbedding: true } }],
      ['list-message-server-channels', { params: ofServer, query: { limit: 1_000 } }],
      ['list-server-channels', { params: ofServer, query: { limit: 1_000 } }],
      ['get-logs', { query: { limit: 1_000 } }],
      ['list-jobs', { query: { limit: 500 } }],
    ];
    for (const [name, given] of requests) {
      const row: RestRow = restRows[name];
      const body = given.body === undefined ? {} : { body: JSON.stringify(given.body) };
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(toAddress(url, row, given), { method: row.method, headers, ...body });
      const { byteLength } = await response.arrayBuffer();
      assert.equal(response.status, 200, name);
      assert.ok(byteLength < mostBytes, `${name} ${JSON.stringify(given.query)}: ${byteLength} bytes`);
      assert.ok(byteLength > 100_000, `${name}: ${byteLength} bytes are not what was stored`);
    }
    const client = openClient(t, url);
    client.socket.emit('request-world-state', { roomId: room, limit: 200 });
    const world = await client.until('world-state');
    assert.ok(JSON.stringify(world).length < mostBytes);
    assert.ok(Object.keys(world.messages).length > 1);
    await client.ask('join', { roomId: room, since: 0 });
    const replayed = client.events.filter(({ event }) => event === 'messageBroadcast');
    assert.deepEqual(
      replayed.map(({ payload }) => payload.seq),
      every,
      'a replay is read a little at a time, and is whole',
    );
  });

  it('that is a page of channels is followed by the others', async (t) => {
    const { call } = await openHeavyServer(t);
    const seen = new Set<string>();
    for (let before: string | undefined, pages = 0; ; pages++) {
      const query = { limit: 1_000, ...(before !== undefined && { before }) };
      const { body } = await call('list-server-channels', { params: { messageServerId: defaultServerId }, query });
      for (const { id } of body.data) seen.add(id);
      before = body.next;
      if (before !== undefined) continue;
      assert.ok(pages >= 3, `${pages} pages`);
      break;
    }
    assert.equal(seen.size, count + 1, 'the room with messages too');
  });

  it('that is a page of jobs is followed by the others', async (t) => {
    const { call } = await openHeavyServer(t);
    const seen = new Set<string>();
    for (let before: string | undefined, pages = 1; ; pages++) {
      const { body } = await call('list-jobs', { query: { limit: 500, ...(before !== undefined && { before }) } });
      for (const { jobId } of body.jobs) seen.add(jobId);
      before = body.nextCursor;
      if (before !== undefined) continue;
      assert.ok(pages >= 3, `${pages} pages`);
      break;
    }
    assert.equal(seen.size, count);
  });

  it('that is a page of messages is followed by the others', async (t) => {
    const { room, agentId, call } = await openHeavyServer(t);
    const points = [({ seq }) => seq, ({ id }) => id, ({ createdAt }) => createdAt] as ((one: {
      seq: number;
      id: string;
      createdAt: string;
    }) => string | number)[];
    for (const pointOf of points) {
      const back: number[] = [];
      for (let query: Record<string, string | number> = { limit: 200 }; ; ) {
        const { messages, hasMore } = (await call('list-messages', { params: { channelId: room }, query })).body.data;
        back.unshift(...messages.map(({ seq }) => seq).reverse());
        if (!hasMore) break;
        query = { limit: 200, before: pointOf(messages.at(-1) as (typeof messages)[number]) };
      }
      assert.deepEqual(back, every);
    }
    const forward: number[] = [];
    for (let after = 0, isOver = false; !isOver; after = forward.at(-1) ?? 0) {
      const query = { limit: 200, after };
      const { body } = await call('list-central-messages', { params: { channelId: room }, query });
      forward.push(...body.data.map(({ seq }) => seq).reverse());
      isOver = !body.hasMore;
    }
    assert.deepEqual(forward, every);
    const remembered = new Set<string>();
    for (let query: Record<string, string | number> = { limit: 100 }; ; ) {
      const { memories, hasMore } = (await call('list-memories', { params: { agentId }, query })).body.data;
      for (const { id } of memories) remembered.add(id);
      if (!hasMore) break;
      query = { limit: 100, before: memories.at(-1)?.id ?? '' };
    }
    assert.equal(remembered.size, count);
  });
});
