/** Rooms as agents have them: the channels that they are in, each as one agent sees it, with its world. */
import { defaultServerId, ElizadError } from 'elizad-protocol';
import type { Principal } from '../../auth/principal.ts';
import { deleteFacts } from '../../storage/memory/agent-memories.ts';
import { groupMark, listGroupIds, listRoomsOf } from '../../storage/rooms/agent-rooms.ts';
import { type ChannelRow, findChannel, hasServer, insertChannel } from '../../storage/rooms/channels.ts';
import { findWorld, listWorldsOf, type WorldRow } from '../../storage/rooms/worlds.ts';
import { createId } from '../../storage/schema/ids.ts';
import { toParticipantRows } from '../directories/channel.ts';
import type { Participant } from '../directories/roll.ts';
import { asServer, getRoom } from '../ground/access.ts';
import type { CancelTurns, Messaging } from '../ground/context.ts';
import { behaviourOf, dismissAgent, listAsParticipants, updateChannel } from './channel-life.ts';
import { deleteChannel } from './erase-room.ts';

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
  const behaves = behaviourOf(type);
  const ids = [...agentIds, ...(entityId === undefined ? [] : [entityId])];
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
      created_at: Date.now(),
    },
    toParticipantRows(roomId, listAsParticipants(messaging, ids)),
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
  return Promise.all(agentIds.map((agentId) => getAgentRoom(messaging, agentId, roomId)));
}

/** A room that the agent is in. Throws `channel-not-found`. */
export async function getAgentRoom(messaging: Messaging, agentId: string, roomId: string): Promise<AgentRoom> {
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
    // Sockets come first.
    await new Promise(setImmediate);
  }
  return rooms.slice(0, limit);
}

/** The agent's world of a room; where it has none, the server stands for it. */
export const worldIdOf = ({ row, world }: AgentRoom): string => world?.id ?? row.server_id;

/** Gives a room another name, or other metadata; everybody there hears it. Throws `channel-not-found`, `not-a-participant`. */
export async function changeAgentRoom(
  messaging: Messaging,
  principal: Principal,
  agentId: string,
  roomId: string,
  changes: { name?: string | undefined; metadata?: Record<string, unknown> | undefined },
): Promise<AgentRoom> {
  await getAgentRoom(messaging, agentId, roomId);
  await updateChannel(messaging, await getRoom(messaging, principal, roomId, 'manage'), changes);
  return getAgentRoom(messaging, agentId, roomId);
}

/**
 * An agent leaves a room and forgets what it learned there; the room goes with the last one. Throws `channel-not-found`,
 * `not-a-participant`.
 */
export async function leaveRoom(
  messaging: Messaging,
  cancelTurns: CancelTurns,
  principal: Principal,
  agentId: string,
  roomId: string,
): Promise<void> {
  await getAgentRoom(messaging, agentId, roomId);
  const room = await getRoom(messaging, principal, roomId, 'manage');
  await dismissAgent(messaging, room, agentId);
  await deleteFacts(messaging.database.db, [agentId], [roomId]);
  if (room.participants.size === 0) await deleteChannel(messaging, cancelTurns, room);
}

/** Groups of one server, at most. */
const mostGroups = 1_000;

/** The ids of a room, or of the rooms of a server, that were made for several agents. Throws `channel-not-found`. */
async function findGroups({ database: { db } }: Messaging, groupId: string): Promise<string[]> {
  const found = await findChannel(db, groupId);
  if (found?.channel.source_id === groupMark) return [groupId];
  if (found || !(await hasServer(db, groupId))) throw new ElizadError('channel-not-found', { roomId: groupId });
  return listGroupIds(db, groupId, mostGroups);
}

/** Deletes a room, or the rooms of a server, that were made for several agents. Throws `channel-not-found`. */
export async function deleteGroups(messaging: Messaging, cancelTurns: CancelTurns, groupId: string): Promise<void> {
  for (const roomId of await findGroups(messaging, groupId)) {
    const channel = await messaging.channels.find(roomId);
    // It may have been deleted meanwhile.
    if (channel) await deleteChannel(messaging, cancelTurns, asServer(channel));
  }
}

/** The agents of such rooms forget what they learned there. Throws `channel-not-found`. */
export async function forgetGroups(messaging: Messaging, groupId: string): Promise<void> {
  const { database, channels } = messaging;
  const roomIds = await findGroups(messaging, groupId);
  const found = await Promise.all(roomIds.map((id) => channels.find(id)));
  const everybody = found.flatMap((channel) => [...(channel?.participants.keys() ?? [])]);
  await deleteFacts(database.db, [...new Set(everybody)], roomIds);
}
