/** Memories: their order, their tables, what is unique, and what goes with a document. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Adapter } from '../../src/host/adapter/adapter.ts';
import type { Memory } from '../../src/host/adapter/types.ts';
import { ada, agentId, ben, makeId, open, otherRoom, room, world } from './support/open.ts';

const textsOf = (memories: readonly { content: unknown }[]) =>
  memories.map(({ content }) => (content as { text: string }).text);

function add(adapter: Adapter, text: string, rest: Partial<Memory> = {}, table = 'messages'): Promise<string> {
  return adapter.createMemory({ entityId: ada, roomId: room, content: { text }, ...rest }, table);
}

describe('memories', () => {
  test('the newest come first, within a time, a page and a table', async (t) => {
    const { adapter } = await open(t);
    for (const second of [3, 1, 2, 4]) await add(adapter, `${second}`, { createdAt: 1e12 + second });
    await add(adapter, 'elsewhere', { roomId: otherRoom, createdAt: 1e12 + 5 });
    await add(adapter, 'fact', {}, 'facts');
    const inRoom = { tableName: 'messages', roomId: room };
    assert.deepEqual(textsOf(await adapter.getMemories(inRoom)), ['4', '3', '2', '1']);
    assert.deepEqual(textsOf(await adapter.getMemories({ ...inRoom, count: 2, offset: 1 })), ['3', '2']);
    assert.deepEqual(textsOf(await adapter.getMemories({ ...inRoom, start: 1e12 + 2, end: 1e12 + 3 })), ['3', '2']);
    assert.deepEqual(textsOf(await adapter.getMemories({ ...inRoom, start: new Date(1e12 + 4) as never })), ['4']);
    assert.deepEqual(textsOf(await adapter.getMemories({ tableName: 'facts', entityId: ben })), ['fact']);
    assert.deepEqual(await adapter.getMemories({ ...inRoom, agentId: makeId() }), []);
    assert.deepEqual(
      textsOf(await adapter.getMemoriesByRoomIds({ tableName: 'messages', roomIds: [room, otherRoom], limit: 2 })),
      ['elsewhere', '4'],
    );
    assert.deepEqual(textsOf(await adapter.getMemoriesByWorldId({ worldId: world, count: 1 })), ['elsewhere']);
    await assert.rejects(adapter.getMemories({ ...inRoom, offset: -1 }), /offset must be a whole number/);
    await assert.rejects(adapter.getMemories({ ...inRoom, count: -1 }), /count must be a whole number/);
    await assert.rejects(adapter.getMemories({ tableName: '' }), /tableName is required/);
  });

  test('those of the same time are in the order of their ids', async (t) => {
    const { adapter } = await open(t);
    const ids = ['1', '3', '2'].map((end) => `10000000-0000-4000-8000-00000000000${end}`);
    for (const id of ids) await add(adapter, id.slice(-1), { id, createdAt: 1e12 });
    assert.deepEqual(textsOf(await adapter.getMemories({ tableName: 'messages', count: 2 })), ['3', '2']);
    assert.deepEqual(textsOf(await adapter.getMemoriesByIds(ids)), ['3', '2', '1']);
    assert.deepEqual(await adapter.getMemoriesByIds(ids, 'facts'), []);
  });

  test('one with that id stays; an update replaces what is given', async (t) => {
    const { adapter } = await open(t);
    const id = await add(adapter, 'first', { metadata: { type: 'message', a: 1 } });
    assert.equal(await add(adapter, 'second', { id }), id);
    assert.deepEqual((await adapter.getMemoryById(id))?.content, { text: 'first' });
    assert.equal(await adapter.updateMemory({ id, metadata: { b: 2 } }), true);
    const found = await adapter.getMemoryById(id);
    assert.deepEqual([found?.metadata, found?.content, found?.agentId], [{ b: 2 }, { text: 'first' }, agentId]);
    assert.equal(found?.embedding, undefined);
    assert.equal(await adapter.updateMemory({ id, content: 'no JSON' }), false);
    await assert.rejects(
      adapter.createMemory({ entityId: ada, roomId: room, content: 'Hush!' }, 'messages'),
      (error) => {
        assert.match(String(error), /must be JSON: give an object/);
        return !String(error).includes('Hush');
      },
    );
    assert.equal(await adapter.updateMemory({ id: makeId(), content: { text: 'nobody' } }), true);
    assert.equal(await adapter.updateMemory({ id, embedding: [1, 2] }), false);
    await assert.rejects(add(adapter, 'x', { roomId: makeId() }), /FOREIGN KEY/);
    await assert.rejects(add(adapter, 'x', { metadata: { type: 'fragment' } }), /CHECK/);
  });

  test('a memory much like another in its room is not unique, unless it is said to be', async (t) => {
    const { adapter } = await open(t);
    const embedding = Array.from({ length: 384 }, (_, index) => Math.sin(index));
    const alike = embedding.map((one, index) => one + 0.01 * Math.cos(index));
    await add(adapter, 'one', { embedding });
    await add(adapter, 'two', { embedding: alike });
    await add(adapter, 'elsewhere', { embedding: alike, roomId: otherRoom });
    await add(adapter, 'said', { embedding: alike, unique: true });
    await add(adapter, 'of another', { embedding: alike, entityId: ben });
    const uniques = await adapter.getMemories({ tableName: 'messages', unique: true });
    assert.deepEqual(textsOf(uniques).sort(), ['elsewhere', 'of another', 'one', 'said']);
    assert.equal(await adapter.countMemories(room, true, 'messages'), 3);
    assert.equal(await adapter.countMemories(room, false, 'messages'), 4);
    await assert.rejects(adapter.countMemories(room), /tableName is required/);
  });

  test('a memory whose embedding has the wrong length is refused as a whole', async (t) => {
    const { adapter } = await open(t);
    await assert.rejects(add(adapter, 'x', { embedding: [1, 2, 3] }), /3 numbers, but 384 .* ensureEmbeddingDimension/);
    assert.equal(await adapter.countMemories(room, false, 'messages'), 0);
    await adapter.ensureEmbeddingDimension(3);
    await add(adapter, 'x', { embedding: [1, 2, Number.NaN] });
    assert.deepEqual((await adapter.getMemories({ tableName: 'messages' }))[0]?.embedding, [1, 2, 0]);
    await adapter.ensureEmbeddingDimension(4);
    assert.equal((await adapter.getMemories({ tableName: 'messages' }))[0]?.embedding, undefined);
    await assert.rejects(adapter.ensureEmbeddingDimension(0), /whole number above 0/);
  });

  test('the fragments of a document go with it', async (t) => {
    const { adapter } = await open(t);
    const document = await add(adapter, 'document', { metadata: { type: 'document', timestamp: 1 } }, 'documents');
    const fragment = { type: 'fragment', documentId: document, position: 0 };
    await add(adapter, 'fragment', { metadata: fragment, roomId: otherRoom }, 'knowledge');
    const other = await add(adapter, 'other', { metadata: { ...fragment, documentId: makeId() } }, 'knowledge');
    await adapter.deleteMemory(document);
    assert.deepEqual(textsOf(await adapter.getMemories({ tableName: 'knowledge' })), ['other']);
    await adapter.deleteManyMemories([other, makeId()]);
    assert.deepEqual(await adapter.getMemories({ tableName: 'knowledge' }), []);
    await add(adapter, 'message');
    await add(adapter, 'fact', {}, 'facts');
    await adapter.deleteAllMemories(room, 'messages');
    assert.deepEqual(await adapter.getMemories({ tableName: 'messages' }), []);
    assert.equal((await adapter.getMemories({ tableName: 'facts' })).length, 1);
  });
});
