/** Reads of the message log, each by index: the last ones of a channel, and those after a `seq`. */
import type { Message } from 'elizad-protocol';
import type { Kysely } from 'kysely';
import { inList } from './batches.ts';
import { fromRow } from './message-row.ts';
import type { Tables } from './tables.ts';
import type { TurnRow } from './turns.ts';

const withServer = (db: Kysely<Tables>) =>
  db
    .selectFrom('messages')
    .innerJoin('channels', 'channels.id', 'messages.channel_id')
    .selectAll('messages')
    .select('channels.server_id');

/** The last `limit` messages of a channel up to and including `upTo` (a `seq`), oldest first. */
export async function listLastMessages(
  db: Kysely<Tables>,
  channelId: string,
  limit: number,
  upTo = Number.MAX_SAFE_INTEGER,
): Promise<Message[]> {
  const rows = await withServer(db)
    .where('messages.channel_id', '=', channelId)
    .where('messages.seq', '<=', upTo)
    .orderBy('messages.seq', 'desc')
    .limit(limit)
    .execute();
  return rows.reverse().map(fromRow);
}

/** Up to `limit` messages of a channel after a `seq`, oldest first. */
export async function listMessagesAfter(
  db: Kysely<Tables>,
  channelId: string,
  seq: number,
  limit: number,
): Promise<Message[]> {
  const rows = await withServer(db)
    .where('messages.channel_id', '=', channelId)
    .where('messages.seq', '>', seq)
    .orderBy('messages.seq', 'asc')
    .limit(limit)
    .execute();
  return rows.map(fromRow);
}

/** What a model needs of a message. */
export type Spoken = Pick<Message, 'id' | 'seq' | 'senderId' | 'senderName' | 'text'>;

const spoken = (db: Kysely<Tables>) =>
  db.selectFrom('messages').select(['id', 'seq', 'sender_id as senderId', 'sender_name as senderName', 'text']);

/** The last `limit` messages of a channel as a model sees them, oldest first. */
export async function listLastSpoken(db: Kysely<Tables>, channelId: string, limit: number): Promise<Spoken[]> {
  const rows = await spoken(db).where('channel_id', '=', channelId).orderBy('seq', 'desc').limit(limit).execute();
  return rows.reverse();
}

export async function findSpoken(db: Kysely<Tables>, id: string): Promise<Spoken | undefined> {
  return spoken(db).where('id', '=', id).executeTakeFirst();
}

/** An entry of the server's log, with its message; of a completion, with how the turns of that message ended. */
export type LogEntry = {
  position: number;
  message: Message;
  clientMessageId: string | null;
  completed?: Pick<TurnRow, 'agent_id' | 'outcome' | 'code'>[];
};

/** Up to `limit` log entries of some channels, after one position and up to another, in order. */
export async function listLogEntries(
  db: Kysely<Tables>,
  channelIds: readonly string[],
  { after, upTo, limit }: { after: number; upTo: number; limit: number },
): Promise<LogEntry[]> {
  if (channelIds.length === 0 || after >= upTo) return [];
  const rows = await db
    .selectFrom('log')
    .innerJoin('messages', 'messages.id', 'log.message_id')
    .innerJoin('channels', 'channels.id', 'log.channel_id')
    .selectAll('messages')
    .select(['channels.server_id', 'log.position as log_position', 'log.kind'])
    .where('log.channel_id', 'in', inList(channelIds))
    .where('log.position', '>', after)
    .where('log.position', '<=', upTo)
    .orderBy('log.position')
    .limit(limit)
    .execute();
  const completedIds = rows.filter(({ kind }) => kind === 'completion').map(({ id }) => id);
  const turns =
    completedIds.length === 0
      ? []
      : await db
          .selectFrom('turns')
          .select(['message_id', 'agent_id', 'outcome', 'code'])
          .where('message_id', 'in', inList(completedIds))
          .execute();
  const byMessage = Map.groupBy(turns, (turn) => turn.message_id);
  return rows.map((row) => ({
    position: row.log_position,
    message: fromRow(row),
    clientMessageId: row.client_message_id,
    ...(row.kind === 'completion' && { completed: byMessage.get(row.id) ?? [] }),
  }));
}

/** The last place in the server's log; 0 when nothing was ever said. */
export async function getLastPosition(db: Kysely<Tables>): Promise<number> {
  const row = await db
    .selectFrom('log')
    .select((eb) => eb.fn.max('position').as('last'))
    .executeTakeFirst();
  return row?.last ?? 0;
}
