/**
 * The life of a channel: made, changed; how it ends is in room-erasure.ts. What whole rooms hear goes by the same path as everything that is
 * said (stop 4 of the walk): one transaction, then the room is told, also whoever was away.
 */
import { ElizadError } from 'elizad-protocol';
import { assertScope } from '../../auth/permissions.ts';
import type { Principal } from '../../auth/principal.ts';
import type { RemovedEntry } from '../../storage/journal/removals.ts';
import type { RoomUpdate } from '../../storage/journal/room-updates.ts';
import { type ChannelRow, findChannelRow, hasServer, insertChannel } from '../../storage/rooms/channels.ts';
import { createId } from '../../storage/schema/ids.ts';
import { assertPlace, type Channel, toParticipantRows } from '../directories/channel.ts';
import { findNamesake } from '../directories/new-channel.ts';
import type { Participant } from '../directories/roll.ts';
import type { Room } from '../ground/access.ts';
import { announceEntries } from '../ground/announce.ts';
import type { Messaging } from '../ground/context.ts';
import { tellPresence } from '../ground/presence.ts';

/** A channel as it shall be. `type` in any spelling: `behaviourOf` says what it means. */
export type NewChannel = {
  /** There may be one already, which then stays as it is. */
  id?: string | undefined;
  serverId: string;
  name: string;
  /** Default: a group, or what `isDm` of the metadata says. */
  type?: string | undefined;
  participants: readonly string[];
  topic?: string | undefined;
  sourceType?: string | undefined;
  sourceId?: string | undefined;
  metadata?: Record<string, unknown> | undefined;
};

/** What may change; what is left out stays. `participants` replaces those that are there. */
export type ChannelChange = {
  name?: string | undefined;
  topic?: string | null | undefined;
  metadata?: Record<string, unknown> | undefined;
  participants?: readonly string[] | undefined;
};

const directTypes = new Set(['DM', 'SELF', 'VOICE_DM', 'API']);

/** How a channel behaves that somebody calls so: in a `DM` agents answer everything, in a `GROUP` by their rules. */
export const behaviourOf = (type = 'GROUP', { isDm }: Record<string, unknown> = {}): 'DM' | 'GROUP' =>
  isDm === true || directTypes.has(type.toUpperCase()) ? 'DM' : 'GROUP';

/**
 * Makes a channel of the id that its maker has chosen. The same again is the one that is there: of this server, as direct
 * as this one, with everybody who is named in it. Throws `server-not-found`, and `room-exists` where it is another one.
 */
export async function createChosenChannel(
  messaging: Messaging,
  principal: Principal,
  { id, ...wanted }: NewChannel & { id: string },
): Promise<ChannelRow> {
  const namesake = findNamesake(messaging, id);
  const participants = namesake ? [...wanted.participants, namesake.id] : wanted.participants;
  const row = await createChannel(messaging, principal, { ...wanted, id, participants });
  const present = (await messaging.channels.find(id))?.participants;
  const isSame =
    row.server_id === wanted.serverId &&
    row.type === behaviourOf(wanted.type, wanted.metadata) &&
    wanted.participants.every((one) => present?.has(one));
  if (!isSame) throw new ElizadError('room-exists', { roomId: id });
  return row;
}

/** Makes a channel. Throws `server-not-found`. */
export async function createChannel(
  messaging: Messaging,
  principal: Principal,
  { id = createId(), serverId, name, type, participants, topic, sourceType, sourceId, metadata = {} }: NewChannel,
): Promise<ChannelRow> {
  const { db } = messaging.database;
  assertScope(principal, 'chat');
  if (!(await hasServer(db, serverId))) throw new ElizadError('server-not-found');
  const behaves = behaviourOf(type, metadata);
  await insertChannel(
    db,
    {
      id,
      server_id: serverId,
      name,
      type: behaves,
      declared_type: type === undefined || type === behaves ? null : type,
      topic: topic ?? null,
      source_type: sourceType ?? null,
      source_id: sourceId ?? null,
      metadata: JSON.stringify(metadata),
      created_at: Date.now(),
    },
    toParticipantRows(id, listAsParticipants(messaging, participants)),
  );
  return getChannelRow(messaging, id);
}

/** Throws `channel-not-found`. */
export async function getChannelRow({ database }: Pick<Messaging, 'database'>, channelId: string): Promise<ChannelRow> {
  const row = await findChannelRow(database.db, channelId);
  if (!row) throw new ElizadError('channel-not-found', { roomId: channelId });
  return row;
}

/** Changes a channel. The room hears how it is now, and who came and went. Throws `channel-not-found`. */
export async function updateChannel(
  messaging: Messaging,
  room: Room<'manage'>,
  { name, topic, metadata, participants }: ChannelChange,
): Promise<ChannelRow> {
  const wanted = participants && new Set(participants);
  await writeRoomUpdate(messaging, room, {
    set: {
      ...(name !== undefined && { name }),
      ...(topic !== undefined && { topic }),
      ...(metadata !== undefined && { metadata: JSON.stringify(metadata) }),
    },
    add: wanted ? toParticipantRows(room.id, listAsParticipants(messaging, [...wanted])) : [],
    remove: wanted ? [...room.participants.keys()].filter((id) => !wanted.has(id)) : [],
  });
  return getChannelRow(messaging, room.id);
}

/** An agent comes into a channel; that it is there already is no error. Throws `agent-not-found`, `too-many-participants`. */
export async function inviteAgent(messaging: Messaging, room: Room<'manage'>, agentId: string): Promise<void> {
  if (!messaging.agents.find(agentId)) throw new ElizadError('agent-not-found', { roomId: room.id });
  if (!room.participants.has(agentId)) assertPlace(room, 1);
  await writeRoomUpdate(messaging, room, {
    set: {},
    add: toParticipantRows(room.id, listAsParticipants(messaging, [agentId])),
    remove: [],
  });
}

/** An agent leaves a channel. Throws `agent-not-in-channel`. */
export async function dismissAgent(messaging: Messaging, room: Room<'manage'>, agentId: string): Promise<void> {
  if (room.participants.get(agentId)?.kind !== 'agent') throw new ElizadError('agent-not-in-channel');
  await writeRoomUpdate(messaging, room, { set: {}, add: [], remove: [agentId] });
}

async function writeRoomUpdate(
  messaging: Messaging,
  channel: Channel,
  change: Omit<RoomUpdate, 'channelId'>,
): Promise<void> {
  const { id: channelId } = channel;
  const update = { channelId, ...change };
  const { duplicate } = await messaging.log.write({ kind: 'room-update', update }, ({ entries }) => {
    const updated = entries.find((one) => one.kind === 'room-updated');
    if (!updated?.updates) return;
    channel.name = updated.updates.name;
    const removed = entries.find((one) => one.kind === 'removed');
    tellComings(messaging, channel, change, removed);
    announceEntries(messaging, entries);
  });
  if (duplicate) throw new ElizadError('channel-not-found', { roomId: channelId });
}

/** Everybody hears of everyone who went; whoever was away hears it of themselves, by the place of their removal. */
function tellComings(
  messaging: Messaging,
  channel: Channel,
  { add, remove }: Pick<RoomUpdate, 'add' | 'remove'>,
  removed: RemovedEntry | undefined,
): void {
  const { id: channelId, participants } = channel;
  for (const entityId of remove) {
    if (!participants.delete(entityId)) continue;
    if (removed?.entityIds.includes(entityId)) announceEntries(messaging, [removed], { as: entityId });
    else messaging.broadcast('participant-left', { channelId, entityId, wasTakenOut: true }, { channelId });
  }
  for (const { entity_id: id, kind, name } of add) {
    if (participants.has(id)) continue;
    participants.set(id, { id, kind, name });
    tellPresence(messaging, channel, 'participant-joined', { channelId, entityId: id });
  }
}

/** In their order; of agents with their names. */
export const listAsParticipants = ({ agents }: Pick<Messaging, 'agents'>, ids: readonly string[]): Participant[] =>
  [...new Set(ids)].map((id) => {
    const agent = agents.find(id);
    return { id, kind: agent ? 'agent' : 'user', name: agent?.name ?? null };
  });
