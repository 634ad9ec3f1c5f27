/**
 * Stop 3 of the walk: the one path by which anything is said, by people and agents alike. May they, who must answer,
 * then one transaction with the message and its turns; after the commit, in its order: broadcast, ack, wake.
 */
import { type Attachment, ElizadError, type ErrorCode, type Message, type Outcome } from 'elizad-protocol';
import { assertMaySpeakAs, assertScope } from '../auth/permissions.ts';
import type { Principal } from '../auth/principal.ts';
import { passStop } from '../observability/walk.ts';
import { createId } from '../storage/ids.ts';
import type { LogResult, MessageLog, NewMessage } from '../storage/message-log.ts';
import type { Database } from '../storage/sqlite.ts';
import type { TurnRow } from '../storage/turns.ts';
import { listAddressees } from './address.ts';
import type { AgentDirectory } from './agent-directory.ts';
import type { Answers } from './answers.ts';
import type { Broadcast, Place } from './broadcast.ts';
import type { Birth, Channel, ChannelDirectory, Participant } from './channel-directory.ts';
import { describeCompletion, type EndedTurn } from './completion.ts';

/** What everything in this folder works with; app.ts makes it once. */
export type Messaging = {
  database: Database;
  agents: AgentDirectory;
  channels: ChannelDirectory;
  log: MessageLog;
  broadcast: Broadcast;
  answers: Answers;
  /** Tells the turn worker that turns may be waiting. */
  wake: () => void;
  limits: { maxTextLength: number };
};

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
  source: string;
  /** With whom the sender is alone in a channel that nobody has spoken in yet. */
  targetId?: string;
  origin?: { socketId: string; enter: () => void };
};

/** `committed` settles when the message is on disk, or fails as `postMessage` does. */
export type Posting = { committed: Promise<Message> };

/**
 * Says something in a channel for a principal; makes the channel, and the sender a participant, where needed. Resolves
 * as soon as the message has its place in the order, so that a sender's next one may follow without waiting for the disk.
 * A retry (same channel, sender and `clientMessageId`) gives what the first one stored and causes nothing.
 * Throws `text-too-long`, `speaking-as-agent`, `server-not-found`; `committed` fails with `message-id-reused` or `storage-failed`.
 */
export async function postMessage(messaging: Messaging, principal: Principal, draft: Draft): Promise<Posting> {
  const { agents, channels, log, limits } = messaging;
  passStop('messaging/post-message', draft.clientMessageId);
  assertScope(principal, 'chat');
  const senderId = draft.entityId ?? principal.entityId;
  assertMaySpeakAs(principal, senderId, agents);
  if (draft.text.length > limits.maxTextLength) {
    throw new ElizadError('text-too-long', {
      issues: [
        { path: 'text', message: `expected at most ${limits.maxTextLength} characters, got ${draft.text.length}` },
      ],
    });
  }
  const sender = { id: senderId, kind: 'user' as const, name: draft.name ?? principal.name ?? null };
  const first = [sender, ...findTarget(messaging, draft)];
  const channel = await channels.ensure(draft.channelId, first, draft);
  const added = await channels.addParticipants(channel, channel.lastSeq === 0 ? first : [sender]);
  if (added.includes(senderId))
    messaging.broadcast('participant-joined', { channelId: channel.id, entityId: senderId }, { channelId: channel.id });
  draft.origin?.enter();
  const clientMessageId = draft.clientMessageId ?? null;
  const message = {
    id: createId(),
    channelId: channel.id,
    serverId: channel.serverId,
    senderId,
    senderName: channel.participants.get(senderId)?.name ?? 'User',
    text: draft.text,
    createdAt: Date.now(),
    source: draft.source,
    thought: null,
    actions: [],
    attachments: draft.attachments,
    metadata: draft.metadata,
    inReplyTo: null,
    clientMessageId,
  };
  const addressees = listAddressees(channel, senderId, draft.text);
  const written = log.write({ message, addressees }, (result) => {
    announce(messaging, channel, result, draft, addressees);
  });
  return { committed: written.then((result) => checkRetry(result, draft.text)) };
}

function findTarget({ agents }: Messaging, { targetId }: Draft): Participant[] {
  if (targetId === undefined) return [];
  const agent = agents.find(targetId);
  return [{ id: targetId, kind: agent ? 'agent' : 'user', name: agent?.name ?? null }];
}

function checkRetry({ duplicate, message }: LogResult, text: string): Message {
  if (!message) throw new ElizadError('internal');
  if (duplicate && message.text !== text) throw new ElizadError('message-id-reused');
  return message;
}

/** Runs in commit order, synchronously: what it sends is in the order of `seq` for every socket. */
function announce(messaging: Messaging, channel: Channel, result: LogResult, draft: Draft, addressees: string[]): void {
  const { broadcast, wake } = messaging;
  const message = result.message as Message;
  const clientMessageId = draft.clientMessageId ?? null;
  const accepted = { channelId: channel.id, messageId: message.id, seq: message.seq, clientMessageId };
  if (result.duplicate) {
    if (draft.origin && message.text === draft.text) broadcast('message-accepted', accepted, draft.origin);
    return;
  }
  channel.lastSeq = message.seq;
  broadcast(
    'message-posted',
    { message },
    { channelId: channel.id, exceptSocketId: draft.origin?.socketId },
    toPlace(result.position),
  );
  if (draft.origin) {
    broadcast(
      'message-posted',
      { message, ...(clientMessageId !== null && { clientMessageId }) },
      draft.origin,
      toPlace(result.position),
    );
    broadcast('message-accepted', accepted, draft.origin);
  }
  if (addressees.length > 0) {
    broadcast('input-controlled', { channelId: channel.id, action: 'disable_input' }, { channelId: channel.id });
    wake();
  } else {
    completeMessage(messaging, message.id, channel, [], result.completedAt);
  }
}

/** How a turn ended. */
export type Ending = { outcome: Outcome; code: ErrorCode | null };

/** What an agent says at the end of a turn. `id` was known before: chunks were streamed under it. */
export type Reply = {
  id: string;
  name: string;
  text: string;
  thought: string | null;
  actions: string[];
  metadata: Record<string, unknown>;
};

/**
 * Ends a turn, with the agent's message where it has one, in one transaction. The second half of stop 3: there is no
 * other path. A turn that has ended already stays as it is, and says nothing more.
 */
export async function endTurn(messaging: Messaging, turn: TurnRow, ending: Ending, reply?: Reply): Promise<void> {
  const { channels, log, broadcast } = messaging;
  const channel = await channels.find(turn.channel_id);
  if (!channel) return;
  const message = reply && toAgentMessage(channel, turn, reply);
  if (message) passStop('messaging/post-message', message.id);
  const ends = { turnId: turn.id, messageId: turn.message_id, channelId: turn.channel_id, ...ending };
  await log.write({ message, ends }, (result) => {
    if (result.message && !result.duplicate) {
      channel.lastSeq = result.message.seq;
      broadcast('message-posted', { message: result.message }, { channelId: channel.id }, toPlace(result.position));
    }
    if (result.completed) {
      broadcast('input-controlled', { channelId: channel.id, action: 'enable_input' }, { channelId: channel.id });
      completeMessage(messaging, turn.message_id, channel, result.completed, result.completedAt);
    }
    // The next turn of this agent in this channel may begin.
    messaging.wake();
  });
}

function toAgentMessage(channel: Channel, turn: TurnRow, { name, ...said }: Reply): NewMessage {
  return {
    ...said,
    channelId: channel.id,
    serverId: channel.serverId,
    senderId: turn.agent_id,
    senderName: name,
    createdAt: Date.now(),
    source: 'agent_response',
    attachments: [],
    inReplyTo: turn.message_id,
    clientMessageId: turn.id,
  };
}

function completeMessage(
  { broadcast }: Messaging,
  messageId: string,
  channel: Channel,
  turns: readonly EndedTurn[],
  position: number | undefined,
): void {
  const completion = describeCompletion({ id: messageId, channelId: channel.id, serverId: channel.serverId }, turns);
  broadcast('message-completed', completion, { channelId: channel.id }, toPlace(position));
}

const toPlace = (position: number | undefined): Place | undefined =>
  position === undefined ? undefined : { position };
