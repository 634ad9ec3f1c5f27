/**
 * The end of a message: nothing more comes of it. One that woke nobody has its end beside itself (`completed_at`); of all
 * others it comes later, and has a row of its own.
 */
import type { Message } from 'elizad-protocol';
import type { Kysely } from 'kysely';
import { inList } from '../engine/words.ts';
import type { Tables } from '../schema/tables.ts';
import { describeCompletion } from '../turns/completion.ts';
import { type EndedTurn, hasBegun } from '../turns/turn-endings.ts';
import type { CommitGroup } from './commit-group.ts';
import type { EntryEvent, EntryReader, EntryRows, Range } from './entry.ts';

/** A message has ended. `wasAwaited`: an agent had begun on it, so clients were asked to hold their input until now. */
export type CompletedEntry = {
  kind: 'completed';
  position: number;
  channelId: string;
  message: Pick<Message, 'id' | 'channelId' | 'serverId'>;
  turns: EndedTurn[];
  wasAwaited: boolean;
};

export const toCompletedEntry = (
  position: number,
  { id, channelId, serverId }: CompletedEntry['message'],
  turns: readonly EndedTurn[],
): CompletedEntry => ({
  kind: 'completed',
  position,
  channelId,
  message: { id, channelId, serverId },
  // Rows have more in them; live and read back, an entry is the same.
  turns: turns.map(({ agent_id, outcome, code }) => ({ agent_id, outcome, code })),
  wasAwaited: hasBegun(turns),
});

/** Ends a message in a group: the last of its turns has ended. */
export function completeMessage(
  { takePlace, rows }: CommitGroup,
  message: CompletedEntry['message'],
  turns: EndedTurn[],
): CompletedEntry {
  const position = takePlace();
  rows.completions.push({ position, channel_id: message.channelId, message_id: message.id });
  return toCompletedEntry(position, message, turns);
}

/** Up to `limit` ends of messages that agents were asked to answer, in a part of the server's order. */
export async function listCompletions(
  db: Kysely<Tables>,
  channelIds: readonly string[],
  { after, upTo, limit }: Range,
): Promise<CompletedEntry[]> {
  const rows = await db
    .selectFrom('completions')
    .innerJoin('messages', 'messages.id', 'completions.message_id')
    .innerJoin('channels', 'channels.id', 'messages.channel_id')
    .select(['completions.position', 'messages.id', 'messages.channel_id as channelId'])
    .select('channels.server_id as serverId')
    .where('completions.channel_id', 'in', inList(channelIds))
    .where('completions.position', '>', after)
    .where('completions.position', '<=', upTo)
    .orderBy('completions.position')
    .limit(limit)
    .execute();
  if (rows.length === 0) return [];
  const turns = await db
    .selectFrom('turns')
    .select(['root_id', 'agent_id', 'outcome', 'code'])
    .where('root_id', 'in', inList(rows.map(({ id }) => id)))
    .orderBy('position')
    .execute();
  const byMessage = Map.groupBy(turns, ({ root_id }) => root_id);
  return rows.map(({ position, ...message }) => toCompletedEntry(position, message, byMessage.get(message.id) ?? []));
}

/** Input is given back where it was held: when an agent had begun on the message. */
function toEnd({ channelId, message, turns, wasAwaited }: CompletedEntry): EntryEvent[] {
  const end: EntryEvent = { name: 'message-completed', payload: describeCompletion(message, turns) };
  return wasAwaited ? [{ name: 'input-controlled', payload: { channelId, action: 'enable_input' } }, end] : [end];
}

/** Ends of messages that are gone, where the reader has not heard of them: their own entries went with the messages. */
export const toMissedEnds = (ends: readonly CompletedEntry[], { heard }: EntryReader): EntryEvent[] =>
  ends.filter(({ position }) => position > heard).flatMap(toEnd);

export const completionRows: EntryRows<CompletedEntry> = {
  completed: { toEvents: toEnd, isShared: () => true },
};
