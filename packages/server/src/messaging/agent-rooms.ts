/** Rooms as agents have them: the channels that they are in, each as one agent sees it, with its world. */
import { defaultServerId, ElizadError } from 'elizad-protocol';
import { deleteFacts } from '../storage/agent-memories.ts';
import { groupMark, listGroupIds, listRoomsOf, updateRoom } from '../storage/agent-rooms.ts';
import { type ChannelRow, findChannel, hasServer, insertChannel } from '../storage/channels.ts';
import { createId } from '../storage/ids.ts';
import { findWorld, listWorldsOf, type WorldRow } from '../storage/worlds.ts';
import type { Participant } from './channel-directory.ts';
import type { Messaging } from './messages.ts';

/** `world` is the agent's world of the room's server, where it has one; `entities` are the first 100 of those in it. */
export type AgentRoom = {
  agentId: string;
  row: ChannelRow;
  world: WorldRow | undefined;
  entities: Participant[];
};

export type NewRoom = {
  name: string;
  type: string;
  source: string;
  worldId?: string | undefined;
  messageServerId?: string | undefined;
  roomId?: string | undefined;
  entityId?: string | undefined;
  metadata: object;
};

const mostEntities = 100;

/** Types in which somebody is alone with an agent. */
const directTypes = new Set(['DM', 'VOICE_DM', 'SELF', 'API']);

/** Makes a room with some agents in it. Throws `server-not-found`, `world-not-found`, `room-exists`. */
export async function createRoom(
  messaging: Messaging,
  agentIds: readonly string[],
  { name, type, source, worldId, messageServerId, roomId = createId(), entityId, metadata }: NewRoom,
  isGroup = false,
): Promise<void> {
  const { db } = messaging.database;
  const world = worldId === undefined ? undefined : await findWorld(db, agentIds[0] ?? '', worldId);
  // A server's id is that of the world that every agent has of it.
  if (worldId !== undefined && !world && !(await hasServer(db, worldId))) throw new ElizadError('world-not-found');
  const serverId = messageServerId ?? world?.server_id ?? worldId ?? defaultServerId;
  if (!(await hasServer(db, serverId))) throw new ElizadError('server-not-found');
  if (await messaging.channels.find(roomId)) throw new ElizadError('room-exists', { roomId });
  const spelt = type.toUpperCase();
  const behaves = directTypes.has(spelt) ? 'DM' : 'GROUP';
  const joined_at = Date.now();
  const ids = new Set([...agentIds, ...(entityId === undefined ? [] : [entityId])]);
  await insertChannel(
    db,
    {
      id: roomId,
      server_id: serverId,
      name,
      type: behaves,
      declared_type: type === behaves ? null : type,
      source_type: source,
      source_id: isGroup ? groupMark : null,
      world_id: world?.id ?? null,
      metadata: JSON.stringify(metadata),
      created_at: joined_at,
    },
    [...ids].map((id) => {
      const agent = messaging.agents.find(id);
      return {
        channel_id: roomId,
        entity_id: id,
        kind: agent ? 'agent' : 'user',
        name: agent?.name ?? null,
        joined_at,
      };
    }),
  );
}

/** Makes one room for several agents; it is in this server. Throws as `createRoom` does. */
export async function createGroup(
  messaging: Messaging,
  agentIds: readonly string[],
  room: NewRoom & { messageServerId: string },
): Promise<AgentRoom[]> {
  const roomId = createId();
  await createRoom(messaging, agentIds, { ...room, roomId }, true);
  return Promise.all(agentIds.map((agentId) => getRoom(messaging, agentId, roomId)));
}

/** A room that the agent is in. Throws `channel-not-found`. */
export async function getRoom(messaging: Messaging, agentId: string, roomId: string): Promise<AgentRoom> {
  const { db } = messaging.database;
  const channel = await messaging.channels.find(roomId);
  const found = channel?.participants.has(agentId) ? await findChannel(db, roomId) : undefined;
  if (!found) throw new ElizadError('channel-not-found', { roomId });
  return see(messaging, agentId, found.channel, await listWorldsOf(db, agentId));
}

async function see(
  { channels }: Messaging,
  agentId: string,
  row: ChannelRow,
  worlds: readonly WorldRow[],
): Promise<AgentRoom> {
  const world = worlds.find(({ id }) => id === row.world_id) ?? worlds.find((one) => one.server_id === row.server_id);
  const channel = await channels.find(row.id);
  const entities = [...(channel?.participants.values() ?? [])].slice(0, mostEntities);
  return { agentId, row, world, entities };
}

/** Rooms that are looked at for one page of those of one world. */
const mostLookedAt = 5_000;

/** The room that the agent joined last first, after the room `before`; of one world only, where it is named. */
export async function listRooms(
  messaging: Messaging,
  agentId: string,
  { limit, before, worldId }: { limit: number; before?: string | undefined; worldId?: string | undefined },
): Promise<AgentRoom[]> {
  const { db } = messaging.database;
  const worlds = await listWorldsOf(db, agentId);
  const rooms: AgentRoom[] = [];
  let last = before;
  for (let read = 0; read < mostLookedAt && rooms.length < limit; read += limit) {
    const rows = await listRoomsOf(db, agentId, limit, last);
    for (const row of rows) {
      const room = await see(messaging, agentId, row, worlds);
      if (worldId === undefined || worldIdOf(room) === worldId) rooms.push(room);
    }
    if (rows.length < limit) break;
    last = rows.at(-1)?.id;
  }
  return rooms.slice(0, limit);
}

/** The agent's world of a room; where it has none, the server stands for it. */
export const worldIdOf = ({ row, world }: AgentRoom): string => world?.id ?? row.server_id;

/** Gives a room another name, or other metadata. Throws `channel-not-found`. */
export async function changeRoom(
  messaging: Messaging,
  agentId: string,
  roomId: string,
  { name, metadata }: { name?: string | undefined; metadata?: object | undefined },
): Promise<AgentRoom> {
  await getRoom(messaging, agentId, roomId);
  const channel = await messaging.channels.find(roomId);
  await updateRoom(messaging.database.db, roomId, {
    ...(name !== undefined && { name }),
    ...(metadata !== undefined && { metadata: JSON.stringify(metadata) }),
  });
  if (channel && name !== undefined) channel.name = name;
  return getRoom(messaging, agentId, roomId);
}

/** An agent leaves a room and forgets what it learned there. True where nobody is left. Throws `channel-not-found`. */
export async function leaveRoom(messaging: Messaging, agentId: string, roomId: string): Promise<boolean> {
  const { channels, broadcast, database } = messaging;
  const channel = await channels.find(roomId);
  if (!channel?.participants.has(agentId)) throw new ElizadError('channel-not-found', { roomId });
  await channels.removeParticipant(channel, agentId);
  broadcast('participant-left', { channelId: roomId, entityId: agentId }, { channelId: roomId });
  await deleteFacts(database.db, [agentId], [roomId]);
  return channel.participants.size === 0;
}

/** Groups of one server, at most. */
const mostGroups = 1_000;

/** The ids of a room, or of the rooms of a server, that were made for several agents. Throws `channel-not-found`. */
export async function findGroups({ database: { db } }: Messaging, groupId: string): Promise<string[]> {
  const found = await findChannel(db, groupId);
  if (found?.channel.source_id === groupMark) return [groupId];
  if (found || !(await hasServer(db, groupId))) throw new ElizadError('channel-not-found', { roomId: groupId });
  return listGroupIds(db, groupId, mostGroups);
}

/** The agents of some rooms forget what they learned there. */
export async function forgetRooms({ database, channels }: Messaging, roomIds: readonly string[]): Promise<void> {
  const found = await Promise.all(roomIds.map((id) => channels.find(id)));
  const everybody = found.flatMap((channel) => [...(channel?.participants.keys() ?? [])]);
  await deleteFacts(database.db, [...new Set(everybody)], roomIds);
}
