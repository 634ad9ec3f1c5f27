/** The state of the world, or of one room, as `request-world-state` asks for it. */
import {
  defaultServerId,
  type Message,
  type ServerEvents,
  worldStateParticipants,
  worldStateParticipantsInAll,
} from 'elizad-protocol';
import { assertScope } from '../../auth/permissions.ts';
import type { Principal } from '../../auth/principal.ts';
import { listLastMessages } from '../../storage/messages/history.ts';
import { mostRead, weighMessage } from '../../storage/messages/message-weights.ts';
import { listChannelIdsOf } from '../../storage/rooms/channels.ts';
import type { Channel } from '../directories/channel.ts';
import type { Participant } from '../directories/roll.ts';
import { getRoom } from '../ground/access.ts';
import type { Messaging } from '../ground/context.ts';

/** Rooms in one answer, at most: the ones joined last. */
const mostChannels = 100;

/**
 * Characters in one answer, at most: it is read and written in one step, so that it is of one moment, and others wait for
 * that. A message counts as what it weighs, and what is written around each.
 */
const mostCharacters = 750_000;
const messageCharacters = 500;

/**
 * One room with the agents and users in it; or, without `channelId`, the rooms of the principal and every agent.
 * Throws `channel-not-found`.
 */
export async function getWorldState(
  messaging: Messaging,
  principal: Principal,
  { channelId, limit }: { channelId?: string; limit: number },
): Promise<ServerEvents['world-state']> {
  assertScope(principal, 'chat');
  const channels =
    channelId === undefined
      ? await listChannelsOf(messaging, principal.entityId)
      : [await getRoom(messaging, principal, channelId, 'read')];
  const snapshots = channels.map((channel) => ({ channel, seq: channel.lastSeq }));
  const messages = await listMessages(messaging, snapshots, limit);
  const shown = showParticipants(channels, principal.entityId);
  const participants = [...shown.values()].flat();
  const inRooms = new Set(participants.map(({ id }) => id));
  const users = new Map(
    participants.filter(({ kind }) => kind === 'user').map(({ id, name }) => [id, { id, name: name ?? 'User' }]),
  );
  return {
    serverId: defaultServerId,
    ...(channelId !== undefined && { channelId }),
    seq: snapshots.reduce((most, { seq }) => Math.max(most, seq), 0),
    timestamp: Date.now(),
    agents: messaging.agents.list().filter(({ id }) => channelId === undefined || inRooms.has(id)),
    users: [...users.values()],
    channels: snapshots.map(({ channel, seq }) => ({
      id: channel.id,
      serverId: channel.serverId,
      name: channel.name,
      type: channel.type,
      seq,
      createdAt: channel.createdAt,
      participants: (shown.get(channel) ?? []).map(({ id }) => id),
      participantCount: channel.participants.size,
    })),
    messages,
  };
}

/** Who takes part in each channel, as long as they fit into one answer: the first channels have the most. */
function showParticipants(channels: readonly Channel[], asker: string): Map<Channel, Participant[]> {
  let left = worldStateParticipantsInAll;
  return new Map(
    channels.map((channel) => {
      const shown = listShown(channel, asker, Math.min(worldStateParticipants, left));
      left = Math.max(0, left - shown.length);
      return [channel, shown];
    }),
  );
}

/** All who take part, in the order in which they came; where they are too many, the agents, whoever asks, and the first ones. */
function listShown({ participants }: Channel, asker: string, most: number): Participant[] {
  if (participants.size <= most) return [...participants.values()];
  const shown = new Map([...participants.agents].map((agent) => [agent.id, agent]));
  const self = participants.get(asker);
  if (self) shown.set(asker, self);
  for (const one of participants.values()) {
    if (shown.size >= most) break;
    shown.set(one.id, one);
  }
  return [...shown.values()];
}

/**
 * The last messages of each room, as long as they fit: the rooms joined last come first. What does not fit is had by
 * `join` with `since`.
 */
async function listMessages(
  { database }: Messaging,
  snapshots: { channel: Channel; seq: number }[],
  limit: number,
): Promise<Message[]> {
  const messages: Message[] = [];
  let left = mostCharacters;
  for (const { channel, seq } of snapshots) {
    const last = await listLastMessages(database.db, channel.id, limit, seq, Math.min(left, mostRead));
    // The newest are worth most; they are shown oldest first.
    const fitting: Message[] = [];
    for (const message of last.reverse()) {
      left -= weighMessage(message) + messageCharacters;
      if (left >= 0) fitting.unshift(message);
    }
    messages.push(...fitting);
    if (left < 0) break;
  }
  return messages;
}

async function listChannelsOf({ database, channels }: Messaging, entityId: string): Promise<Channel[]> {
  const ids = await listChannelIdsOf(database.db, entityId, mostChannels);
  const found = await Promise.all(ids.map((id) => channels.find(id)));
  return found.filter((channel) => channel !== undefined);
}
