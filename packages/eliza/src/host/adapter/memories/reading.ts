/** Memories as they are read: by room, time and id, each with its embedding. */
import type { Store } from '../engine/store.ts';
import { isOneOf, readJson, toCount, toId, toLimit, toMs, type Value } from '../engine/values.ts';
import type { Id, KeptMemory, MemoryFilter } from '../types.ts';
import { readEmbedding } from './vectors.ts';

/** The columns of a memory, in their order. */
export type MemoryRow = [
  id: string,
  type: string,
  createdAt: number,
  content: string,
  entityId: string,
  agentId: string,
  roomId: string,
  worldId: string | null,
  unique: number,
  metadata: string,
  /** The number of the memory, where it has an embedding. */
  embedded: number | null,
];
export const columns = `memories.id, type, created_at, content, entity_id, agent_id, room_id, world_id, is_unique, metadata,
  embeddings.memory`;
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
    // SQLite plans a statement again whenever a limit is a bare parameter.
    return store.lists<MemoryRow>(
      `SELECT ${columns} FROM ${withVectors} WHERE ${where} ${newestFirst} LIMIT ? + 0 OFFSET ? + 0`,
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
        isOneOf('memories.room_id', roomIds),
        ['memories.type = ?', tableName],
        ['memories.agent_id = ?', store.agentId],
      ],
      limit,
    );
    return rows.map((row) => toMemory(row));
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
      return select(conditions, params.count, params.offset).map((row) =>
        withEmbedding(store, dimensionNow(), row, true),
      );
    },

    async getMemoryById(id: Id): Promise<KeptMemory | null> {
      const [row] = select([['memories.id = ?', toId(id)]], 1);
      return row ? withEmbedding(store, dimensionNow(), row) : null;
    },

    async getMemoriesByIds(ids: readonly Id[], tableName?: string): Promise<KeptMemory[]> {
      const conditions: [string, Value][] = [isOneOf('memories.id', ids)];
      if (tableName) conditions.push(['memories.type = ?', tableName]);
      return select(conditions, null).map((row) => withEmbedding(store, dimensionNow(), row));
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

function toMemory([id, , createdAt, content, entityId, agentId, roomId, , unique, metadata]: MemoryRow): KeptMemory {
  return {
    id,
    createdAt,
    content: readJson(content),
    entityId,
    agentId,
    roomId,
    unique: unique !== 0,
    metadata: readJson(metadata),
  };
}

/** With `type`, as some calls give it. */
export function withEmbedding(store: Store, dimension: number, row: MemoryRow, withType = false): KeptMemory {
  const memory = toMemory(row);
  const embedded = row[10];
  if (embedded === null) memory.embedding = undefined;
  else defineEmbedding(memory, () => findEmbedding(store, embedded, dimension));
  if (withType) memory.type = row[1];
  return memory;
}

/** Read when somebody asks for it: a turn reads some two hundred memories, and looks at hardly any embedding. */
function defineEmbedding(memory: KeptMemory, read: () => number[] | undefined): void {
  const become = (value: number[] | undefined) =>
    Object.defineProperty(memory, 'embedding', { value, writable: true, enumerable: true, configurable: true });
  Object.defineProperty(memory, 'embedding', {
    enumerable: true,
    configurable: true,
    get: () => become(read()).embedding,
    set: become,
  });
}

/** None where the memory has gone meanwhile, or the file is closed. */
function findEmbedding(store: Store, memory: number, dimension: number): number[] | undefined {
  if (!store.isOpen()) return undefined;
  const sql = 'SELECT vector FROM embeddings WHERE memory = ? AND dimension = ?';
  return readEmbedding(store.find<{ vector: Uint8Array }>(sql, memory, dimension)?.vector ?? null);
}
