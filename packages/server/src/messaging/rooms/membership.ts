/** Coming and going: who takes part in a channel. */
import { ElizadError, type Message } from 'elizad-protocol';
import { assertScope, chooseSpeaker } from '../../auth/permissions.ts';
import type { Principal } from '../../auth/principal.ts';
import { isSoon } from '../../pacing/is-soon.ts';
import { takeTurn } from '../../pacing/take-turn.ts';
import { listMessagesAfter } from '../../storage/messages/history.ts';
import { weighMessage } from '../../storage/messages/message-weights.ts';
import { findChannel, type ParticipantRow } from '../../storage/rooms/channels.ts';
import type { Channel } from '../directories/channel.ts';
import type { Birth } from '../directories/channel-directory.ts';
import { makeChannel } from '../directories/new-channel.ts';
import type { Participant } from '../directories/roll.ts';
import type { Room } from '../ground/access.ts';
import type { Messaging } from '../ground/context.ts';
import { tellPresence } from '../ground/presence.ts';

/** Who comes into which channel, and whom they invite. */
export type Arrival = Birth & {
  channelId: string;
  agentId?: string;
  agentIds?: readonly string[];
  entityId?: string;
  name?: string;
  /** The socket that they come by: it is not told of them. */
  socketId?: string;
};

/**
 * Makes somebody a participant, and the channel where it is new; given agents are invited. Once they are stored, the others in
 * the channel are told that somebody came.
 * Throws `agent-not-found`, `speaking-as-agent`, `reserved-voice`, `server-not-found` and `too-many-participants`, and has then
 * told nobody.
 */
export async function joinChannel(
  messaging: Messaging,
  principal: Principal,
  { channelId, agentId, agentIds = [], entityId, name, socketId, ...birth }: Arrival,
): Promise<{ channel: Channel; entityId: string }> {
  const { channels, agents } = messaging;
  assertScope(principal, 'chat');
  const id = chooseSpeaker(principal, entityId, agents);
  const invited = [...new Set(agentId === undefined ? agentIds : [agentId, ...agentIds])].map((id) => {
    const agent = agents.find(id);
    if (agent) return agent;
    const path = id === agentId ? 'agentId' : 'agentIds';
    const issues = [{ path, message: 'expected the id of an agent' }];
    throw new ElizadError('agent-not-found', { roomId: channelId, issues });
  });
  const arrivals: Participant[] = [{ id, kind: 'user', name: name ?? principal.name ?? null }];
  for (const { id, name } of invited) arrivals.push({ id, kind: 'agent', name });
  const existed = await channels.find(channelId);
  const channel = existed ?? (await makeChannel(messaging, channelId, arrivals, birth));
  const added = await channels.addParticipants(channel, arrivals);
  if (!existed || added.includes(id))
    tellPresence(messaging, channel, 'participant-joined', { channelId, entityId: id }, socketId);
  return { channel, entityId: id };
}

/** Ends somebody's part in a channel; that they had none is no error. Returns the channel, where there is one. */
export async function leaveChannel(
  { channels }: Messaging,
  channelId: string,
  entityId: string,
): Promise<Channel | undefined> {
  const channel = await channels.find(channelId);
  if (channel) await channels.removeParticipant(channel, entityId);
  return channel;
}

const replayPage = 200;

/**
 * Hands every message after `since` to `show`, with its weight in bytes, oldest first, then calls `live` in the same step in
 * which nothing more is missing: what is committed later is heard live, and nothing falls between. `show` may wait; where it
 * resolves with false the reader has gone, and that was all.
 */
export async function catchUp(
  { database }: Messaging,
  channel: Channel,
  since: number,
  show: (message: Message, bytes: number) => Promise<boolean>,
  live: () => void,
): Promise<void> {
  let shown = since;
  /** Shows what fits; what is left of a page is not held for a reader that takes long. Returns nothing after the last. */
  const showPage = async (): Promise<{ isThere: Promise<boolean> } | undefined> => {
    const page = await listMessagesAfter(database.db, channel.id, shown, replayPage);
    for (const message of page) {
      // A message of a commit whose broadcast is still to come is left to that broadcast.
      if (message.seq > channel.lastSeq) break;
      const isThere = show(message, weighMessage(message));
      shown = message.seq;
      if (!(await isSoon(isThere))) return { isThere };
      if (!(await isThere)) return { isThere };
    }
    return page.length === 0 ? undefined : { isThere: Promise.resolve(true) };
  };
  while (shown < channel.lastSeq) {
    await takeTurn();
    const page = await showPage();
    if (!page) break;
    if (!(await page.isThere)) return;
  }
  live();
}

/** The participants of a room as they are stored: with the time at which each came. */
export async function listMembers({ database }: Pick<Messaging, 'database'>, room: Room): Promise<ParticipantRow[]> {
  return (await findChannel(database.db, room.id))?.participants ?? [];
}
