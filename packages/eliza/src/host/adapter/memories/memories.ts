/** Memories: messages, facts, documents and their fragments, each in a "table" that is a type, with its embedding. */
import type { Store } from '../engine/store.ts';
import { makeId, succeeds, toDocument, toId, toMsOrNow, toOptionalId } from '../engine/values.ts';
import type { Id, Memory, Search } from '../types.ts';
import { createReading } from './reading.ts';
import { createSearch } from './search.ts';
import { createVectors, toBlob, toVector, type Vectors } from './vectors.ts';

type PlaceRow = {
  type: string;
  agent_id: string;
  room_id: string | null;
  entity_id: string | null;
  world_id: string | null;
  is_unique: number;
};

/** More alike than this in the same room, a new memory is not unique. */
const sameness = 0.95;

export function createMemories(store: Store) {
  const vectors = createVectors(store);
  let dimension = 384;
  const findNearest = createSearch(store, vectors, () => dimension);

  function isUnique(memory: Memory, tableName: string): boolean {
    const { unique, embedding, roomId, worldId, entityId } = memory;
    if (unique !== undefined || !Array.isArray(embedding)) return unique ?? true;
    const params = { tableName, roomId, worldId, entityId, match_threshold: sameness, count: 1 };
    return findNearest(embedding, params).length === 0;
  }

  /** The number of the new row; undefined where there is one with that id. */
  function insert(id: Id, memory: Memory, tableName: string, unique: boolean): number | undefined {
    const inserted = store.find<{ row: number }>(
      `INSERT INTO memories (id, type, created_at, content, entity_id, agent_id, room_id, world_id, is_unique, metadata)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING RETURNING row`,
      id,
      tableName,
      toMsOrNow(memory.createdAt),
      toDocument(memory.content),
      toOptionalId(memory.entityId),
      memory.agentId ? toId(memory.agentId) : store.agentId,
      toOptionalId(memory.roomId),
      toOptionalId(memory.worldId),
      Number(unique),
      toDocument(memory.metadata),
    );
    return inserted?.row;
  }

  function embed(row: number, vector: Float32Array): void {
    store.run(
      `INSERT INTO embeddings (memory, dimension, vector) VALUES (?, ?, ?)
       ON CONFLICT (memory, dimension) DO UPDATE SET vector = excluded.vector`,
      row,
      dimension,
      toBlob(vector),
    );
    const place = store.find<PlaceRow>(
      'SELECT type, agent_id, room_id, entity_id, world_id, is_unique FROM memories WHERE row = ?',
      row,
    );
    if (!place || place.agent_id !== store.agentId) return;
    const { room_id: roomId, entity_id: entityId, world_id: worldId, type, is_unique } = place;
    vectors.put(type, { row, roomId, entityId, worldId, unique: is_unique !== 0 }, vector);
  }

  return {
    /** What embeddings have from now on; those of other lengths stay, unseen. */
    async ensureEmbeddingDimension(length: number): Promise<void> {
      if (!Number.isInteger(length) || length < 1)
        throw new RangeError('the length of embeddings must be a whole number above 0');
      dimension = length;
    },

    ...createReading(store, () => dimension),

    async searchMemories({ embedding, ...params }: Search & { embedding: number[]; query?: string }) {
      return findNearest(embedding, params);
    },

    async searchMemoriesByEmbedding(embedding: number[], params: Search) {
      return findNearest(embedding, params);
    },

    /**
     * One with that id stays as it is. Without `unique`, it is unique unless one that is much alike is in its room. Throws
     * where its entity or room does not exist.
     */
    async createMemory(memory: Memory, tableName: string): Promise<Id> {
      const id = memory.id ? toId(memory.id) : makeId();
      const unique = isUnique(memory, tableName);
      const vector = Array.isArray(memory.embedding) ? toVector(memory.embedding, dimension) : undefined;
      // Without an embedding it is one statement, which is a transaction by itself.
      if (!vector) insert(id, memory, tableName, unique);
      else
        store.transact(() => {
          const row = insert(id, memory, tableName, unique);
          if (row !== undefined) embed(row, vector);
        });
      return memory.id || id;
    },

    /** Replaces its content, metadata and embedding, as they are given. True also where there is none with that id. */
    async updateMemory(memory: Partial<Memory> & { id: Id }): Promise<boolean> {
      return succeeds(() =>
        store.transact(() => {
          const { content, metadata, embedding } = memory;
          if (!content && !metadata && !Array.isArray(embedding)) return true;
          const id = toId(memory.id);
          const changed = {
            content: content ? toDocument(content) : undefined,
            metadata: metadata ? toDocument(metadata) : undefined,
          };
          store.update('memories', changed, 'id = ?', id);
          if (!Array.isArray(embedding)) return true;
          const found = store.find<{ row: number }>('SELECT row FROM memories WHERE id = ?', id);
          if (found) embed(found.row, toVector(embedding, dimension));
          return found !== undefined;
        }),
      );
    },

    ...createDeletion(store, vectors),
  };
}

function createDeletion(store: Store, vectors: Vectors) {
  /** With a document go its fragments, also where it is gone already. */
  function deleteThese(ids: readonly Id[]): void {
    const list = JSON.stringify(ids);
    const removed = store.all<{ row: number }>(
      `DELETE FROM memories WHERE id IN (SELECT value FROM json_each(?))
       OR agent_id = ? AND lower(metadata ->> '$.documentId') IN (SELECT value FROM json_each(?)) RETURNING row`,
      list,
      store.agentId,
      list,
    );
    vectors.remove(removed.map(({ row }) => row));
  }

  return {
    async deleteMemory(memoryId: Id): Promise<void> {
      deleteThese([toId(memoryId)]);
    },

    async deleteManyMemories(memoryIds: readonly Id[]): Promise<void> {
      deleteThese(memoryIds.map(toId));
    },

    async deleteAllMemories(roomId: Id, tableName: string): Promise<void> {
      const sql = 'SELECT id FROM memories WHERE room_id = ? AND type = ?';
      deleteThese(store.all<{ id: string }>(sql, toId(roomId), tableName).map(({ id }) => id));
    },
  };
}
