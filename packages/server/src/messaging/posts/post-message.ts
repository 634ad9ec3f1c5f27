/**
 * Stop 3 of the walk: the one path by which anything is said, by people and agents alike. May they, who must answer,
 * then one transaction with the message and its turns; after the commit, in its order: broadcast, ack, wake.
 */
import { type Attachment, ElizadError, type JsonValue, type Message } from 'elizad-protocol';
import { assertScope, chooseSpeaker } from '../../auth/permissions.ts';
import type { Principal } from '../../auth/principal.ts';
import { passStop } from '../../observability/walk.ts';
import type { Posted } from '../../storage/journal/posts.ts';
import { findSpoken } from '../../storage/messages/history.ts';
import { createId } from '../../storage/schema/ids.ts';
import type { Channel } from '../directories/channel.ts';
import type { Birth } from '../directories/channel-directory.ts';
import { takeTime } from '../directories/message-time.ts';
import { makeChannel } from '../directories/new-channel.ts';
import type { Participant } from '../directories/roll.ts';
import { announceEntries } from '../ground/announce.ts';
import { assertLength, type Messaging } from '../ground/context.ts';
import { type Door, toPlain } from '../ground/plain-words.ts';
import { tellPresence } from '../ground/presence.ts';
import { listAddressees } from './address.ts';

/**
 * What somebody wants to say. `origin` is the socket it came from: it gets its own copy and the ack; `enter` makes it
 * hear the room, and is called once nothing can refuse the message any more and before anyone hears of it.
 */
export type Draft = Birth & {
  channelId: string;
  entityId?: string;
  name?: string;
  text: string;
  clientMessageId?: string;
  attachments: Attachment[];
  metadata: Record<string, unknown>;
  /** What the client calls it, or, of what comes in by a door that means something, which one: that no client can say. */
  source: string | Door;
  /** With whom the sender is alone in a channel that nobody has spoken in yet. */
  targetId?: string;
  origin?: { socketId: string; enter: () => void };
  /** The message that it replies to, where the client says so outside of the metadata. */
  inReplyTo?: string;
  rawMessage?: JsonValue;
  /** Agents of the channel that must answer, whatever is said; without, those that the words and the channel call for. */
  askedAgents?: readonly string[];
};

/** A message that is on disk; `isRetry` where it was before. */
export type Committed = { message: Message; isRetry: boolean };

/** `committed` settles when the message is on disk, or fails as `postMessage` does. */
export type Posting = { committed: Promise<Committed> };

/**
 * Says something in a channel for a principal; makes the channel, and the sender a participant, where needed. Resolves
 * as soon as the message has its place in the order, so that a sender's next one may follow without waiting for the disk.
 * A retry (same channel, sender and `clientMessageId`) gives what the first one stored and causes nothing.
 * Throws `text-too-long`, `speaking-as-agent`, `reserved-voice`, `server-not-found`, `too-many-participants`; `committed` fails with `message-id-reused` or `storage-failed`.
 */
export async function postMessage(messaging: Messaging, principal: Principal, draft: Draft): Promise<Posting> {
  const { agents, channels, log, limits } = messaging;
  passStop('messaging/post-message', draft.clientMessageId);
  assertScope(principal, 'chat');
  const senderId = chooseSpeaker(principal, draft.entityId, agents);
  assertLength(draft.text, limits.maxTextLength);
  const sender = { id: senderId, kind: 'user' as const, name: draft.name ?? principal.name ?? null };
  const first = [sender, ...findTarget(messaging, draft)];
  const channel =
    (await channels.find(draft.channelId)) ?? (await makeChannel(messaging, draft.channelId, first, draft));
  const added = await channels.addParticipants(channel, channel.lastSeq === 0 ? first : [sender]);
  if (added.includes(senderId))
    tellPresence(messaging, channel, 'participant-joined', { channelId: channel.id, entityId: senderId });
  // Else they were taken out in this very moment.
  if (channel.participants.has(senderId)) draft.origin?.enter();
  const clientMessageId = draft.clientMessageId ?? null;
  const message = {
    id: createId(),
    channelId: channel.id,
    serverId: channel.serverId,
    senderId,
    senderName: channel.participants.get(senderId)?.name ?? 'User',
    text: draft.text,
    createdAt: takeTime(channel),
    thought: null,
    actions: [],
    attachments: draft.attachments,
    inReplyTo: draft.inReplyTo ?? null,
    clientMessageId,
    ...toPlain(draft),
  };
  const repliesTo = await findWhoIsRepliedTo(messaging, draft);
  const addressees =
    draft.askedAgents?.slice() ?? listAddressees(channel, { senderId, text: draft.text, repliesTo }, agents);
  const policy = channel.turnPolicy ?? limits.turnPolicy;
  const written = log.write({ kind: 'post', message, addressees, policy }, (result) => {
    announce(messaging, channel, result, draft, addressees);
    if (policy === 'supersede' && result.isAwaited)
      messaging.supersede(channel.id, addressees, { messageId: message.id });
  });
  return { committed: written.then((result) => checkRetry(result, draft.text)) };
}

/** Clients name the message that they reply to in its metadata. */
async function findWhoIsRepliedTo(
  { database }: Messaging,
  { channelId, metadata, ...draft }: Draft,
): Promise<string | undefined> {
  const { inReplyTo = draft.inReplyTo } = metadata;
  if (typeof inReplyTo !== 'string') return undefined;
  const message = await findSpoken(database.db, inReplyTo.toLowerCase());
  return message?.channelId === channelId ? message.senderId : undefined;
}

function findTarget({ agents }: Messaging, { targetId }: Draft): Participant[] {
  if (targetId === undefined) return [];
  const agent = agents.find(targetId);
  return [{ id: targetId, kind: agent ? 'agent' : 'user', name: agent?.name ?? null }];
}

function checkRetry({ duplicate, message }: Posted, text: string): Committed {
  if (duplicate && message.text !== text) throw new ElizadError('message-id-reused');
  return { message, isRetry: duplicate };
}

/** Runs in commit order, synchronously: what it sends is in the order of `seq` for every socket. */
function announce(messaging: Messaging, channel: Channel, result: Posted, draft: Draft, addressees: string[]): void {
  const { broadcast, wake } = messaging;
  const { message, isAwaited } = result;
  const { origin, clientMessageId = null } = draft;
  const { id: channelId } = channel;
  // A retry has none of them, and is accepted as the first try was.
  const [posted, ...end] = result.entries;
  if (posted) announceEntries(messaging, [posted], { channel, originId: origin?.socketId });
  const accepted = { channelId, messageId: message.id, seq: message.seq, clientMessageId };
  if (origin && message.text === draft.text) broadcast('message-accepted', accepted, origin);
  if (isAwaited) {
    messaging.storedAt.note(message.id);
    broadcast('input-controlled', { channelId, action: 'disable_input' }, { channelId });
    wake(channelId, addressees);
  }
  announceEntries(messaging, end);
}
