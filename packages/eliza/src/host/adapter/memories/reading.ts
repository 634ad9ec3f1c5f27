/** Memories as they are read: by room, time and id, each with its embedding. */
import type { Store } from '../engine/store.ts';
import { readJson, toCount, toId, toLimit, toMs, type Value } from '../engine/values.ts';
import type { Id, KeptMemory, MemoryFilter } from '../types.ts';
import { readEmbedding } from './vectors.ts';

export type MemoryRow = {
  row: number;
  id: string;
  type: string;
  created_at: number;
  content: string;
  entity_id: string;
  agent_id: string;
  room_id: string;
  world_id: string | null;
  is_unique: number;
  metadata: string;
  vector: Uint8Array | null;
};

export const columns = 'memories.*, embeddings.vector';
export const withVectors =
  'memories LEFT JOIN embeddings ON embeddings.memory = memories.row AND embeddings.dimension = ?';
const newestFirst = 'ORDER BY memories.created_at DESC, memories.id DESC';

export function createReading(store: Store, dimensionNow: () => number) {
  /** `[condition, value]` where the value is given. */
  function select(
    conditions: readonly (readonly [string, Value])[],
    count: number | null | undefined,
    offset = 0,
  ): MemoryRow[] {
    const where = conditions.map(([condition]) => condition).join(' AND ');
    return store.all<MemoryRow>(
      `SELECT ${columns} FROM ${withVectors} WHERE ${where} ${newestFirst} LIMIT ? OFFSET ?`,
      dimensionNow(),
      ...conditions.map(([, value]) => value),
      toLimit(count),
      toCount('offset', offset) ?? 0,
    );
  }

  function listOfRooms(roomIds: readonly Id[], tableName: string, limit: number | undefined): KeptMemory[] {
    if (roomIds.length === 0) return [];
    const rows = select(
      [
        ['memories.room_id IN (SELECT value FROM json_each(?))', JSON.stringify(roomIds.map(toId))],
        ['memories.type = ?', tableName],
        ['memories.agent_id = ?', store.agentId],
      ],
      limit,
    );
    return rows.map((row) => withoutEmbedding(toMemory(row)));
  }

  return {
    /**
     * The newest first. `start` and `end` are part of the time. `entityId` narrows nothing: in plugin-sql it says who asks,
     * for databases that look at that.
     */
    async getMemories(params: MemoryFilter): Promise<KeptMemory[]> {
      const { tableName, start, end, roomId, worldId, agentId, unique } = params;
      if (!tableName) throw new Error('tableName is required');
      const conditions: [string, Value][] = [['memories.type = ?', tableName]];
      if (start) conditions.push(['memories.created_at >= ?', toMs(start)]);
      if (end) conditions.push(['memories.created_at <= ?', toMs(end)]);
      if (roomId) conditions.push(['memories.room_id = ?', toId(roomId)]);
      if (worldId) conditions.push(['memories.world_id = ?', toId(worldId)]);
      if (agentId) conditions.push(['memories.agent_id = ?', toId(agentId)]);
      if (unique) conditions.push(['memories.is_unique = ?', 1]);
      return select(conditions, params.count, params.offset).map((row) => ({ ...toMemory(row), type: row.type }));
    },

    async getMemoryById(id: Id): Promise<KeptMemory | null> {
      const [row] = select([['memories.id = ?', toId(id)]], 1);
      return row ? toMemory(row) : null;
    },

    async getMemoriesByIds(ids: readonly Id[], tableName?: string): Promise<KeptMemory[]> {
      const conditions: [string, Value][] = [
        ['memories.id IN (SELECT value FROM json_each(?))', JSON.stringify(ids.map(toId))],
      ];
      if (tableName) conditions.push(['memories.type = ?', tableName]);
      return select(conditions, null).map(toMemory);
    },

    async getMemoriesByRoomIds({ tableName, roomIds, limit }: { tableName: string; roomIds: Id[]; limit?: number }) {
      return listOfRooms(roomIds, tableName, limit);
    },

    async getMemoriesByWorldId({ worldId, count, tableName }: { worldId: Id; count?: number; tableName?: string }) {
      const rooms = store.all<{ id: string }>(
        'SELECT id FROM rooms WHERE world_id = ? AND agent_id = ?',
        toId(worldId),
        store.agentId,
      );
      return listOfRooms(
        rooms.map(({ id }) => id),
        tableName || 'messages',
        count,
      );
    },

    /** Of a room, only the unique ones unless `unique` is false. */
    async countMemories(roomId: Id, unique = true, tableName = ''): Promise<number> {
      if (!tableName) throw new Error('tableName is required');
      const sql = `SELECT count(*) AS count FROM memories WHERE room_id = ? AND type = ?${unique ? ' AND is_unique = 1' : ''}`;
      return store.find<{ count: number }>(sql, toId(roomId), tableName)?.count ?? 0;
    },
  };
}

export function toMemory(row: MemoryRow): KeptMemory {
  return {
    id: row.id,
    createdAt: row.created_at,
    content: readJson(row.content),
    entityId: row.entity_id,
    agentId: row.agent_id,
    roomId: row.room_id,
    unique: row.is_unique !== 0,
    metadata: readJson(row.metadata),
    embedding: readEmbedding(row.vector),
  };
}

function withoutEmbedding(memory: KeptMemory): KeptMemory {
  const { embedding: _, ...others } = memory;
  return others;
}
