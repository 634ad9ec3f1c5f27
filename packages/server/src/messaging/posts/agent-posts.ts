/**
 * What agents say, and how their turns end: the other half of stop 3. There is no other path. What a turn has posted
 * stays in its order: the cards of its actions, then the answer.
 */
import { type Attachment, type ErrorCode, type Message, type Outcome, systemId } from 'elizad-protocol';
import { assertMayReword } from '../../auth/permissions.ts';
import { passStop } from '../../observability/walk.ts';
import type { AsideJob } from '../../storage/journal/asides.ts';
import type { EditJob } from '../../storage/journal/edits.ts';
import type { NewMessage } from '../../storage/journal/posts.ts';
import { createId } from '../../storage/schema/ids.ts';
import type { TracesTable } from '../../storage/schema/tables.ts';
import type { TurnRow } from '../../storage/turns/turns.ts';
import type { Channel } from '../directories/channel.ts';
import { takeTime } from '../directories/message-time.ts';
import { announceEntries } from '../ground/announce.ts';
import { assertLength, type Messaging } from '../ground/context.ts';
import { replaceMetadata } from '../ground/plain-words.ts';
import { markText } from './mark-text.ts';

/** How a turn ended. */
export type Ending = { outcome: Outcome; code: ErrorCode | null };

/** What an agent says at the end of a turn. `id` was known before: chunks were streamed under it. */
export type Reply = {
  id: string;
  name: string;
  text: string;
  thought: string | null;
  actions: string[];
  attachments: Attachment[];
  metadata: Record<string, unknown>;
  /** Other agents that must answer it. */
  addressees: readonly string[];
};

/**
 * Ends a turn, with the agent's message where it has one, in one transaction. A turn that has ended already stays as it
 * is, and says nothing more.
 */
export async function endTurn(
  messaging: Messaging,
  turn: TurnRow,
  ending: Ending,
  reply?: Reply,
  trace?: TracesTable,
): Promise<void> {
  const { channels, log, meters } = messaging;
  const channel = await channels.find(turn.channel_id);
  if (!channel) return;
  const message = reply && toAgentMessage(channel, turn, reply);
  if (message) passStop('messaging/post-message', message.id);
  const { id: turnId, channel_id: channelId, root_id: rootId, hops } = turn;
  const ends = { turnId, channelId, serverId: channel.serverId, rootId, hops, ...ending };
  const { addressees } = reply ?? {};
  await log.write({ kind: 'turn-end', message, addressees, ends, trace }, ({ duplicate, entries }) => {
    if (!duplicate) {
      meters.turnsEnded[ending.outcome] += 1;
      meters.turns.record(Date.now() - turn.created_at);
      if (message) channel.lastAnswer = markText(message.text);
    }
    announceEntries(messaging, entries, { channel });
    messaging.wake(channel.id, reply?.addressees ?? []);
  });
}

function toAgentMessage(channel: Channel, turn: TurnRow, { name, addressees: _woken, ...said }: Reply): NewMessage {
  return {
    ...said,
    channelId: channel.id,
    serverId: channel.serverId,
    senderId: turn.agent_id,
    senderName: name,
    createdAt: takeTime(channel),
    source: 'agent_response',
    inReplyTo: turn.message_id,
    clientMessageId: turn.id,
  };
}

/** Something that is no answer: a card of an action (`agent_action`), or a notice of the server (`system`). */
export type Aside = Pick<
  Message,
  'senderId' | 'senderName' | 'text' | 'source' | 'actions' | 'metadata' | 'inReplyTo'
> &
  Partial<Pick<Message, 'id' | 'thought' | 'attachments' | 'rawMessage'>> & {
    /** A second one of the same sender and room is a retry: what was posted first is the answer. */
    clientMessageId?: string;
  };

/** What is written with an aside, in the same transaction: both are there after a kill, or neither is. */
export type Beside = Omit<AsideJob, 'message'>;

/**
 * Posts an aside; it wakes nobody and has no completion. Undefined where the channel is gone, or the turn has ended whose
 * `progress` it is.
 */
export async function postAside(
  messaging: Messaging,
  channelId: string,
  aside: Aside,
  beside: Beside = {},
): Promise<Message | undefined> {
  const channel = await messaging.channels.find(channelId);
  if (!channel) return undefined;
  const message = {
    id: createId(),
    thought: null,
    attachments: [],
    clientMessageId: null,
    ...aside,
    channelId,
    serverId: channel.serverId,
    createdAt: takeTime(channel),
  };
  const { message: posted } = await messaging.log.write({ kind: 'aside', message, ...beside }, ({ entries }) => {
    announceEntries(messaging, entries, { channel });
  });
  return posted;
}

/**
 * Puts a message in place of the one that has its `id` and `seq`; everybody in the room hears it as `updatedAt`. With
 * `settles` it is the answer to what it asks. Undefined where it was deleted, or answered, meanwhile: then nobody hears
 * anything.
 */
export async function editMessage(
  messaging: Messaging,
  changed: Message,
  settles?: EditJob['settles'],
): Promise<Message | undefined> {
  const edit = { ...changed, updatedAt: Date.now() };
  const { duplicate: isGone } = await messaging.log.write({ kind: 'edit', edit, settles }, ({ entries }) => {
    announceEntries(messaging, entries);
  });
  return isGone ? undefined : edit;
}

/**
 * The same for somebody from outside, who may reword it: the server's own words about it stay. Throws `reserved-voice` and
 * `text-too-long`.
 */
export async function rewordMessage(
  messaging: Messaging,
  message: Message,
  { text = message.text, metadata }: { text?: string | undefined; metadata?: Record<string, unknown> | undefined },
): Promise<Message | undefined> {
  assertMayReword(message);
  assertLength(text, messaging.limits.maxTextLength);
  return editMessage(messaging, {
    ...message,
    text,
    metadata: metadata === undefined ? message.metadata : replaceMetadata(message, metadata),
  });
}

/**
 * Tells a room something of the server's own, as a message that everybody sees and nobody answers; only once for each
 * `about`.
 */
export const postNotice = (
  messaging: Messaging,
  channelId: string,
  text: string,
  { about, ...beside }: { about?: string } & Beside = {},
): Promise<Message | undefined> => {
  const aside = {
    ...(about !== undefined && { clientMessageId: about }),
    senderId: systemId,
    senderName: 'System',
    text,
    source: 'system',
    actions: [],
    metadata: {},
    inReplyTo: null,
  };
  return postAside(messaging, channelId, aside, beside);
};
