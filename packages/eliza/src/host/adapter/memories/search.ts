/** Memories by likeness: those whose embedding is nearest to another. */
import type { Store } from '../engine/store.ts';
import { toCount, toOptionalId } from '../engine/values.ts';
import type { KeptMemory, Search } from '../types.ts';
import { columns, type MemoryRow, withEmbedding, withVectors } from './reading.ts';
import { toVector, type Vectors } from './vectors.ts';

export type FindNearest = (embedding: readonly number[], params: Search) => KeptMemory[];

/** The nearest first, ten unless said otherwise; with a threshold, those that are at least so similar. */
export function createSearch(store: Store, vectors: Vectors, dimensionNow: () => number): FindNearest {
  /** An embedding of another length can be compared with none; where there is none, that is no error. */
  const hasAny = (type: string): boolean =>
    store.find(
      `SELECT 1 FROM embeddings JOIN memories ON memories.row = embeddings.memory
       WHERE memories.type = ? AND memories.agent_id = ? AND embeddings.dimension = ? LIMIT 1`,
      type,
      store.agentId,
      dimensionNow(),
    ) !== undefined;

  return (embedding, params) => {
    const dimension = dimensionNow();
    if (embedding.length !== dimension && !hasAny(params.tableName)) return [];
    const near = vectors.search(params.tableName, {
      vector: toVector(embedding, dimension),
      threshold: params.match_threshold || null,
      count: toCount('count', params.count ?? 10) ?? 10,
      roomId: toOptionalId(params.roomId || null),
      entityId: toOptionalId(params.entityId || null),
      worldId: toOptionalId(params.worldId || null),
      unique: Boolean(params.unique),
    });
    return near.flatMap(({ row: number, similarity }) => {
      const sql = `SELECT ${columns} FROM ${withVectors} WHERE memories.row = ?`;
      const rows = store.lists<MemoryRow>(sql, dimension, number);
      return rows.map((row) => ({ ...withEmbedding(store, dimension, row, true), worldId: row[7], similarity }));
    });
  };
}
