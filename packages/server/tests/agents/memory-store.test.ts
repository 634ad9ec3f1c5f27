/** What agents remember is found again by words and by meaning, in its own room, until its message is deleted. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sql } from 'kysely';
import { listSources, replaceSource } from '../../src/storage/memory/knowledge.ts';
import { insertMemories, listUnembedded, setEmbeddings } from '../../src/storage/memory/memories.ts';
import { listRelevant } from '../../src/storage/memory/memory-search.ts';
import { type MemoryStore, openMemoryStore } from '../support/memory-store.ts';

const most = 2_000;

async function learn(store: MemoryStore, channelId: string, ...texts: string[]) {
  const ids: string[] = [];
  for (const text of texts) {
    const { id, seq } = await store.say(channelId, text);
    const place = { agentId: store.agentId, channelId };
    await insertMemories(store.database, place, [{ messageId: id, text }], seq, most);
    ids.push(id);
  }
  return ids;
}

const find = async (store: MemoryStore, channelId: string | null, text: string, limit = 12) =>
  (await listRelevant(store.database.db, { agentId: store.agentId, channelId, text, limit })).map((one) => one.text);

async function countIndexed({ database }: MemoryStore): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from memory_words`.execute(database.db);
  return rows[0]?.count ?? -1;
}

describe('a fact', () => {
  it('is found after 500 messages and a restart, by other forms of its words', async (t) => {
    const store = await openMemoryStore(t);
    const room = await store.makeRoom();
    await learn(store, room, 'Ada likes green tea.');
    for (let n = 0; n < 500; n++) await store.say(room, `small talk ${n}`);
    await learn(store, room, ...Array.from({ length: 40 }, (_, n) => `Bob owns house number ${n}.`));
    await store.reopen();
    assert.deepEqual(await find(store, room, 'What did Ada say about the TEAS she liked?'), ['Ada likes green tea.']);
    assert.deepEqual(await find(store, room, 'café'), []);
  });

  it('is kept once, however it is spelled, and goes with its message, index and all', async (t) => {
    const store = await openMemoryStore(t);
    const room = await store.makeRoom();
    const [id] = await learn(store, room, 'Ada likes tea.', 'ada  LIKES “tea”', 'Ada lives in Zürich.');
    assert.equal(await countIndexed(store), 2);
    assert.deepEqual(await find(store, room, 'zurich'), ['Ada lives in Zürich.']);
    await store.erase(room, id as string);
    assert.deepEqual(await find(store, room, 'tea'), []);
    assert.equal(await countIndexed(store), 1);
  });

  it('makes room for newer ones when there are too many', async (t) => {
    const store = await openMemoryStore(t);
    const room = await store.makeRoom();
    const { id, seq } = await store.say(room, 'much');
    const place = { agentId: store.agentId, channelId: room };
    const facts = Array.from({ length: 30 }, (_, n) => ({ messageId: id, text: `Fact number${n}` }));
    await insertMemories(store.database, place, facts, seq, 20);
    assert.equal(await countIndexed(store), 20);
    assert.deepEqual(await find(store, room, 'number9'), []);
    assert.deepEqual(await find(store, room, 'number10'), ['Fact number10']);
  });
});

describe('meaning', () => {
  /** Three directions: drinks, places, anything else. */
  const embed = (text: string): Float32Array => {
    const drink = /tea|drink|thirst/i.test(text) ? 1 : 0.1;
    const place = /lives|zürich|home/i.test(text) ? 1 : 0.1;
    const vector = new Float32Array([drink, place, 0.1]);
    const length = Math.hypot(...vector);
    return vector.map((part) => part / length);
  };

  it('finds what no word does, beside what words do, and ignores vectors of other models and sizes', async (t) => {
    const store = await openMemoryStore(t);
    const room = await store.makeRoom();
    await learn(store, room, 'Ada likes green tea.', 'Ada lives in Zürich.', 'Bob is thirsty on Mondays.');
    const { db } = store.database;
    const rows = await listUnembedded(db, store.agentId, 'fake', 10);
    const embeddings = rows.map(({ row, text }) => ({ row, embedding: new Uint8Array(embed(text).buffer) }));
    await setEmbeddings(db, 'fake', embeddings);
    assert.deepEqual(await listUnembedded(db, store.agentId, 'fake', 10), []);
    assert.equal((await listUnembedded(db, store.agentId, 'other', 10)).length, 3);
    const search = { agentId: store.agentId, channelId: room, text: 'A drink on Mondays?', limit: 2 };
    const ask = async (model: string, vector: Float32Array) =>
      (await listRelevant(db, { ...search, meaning: { model, vector } })).map(({ text }) => text);
    assert.deepEqual(await ask('fake', embed(search.text)), ['Bob is thirsty on Mondays.', 'Ada likes green tea.']);
    assert.deepEqual(await ask('other', embed(search.text)), ['Bob is thirsty on Mondays.']);
    assert.deepEqual(await ask('fake', new Float32Array(7).fill(0.3)), ['Bob is thirsty on Mondays.']);
  });
});

describe('a source of knowledge', () => {
  it('is replaced as a whole, and removed, with its words', async (t) => {
    const store = await openMemoryStore(t);
    const { database, agentId } = store;
    await replaceSource(database, agentId, 'a.md', ['Trains run hourly.', 'Buses do not.'], 'd1');
    await replaceSource(database, agentId, 'b.md', ['Boats are slow.'], 'd1');
    await replaceSource(database, agentId, 'a.md', ['Trains run daily.'], 'd2');
    assert.deepEqual((await find(store, null, 'trains buses boats')).sort(), ['Boats are slow.', 'Trains run daily.']);
    assert.equal(await countIndexed(store), 2);
    await replaceSource(database, agentId, 'a.md', []);
    assert.deepEqual(await find(store, null, 'trains buses boats'), ['Boats are slow.']);
  });

  it('of thousands of parts comes and goes in steps, between which others are served', async (t) => {
    const { database, agentId } = await openMemoryStore(t);
    const countServed = async (work: Promise<unknown>) => {
      let [served, isOver] = [0, false];
      const over = work.finally(() => {
        isOver = true;
      });
      for (; !isOver; served++) await new Promise(setImmediate);
      await over;
      return served;
    };
    const texts = Array.from({ length: 10_000 }, (_, index) => `Train ${index}.`);
    for (const parts of [texts, []]) {
      const served = await countServed(replaceSource(database, agentId, 'a.md', parts, 'd1'));
      assert.ok(served >= 15, `${parts.length} parts: others were served ${served} times`);
    }
  });

  it('that was cut off in the middle counts as another text, and is replaced as a whole', async (t) => {
    const store = await openMemoryStore(t);
    const { database, agentId } = store;
    const cutOff = function* () {
      yield 'Trains run daily. '.repeat(1_000);
      throw new Error('killed');
    };
    await replaceSource(database, agentId, 'a.md', ['Trains run hourly.'], 'd1');
    await assert.rejects(replaceSource(database, agentId, 'a.md', cutOff(), 'd2'), /killed/);
    const digest = (await listSources(database.db, agentId)).get('a.md');
    assert.ok(digest !== undefined && !['d1', 'd2'].includes(digest), digest);
    await replaceSource(database, agentId, 'a.md', ['Trains run weekly.'], 'd2');
    assert.deepEqual(await find(store, null, 'trains'), ['Trains run weekly.']);
    assert.equal(await countIndexed(store), 1);
  });
});
