/** Messages with much beside their words: few are read at a time, however many are asked for, none is missed, and none is held. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openEventReader } from '../support/event-reader.ts';
import { createRestClient } from '../support/rest-client.ts';
import { openClient } from '../support/stock-client.ts';
import { openTestServer } from '../support/test-server.ts';

const noteLength = 450_000;
const many = 8;
const mostOfAnswer = 3_000_000;
const [channelId, ada] = [crypto.randomUUID(), crypto.randomUUID()];
const params = { channelId };

const weigh = (body: unknown): number => JSON.stringify(body).length;

/** A room with some megabytes in few messages. */
async function openHeavyRoom(t: TestContext) {
  const { url } = await openTestServer(t);
  const { call } = createRestClient(url);
  for (let n = 1; n <= many; n++) {
    const body = { author_id: ada, content: `Look at ${n}.`, metadata: { note: 'x'.repeat(noteLength) } };
    await call('post-message', { params, body });
  }
  return { url, call };
}

const every = Array.from({ length: many }, (_, n) => n + 1);

describe('heavy messages', () => {
  it('come in pages that are as short as they must be, and none is missed', async (t) => {
    const { call } = await openHeavyRoom(t);
    const seqs: number[] = [];
    for (let hasMore = true; hasMore; ) {
      const query = { limit: 200, ...(seqs.length > 0 && { before: seqs.at(-1) as number }) };
      const { body } = await call('list-messages', { params, query });
      assert.ok(weigh(body) < mostOfAnswer, `a page of ${weigh(body)} bytes`);
      seqs.push(...body.data.messages.map(({ seq }) => seq));
      hasMore = body.data.hasMore;
    }
    assert.deepEqual(seqs, every.toReversed());
    const forward = await call('list-messages', { params, query: { limit: 200, after: 2 } });
    assert.deepEqual([forward.body.data.messages.at(-1)?.seq, forward.body.data.hasMore], [3, true]);
    const found = await call('search-messages', { body: { query: 'look', channelId, limit: 200 } });
    assert.ok(weigh(found.body) < mostOfAnswer, `a search gave ${weigh(found.body)} bytes`);
    assert.deepEqual([found.body.data.messages[0]?.seq, found.body.data.partial], [many, true]);
  });

  it('are all in the events of their room, and in its state those that fit', async (t) => {
    const { url } = await openHeavyRoom(t);
    const reader = await openEventReader(t, `${url}/api/messaging/channels/${channelId}/events?since=0`);
    await reader.until('messageBroadcast', ({ seq }) => seq === many);
    const told = reader.events.flatMap(({ event, data }) => (event === 'messageBroadcast' ? [data.seq] : []));
    assert.deepEqual(told, every);
    const client = openClient(t, url);
    client.socket.emit('request-world-state', { roomId: channelId, limit: 200 });
    const state = await client.until('world-state');
    assert.ok(weigh(state) < mostOfAnswer, `a state of ${weigh(state)} bytes`);
    const shown = Object.values(state.messages as Record<string, { seq: number }>).map(({ seq }) => seq);
    assert.equal(shown.at(-1), many);
  });

  it('are let go when those who waited for their answer have it', async (t) => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const { url } = await openTestServer(t);
    const { call } = createRestClient(url);
    const ask = async (times: number) => {
      for (let n = 0; n < times; n++) {
        const body = { author_id: ada, content: 'Anybody?', metadata: { note: `${n}`.repeat(noteLength) } };
        const room = { channelId: crypto.randomUUID() };
        const { body: answer } = await call('post-message', { params: room, query: { wait: true }, body });
        assert.equal(answer.data.outcome, 'no-agent');
      }
      collect();
      return process.memoryUsage().heapUsed;
    };
    const before = await ask(2);
    const grown = (await ask(20)) - before;
    assert.ok(grown < 4_000_000, `${grown} bytes are held of twenty questions that were answered`);
  });
});
