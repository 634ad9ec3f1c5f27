/** Reads of the message log, each by index: the last ones of a channel, and those after a `seq`. */
import type { Message } from 'elizad-protocol';
import type { Kysely } from 'kysely';
import { fromRow } from './message-row.ts';
import type { Tables } from './tables.ts';

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

export async function findMessage(db: Kysely<Tables>, id: string): Promise<Message | undefined> {
  const row = await withServer(db).where('messages.id', '=', id).executeTakeFirst();
  return row && fromRow(row);
}
