/** The nearest embeddings, kept in memory beside the file: after any writes they are those that the file alone would give. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Adapter } from '../../src/host/adapter/adapter.ts';
import type { Search } from '../../src/host/adapter/types.ts';
import { ada, ben, makeId, open, otherRoom, reopen, room, world } from './support/open.ts';

const length = 7;
const vectorOf = (seed: number): number[] => Array.from({ length }, (_, index) => Math.sin((index + 1) * (seed + 1)));
const ids = Array.from({ length: 8 }, (_, index) => `10000000-0000-4000-8000-00000000000${index}`);

function nearness(a: readonly number[], b: readonly number[]): number {
  const product = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, one, index) => sum + one * (y[index] ?? 0), 0);
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}

async function add(adapter: Adapter, id: string, seed: number, rest = {}): Promise<void> {
  const memory = { id, entityId: ada, roomId: room, content: { text: id }, embedding: vectorOf(seed), unique: true };
  await adapter.createMemory({ ...memory, ...rest }, 'facts');
}

const describeFound = (found: readonly { id: string; similarity?: number }[]) =>
  found.map(({ id, similarity }) => [id, similarity?.toFixed(4)]);

describe('search', () => {
  test('gives the nearest first, with their likeness, their place and their embedding', async (t) => {
    const { adapter } = await open(t);
    await adapter.ensureEmbeddingDimension(length);
    for (const [seed, id] of ids.entries()) await add(adapter, id, seed, { worldId: world });
    const query = vectorOf(2).map((one) => one * 3);
    const expected = ids
      .map((id, seed) => ({ id, similarity: nearness(query, vectorOf(seed)) }))
      .sort((a, b) => b.similarity - a.similarity);
    const found = await adapter.searchMemories({ tableName: 'facts', embedding: query });
    assert.deepEqual(describeFound(found), describeFound(expected));
    assert.deepEqual([found[0]?.worldId, found[0]?.type, found[0]?.similarity], [world, 'facts', 1]);
    const rounded = vectorOf(2).map((one) => Number(one.toFixed(6)));
    assert.deepEqual(found[0]?.embedding, rounded);
    const near = await adapter.searchMemories({ tableName: 'facts', embedding: query, match_threshold: 0.5 });
    assert.deepEqual(describeFound(near), describeFound(expected.filter(({ similarity }) => similarity >= 0.5)));
    assert.equal((await adapter.searchMemories({ tableName: 'facts', embedding: query, count: 1 })).length, 1);
    assert.deepEqual(await adapter.searchMemories({ tableName: 'facts', embedding: query, count: 0 }), []);
    assert.deepEqual(await adapter.searchMemories({ tableName: 'none', embedding: [1] }), []);
    await assert.rejects(adapter.searchMemories({ tableName: 'facts', embedding: [1] }), /1 numbers, but 7/);
  });

  test('is narrowed by room, person, world and what is unique', async (t) => {
    const { adapter } = await open(t);
    await adapter.ensureEmbeddingDimension(length);
    const [inOther, ofBen, inWorld, twin] = ids as [string, string, string, string];
    await add(adapter, inOther, 0, { roomId: otherRoom });
    await add(adapter, ofBen, 1, { entityId: ben });
    await add(adapter, inWorld, 2, { worldId: world });
    await add(adapter, twin, 3, { unique: false });
    const find = async (params: Partial<Search>) =>
      (await adapter.searchMemories({ tableName: 'facts', embedding: vectorOf(0), ...params }))
        .map(({ id }) => id)
        .sort();
    assert.deepEqual(await find({}), [inOther, ofBen, inWorld, twin]);
    assert.deepEqual(await find({ roomId: otherRoom }), [inOther]);
    assert.deepEqual(await find({ entityId: ben }), [ofBen]);
    assert.deepEqual(await find({ worldId: world }), [inWorld]);
    assert.deepEqual(await find({ unique: true }), [inOther, ofBen, inWorld]);
    assert.deepEqual(await find({ roomId: makeId() }), []);
    assert.deepEqual(await find({ tableName: 'messages' }), []);
  });

  test('what goes with a room, a person or a refused write is not found, nor in the way', async (t) => {
    const { adapter } = await open(t);
    await adapter.ensureEmbeddingDimension(length);
    const [inOther, ofBen, stays] = ids as [string, string, string];
    await add(adapter, inOther, 0, { roomId: otherRoom });
    await add(adapter, ofBen, 0, { entityId: ben });
    await add(adapter, stays, 1);
    const nearest = async () =>
      (await adapter.searchMemories({ tableName: 'facts', embedding: vectorOf(0), count: 1 })).map(({ id }) => id);
    assert.equal((await nearest()).length, 1);
    await adapter.deleteRoom(otherRoom);
    assert.deepEqual(await nearest(), [ofBen]);
    await adapter.deleteEntity(ben);
    assert.deepEqual(await nearest(), [stays]);
    await assert.rejects(add(adapter, ofBen, 0, { roomId: makeId() }), /FOREIGN KEY/);
    assert.deepEqual(await nearest(), [stays]);
  });

  test('what has no direction is like nothing', async (t) => {
    const { adapter } = await open(t);
    await adapter.ensureEmbeddingDimension(length);
    const zeros = new Array<number>(length).fill(0);
    await add(adapter, ids[0] as string, 0, { embedding: zeros });
    await add(adapter, ids[1] as string, 1);
    assert.equal((await adapter.searchMemories({ tableName: 'facts', embedding: vectorOf(1) })).length, 1);
    assert.deepEqual(await adapter.searchMemories({ tableName: 'facts', embedding: zeros }), []);
  });

  test('after any writes, what is in memory gives what the file gives', async (t) => {
    const { adapter, file } = await open(t);
    const fresh = reopen(t, file);
    for (const one of [adapter, fresh]) await one.ensureEmbeddingDimension(length);
    const id = fc.constantFrom(...ids);
    const place = { roomId: fc.constantFrom(room, otherRoom), entityId: fc.constantFrom(ada, ben) };
    const write = fc.oneof(
      fc.tuple(fc.constant('add'), id, fc.nat(40), fc.record({ ...place, unique: fc.boolean() })),
      fc.tuple(fc.constant('embed'), id, fc.nat(40), fc.constant({})),
      fc.tuple(fc.constant('delete'), id, fc.constant(0), fc.constant({})),
      fc.tuple(fc.constant('clear'), id, fc.constant(0), fc.constant({})),
    );
    const search = fc.record(
      { ...place, count: fc.constantFrom(1, 3, 10), unique: fc.boolean(), match_threshold: fc.constantFrom(0.3, 0.9) },
      { requiredKeys: [] },
    );
    const step = fc.tuple(fc.array(write, { maxLength: 6 }), search, fc.nat(40));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), async (steps) => {
        await adapter.deleteManyMemories(ids);
        for (const [writes, params, seed] of steps) {
          for (const [kind, target, vector, rest] of writes) {
            if (kind === 'add') await add(adapter, target, vector, rest);
            if (kind === 'embed') await adapter.updateMemory({ id: target, embedding: vectorOf(vector) });
            if (kind === 'delete') await adapter.deleteMemory(target);
            if (kind === 'clear') await adapter.deleteAllMemories(otherRoom, 'facts');
          }
          const query: Search & { embedding: number[] } = { tableName: 'facts', embedding: vectorOf(seed), ...params };
          const found = describeFound(await adapter.searchMemories(query));
          // What it keeps in memory goes when it is closed.
          await fresh.close();
          await fresh.init();
          assert.deepEqual(found, describeFound(await fresh.searchMemories(query)));
        }
      }),
      { numRuns: 60 },
    );
  });

  test('texts that are nearly the same bring their embeddings, the nearest first', async (t) => {
    const { adapter } = await open(t);
    await adapter.ensureEmbeddingDimension(length);
    const texts = ['hello', 'hallo', 'hello!', 'Grüße', `hello ${'x'.repeat(300)}`];
    for (const [seed, text] of texts.entries()) await add(adapter, makeId(), seed, { content: { text } });
    await add(adapter, makeId(), 9, { content: { other: 'hello' } });
    const find = (query_input: string, query_threshold: number, query_match_count = 10) =>
      adapter.getCachedEmbeddings({
        query_table_name: 'facts',
        query_field_name: 'content',
        query_field_sub_name: 'text',
        query_input,
        query_threshold,
        query_match_count,
      });
    const scores = async (...given: Parameters<typeof find>) =>
      (await find(...given)).map(({ levenshtein_score: score }) => score);
    assert.deepEqual(await scores('hello', 2), [0, 1, 1]);
    assert.deepEqual(await scores('hello', 2, 2), [0, 1]);
    assert.deepEqual(await scores('Grüsse', 2), [2]);
    assert.deepEqual(await scores('x'.repeat(300), 500), []);
    assert.deepEqual((await find('hallo', 0))[0]?.embedding.length, length);
  });
});
