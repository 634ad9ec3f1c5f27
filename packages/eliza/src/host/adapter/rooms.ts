/** Worlds and their rooms. A room may name a world that does not exist. */
import type { Store } from './engine/store.ts';
import { change, isOneOf, makeId, readJson, toId, toJson, toMs, toOptionalId } from './engine/values.ts';
import type { Id, KeptRoom, Room, World } from './types.ts';

type WorldRow = {
  id: string;
  agent_id: string;
  name: string;
  metadata: string | null;
  message_server_id: string | null;
  created_at: number;
};

type RoomRow = {
  id: string;
  agent_id: string;
  source: string;
  type: string;
  message_server_id: string | null;
  world_id: string | null;
  name: string | null;
  metadata: string | null;
  channel_id: string | null;
  created_at: number;
};

export function createWorlds(store: Store) {
  return {
    /** One with that id stays as it is. */
    async createWorld(world: World): Promise<Id> {
      const id = world.id ? toId(world.id) : makeId();
      store.run(
        `INSERT INTO worlds (id, agent_id, name, metadata, message_server_id, created_at) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO NOTHING`,
        id,
        toId(world.agentId),
        world.name || '',
        toJson(world.metadata),
        toOptionalId(world.messageServerId),
        world.createdAt === undefined ? Date.now() : toMs(world.createdAt),
      );
      return world.id || id;
    },

    async getWorld(id: Id) {
      const row = store.find<WorldRow>('SELECT * FROM worlds WHERE id = ?', toId(id));
      return row ? toWorld(row) : null;
    },

    async getAllWorlds() {
      return store.all<WorldRow>('SELECT * FROM worlds WHERE agent_id = ? ORDER BY rowid', store.agentId).map(toWorld);
    },

    /** What is not given stays as it is; its metadata are replaced. */
    async updateWorld(world: World): Promise<void> {
      const columns = {
        agent_id: change(world.agentId, toId),
        name: world.name,
        metadata: change(world.metadata, toJson),
        message_server_id: change(world.messageServerId, toId),
        created_at: change(world.createdAt, toMs),
      };
      store.update('worlds', columns, 'id = ?', toId(world.id));
    },

    /** Its rooms stay. */
    async removeWorld(id: Id): Promise<void> {
      store.run('DELETE FROM worlds WHERE id = ?', toId(id));
    },
  };
}

export function createRooms(store: Store) {
  return {
    async getRoomsByIds(roomIds: readonly Id[]): Promise<KeptRoom[]> {
      const [condition, ids] = isOneOf('id', roomIds);
      const sql = `SELECT * FROM rooms WHERE ${condition} AND agent_id = ? ORDER BY rowid`;
      const rows = store.all<RoomRow>(sql, ids, store.agentId);
      return rows.map(toRoom);
    },

    async getRoomsByWorld(worldId: Id): Promise<KeptRoom[]> {
      return store
        .all<RoomRow>('SELECT * FROM rooms WHERE world_id = ? ORDER BY rowid', toId(worldId))
        .map((row) => ({ ...toRoom(row), createdAt: new Date(row.created_at) }));
    },

    /** Those that exist already stay as they are. Gives the ids of all, in their order. */
    async createRooms(rooms: readonly Room[]): Promise<Id[]> {
      return store.transact(() =>
        rooms.map((room) => {
          const id = room.id ? toId(room.id) : makeId();
          store.run(
            `INSERT INTO rooms (id, agent_id, source, type, message_server_id, world_id, name, metadata, channel_id, created_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
            id,
            store.agentId,
            room.source ?? null,
            room.type ?? null,
            toOptionalId(room.messageServerId),
            toOptionalId(room.worldId),
            room.name ?? null,
            toJson(room.metadata),
            room.channelId ?? null,
            room.createdAt === undefined ? Date.now() : toMs(room.createdAt),
          );
          return room.id || id;
        }),
      );
    },

    /** What is not given stays as it is; its metadata are replaced. */
    async updateRoom(room: Room): Promise<void> {
      const columns = {
        agent_id: store.agentId,
        source: room.source,
        type: room.type,
        message_server_id: change(room.messageServerId, toId),
        world_id: change(room.worldId, toId),
        name: room.name,
        metadata: change(room.metadata, toJson),
        channel_id: room.channelId,
        created_at: change(room.createdAt, toMs),
      };
      store.update('rooms', columns, 'id = ?', toId(room.id));
    },

    /** With its memories, participants, components and logs. */
    async deleteRoom(roomId: Id): Promise<void> {
      store.flush();
      store.run('DELETE FROM rooms WHERE id = ?', toId(roomId));
      store.shift();
    },

    async deleteRoomsByWorldId(worldId: Id): Promise<void> {
      store.flush();
      store.run('DELETE FROM rooms WHERE world_id = ? AND agent_id = ?', toId(worldId), store.agentId);
      store.shift();
    },
  };
}

const toWorld = (row: WorldRow) => ({
  id: row.id,
  agentId: row.agent_id,
  name: row.name,
  metadata: readJson(row.metadata),
  messageServerId: row.message_server_id,
  createdAt: new Date(row.created_at),
});

const toRoom = (row: RoomRow): KeptRoom => ({
  id: row.id,
  name: row.name ?? undefined,
  channelId: row.channel_id,
  agentId: row.agent_id,
  messageServerId: row.message_server_id,
  serverId: row.message_server_id,
  worldId: row.world_id,
  type: row.type,
  source: row.source,
  metadata: readJson(row.metadata),
});
