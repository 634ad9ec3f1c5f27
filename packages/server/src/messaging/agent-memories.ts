/**
 * What an agent remembers, for people who look it through and put it right. What was said in its rooms is the messages
 * themselves: they are changed by the same path as by those who said them, and everybody there sees it.
 */
import { ElizadError, type Message } from 'elizad-protocol';
import { createOperator, type Principal } from '../auth/principal.ts';
import {
  deleteFact,
  deleteFacts,
  findMemoryRow,
  findMessagePlace,
  listMemoryRows,
  listMessagesOfAgent,
  listMessagesOfRoom,
  type MemoryPage,
  type MemoryRow,
  updateFact,
} from '../storage/memory/agent-memories.ts';
import { findMessage } from '../storage/messages/history.ts';
import { countFitting } from '../storage/messages/message-weights.ts';
import type { Room } from './ground/access.ts';
import { assertLength, type CancelTurns, type Messaging } from './ground/context.ts';
import { rewordMessage } from './posts/agent-posts.ts';
import { deleteMessage } from './posts/delete-message.ts';

/** `before` is a time, or the id of a memory. */
export type MemoryQuery = {
  agentId: string;
  table: 'messages' | 'facts' | 'documents';
  /** Only what is of this room. */
  room?: Room | undefined;
  before?: string | number | undefined;
  start?: number | undefined;
  end?: number | undefined;
  includeEmbedding: boolean;
  limit: number;
};

export type Remembered = { kind: 'message'; message: Message } | { kind: 'memory'; row: MemoryRow };

/** A number of an embedding takes four bytes, and about twenty characters. */
const writtenOut = 5;

/** Newest first. Throws `memory-not-found` for a `before` that is none. */
export async function listRemembered(
  messaging: Messaging,
  query: MemoryQuery,
): Promise<{ remembered: Remembered[]; hasMore: boolean }> {
  const { agentId, table, room, before, start, end, limit } = query;
  const { db } = messaging.database;
  const until = Math.min(typeof before === 'number' ? before : Infinity, end === undefined ? Infinity : end + 1);
  const page: MemoryPage = { since: start ?? 0, ...(until < Infinity && { until }), limit };
  if (table === 'messages') {
    const place = typeof before === 'string' ? await findMessagePlace(db, before) : undefined;
    if (typeof before === 'string' && place === undefined) throw new ElizadError('memory-not-found');
    // Of a room that it is not in, it remembers what it learned there, but reads no messages.
    if (room && !room.participants.has(agentId)) return { remembered: [], hasMore: false };
    const wanted = { ...page, before: place };
    const { messages, hasMore } = room
      ? await listMessagesOfRoom(db, room.id, wanted)
      : await listMessagesOfAgent(db, agentId, wanted);
    return { remembered: messages.map((message) => ({ kind: 'message', message })), hasMore };
  }
  const last = typeof before === 'string' ? await findMemoryRow(db, agentId, before) : undefined;
  if (typeof before === 'string' && !last) throw new ElizadError('memory-not-found');
  const kind = table === 'facts' ? 'fact' : 'knowledge';
  // What it was given to know is of no room.
  const channelId = kind === 'fact' ? room?.id : undefined;
  const wanted = { ...page, before: last?.row, limit: limit + 1 };
  const rows = await listMemoryRows(db, { agentId, kind, channelId }, wanted);
  const bytesOf = ({ text, embedding }: MemoryRow) =>
    text.length + (query.includeEmbedding ? (embedding?.byteLength ?? 0) * writtenOut : 0);
  const shown = rows.slice(0, limit);
  const fitting = countFitting(shown.map(bytesOf));
  const remembered = shown.slice(0, fitting).map((row): Remembered => ({ kind: 'memory', row }));
  return { remembered, hasMore: rows.length > fitting };
}

type MemoryChange = { text?: string | undefined; metadata?: Record<string, unknown> | undefined };

/** Longest fact, in characters: it goes into prompts. */
const longestFact = 2_000;

/**
 * Changes a fact, or a message. True where it is a fact, whose meaning is to be found out anew.
 * Throws `memory-not-found`, `memory-fixed`, `memory-exists`, `text-too-long`, `not-the-sender`, `reserved-voice`.
 */
export async function changeMemory(
  messaging: Messaging,
  principal: Principal,
  { agentId, memoryId }: { agentId: string; memoryId: string },
  { text, metadata }: MemoryChange,
): Promise<boolean> {
  const { db } = messaging.database;
  const row = await findMemoryRow(db, agentId, memoryId);
  if (row) {
    if (row.kind === 'knowledge') throw new ElizadError('memory-fixed');
    if (text === undefined)
      throw new ElizadError('invalid-payload', { issues: [{ path: 'content.text', message: 'expected a text' }] });
    assertLength(text, longestFact, 'content.text');
    if (!(await updateFact(messaging.database, row, text))) throw new ElizadError('memory-exists');
    return true;
  }
  const message = await getMessage(messaging, agentId, memoryId);
  if (message.senderId !== principal.entityId && !inNameOf(principal, message, agentId).scopes.includes('moderate'))
    throw new ElizadError('not-the-sender');
  assertLength(text ?? '', messaging.limits.maxTextLength, 'content.text');
  await rewordMessage(messaging, message, { text, metadata });
  return false;
}

/** Deletes a fact, or a message. Throws `memory-not-found`, `memory-fixed`, `not-the-sender`. */
export async function deleteMemory(
  messaging: Messaging,
  cancelTurns: CancelTurns,
  principal: Principal,
  { agentId, memoryId }: { agentId: string; memoryId: string },
): Promise<void> {
  const { db } = messaging.database;
  const row = await findMemoryRow(db, agentId, memoryId);
  if (row?.kind === 'knowledge') throw new ElizadError('memory-fixed');
  if (row && (await deleteFact(db, agentId, memoryId))) return;
  const message = await getMessage(messaging, agentId, memoryId);
  const as = inNameOf(principal, message, agentId);
  await deleteMessage(messaging, cancelTurns, as, message.channelId, message.id);
}

/** Whoever looks after an agent may put right what it said. */
const inNameOf = (principal: Principal, { senderId }: Message, agentId: string): Principal =>
  senderId === agentId ? createOperator(principal.credential) : principal;

async function getMessage({ database, channels }: Messaging, agentId: string, id: string): Promise<Message> {
  const message = await findMessage(database.db, id);
  const channel = message && (await channels.find(message.channelId));
  if (!message || !channel?.participants.has(agentId)) throw new ElizadError('memory-not-found');
  return message;
}

/** An agent forgets the facts that it learned, of one room or of all; returns how many. */
export const forgetFacts = (
  { database }: Pick<Messaging, 'database'>,
  agentId: string,
  room?: Room<'write'>,
): Promise<number> => deleteFacts(database.db, [agentId], room && [room.id]);
