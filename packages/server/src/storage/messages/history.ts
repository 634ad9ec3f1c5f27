/** Reads of the message log, each by index: the last ones of a channel, and those after a `seq`. */
import type { Attachment, Message } from 'elizad-protocol';
import { type Kysely, sql } from 'kysely';
import type { Flag } from '../engine/numbers.ts';
import { inList } from '../engine/words.ts';
import type { Tables } from '../schema/tables.ts';
import { fromRow } from './message-row.ts';
import { countReadable, mostRead } from './message-weights.ts';

const withServer = (db: Kysely<Tables>) =>
  db
    .selectFrom('messages')
    .innerJoin('channels', 'channels.id', 'messages.channel_id')
    .selectAll('messages')
    .select('channels.server_id');

/** The last `most` messages of a channel up to and including `upTo` (a `seq`), oldest first; of heavy ones fewer. */
export async function listLastMessages(
  db: Kysely<Tables>,
  channelId: string,
  most: number,
  upTo = Number.MAX_SAFE_INTEGER - 1,
  bytes = mostRead,
): Promise<Message[]> {
  const limit = await countReadable(db, 'newest', { channelId, after: 0, before: upTo + 1, limit: most }, bytes);
  const rows = await withServer(db)
    .where('messages.channel_id', '=', channelId)
    .where('messages.seq', '<=', upTo)
    .orderBy('messages.seq', 'desc')
    .limit(limit)
    .execute();
  return rows.reverse().map(fromRow);
}

/** Up to `most` messages of a channel after a `seq`, oldest first; of heavy ones fewer. */
export async function listMessagesAfter(
  db: Kysely<Tables>,
  channelId: string,
  seq: number,
  most: number,
): Promise<Message[]> {
  const between = { channelId, after: seq, before: Number.MAX_SAFE_INTEGER, limit: most };
  const limit = await countReadable(db, 'oldest', between);
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

/** What a model needs of a message. */
export type Spoken = Pick<Message, 'id' | 'channelId' | 'seq' | 'senderId' | 'senderName' | 'text'> & {
  /** Whether something is attached to it; `listAttachments` says what. */
  hasAttachments: Flag;
};

const spoken = (db: Kysely<Tables>) =>
  db
    .selectFrom('messages')
    .select(['id', 'channel_id as channelId', 'seq', 'sender_id as senderId', 'sender_name as senderName', 'text'])
    .select(sql<Flag>`attachments <> '[]'`.as('hasAttachments'));

/** What nobody said: notices, and what agents did, which the one who did it knows. */
const unspoken = ['agent_action', 'agent_question', 'system'];

/** The last `limit` messages of a channel up to and including `upTo` (a `seq`) as a model sees them, oldest first. */
export async function listLastSpoken(
  db: Kysely<Tables>,
  channelId: string,
  limit: number,
  upTo = Number.MAX_SAFE_INTEGER,
): Promise<Spoken[]> {
  const rows = await spoken(db)
    .where('channel_id', '=', channelId)
    .where('seq', '<=', upTo)
    .where('source', 'not in', unspoken)
    .orderBy('seq', 'desc')
    .limit(limit)
    .execute();
  return rows.reverse();
}

/** The first `limit` messages of a channel as a model sees them, oldest first. */
export const listFirstSpoken = (db: Kysely<Tables>, channelId: string, limit: number): Promise<Spoken[]> =>
  spoken(db)
    .where('channel_id', '=', channelId)
    .where('source', 'not in', unspoken)
    .orderBy('seq')
    .limit(limit)
    .execute();

export async function findSpoken(db: Kysely<Tables>, id: string): Promise<Spoken | undefined> {
  return spoken(db).where('id', '=', id).executeTakeFirst();
}

/** What is attached to some messages, by their id. It may be large: ask for few. */
export async function listAttachments(
  db: Kysely<Tables>,
  messageIds: readonly string[],
): Promise<Map<string, Attachment[]>> {
  const rows = await db
    .selectFrom('messages')
    .select(['id', 'attachments'])
    .where('id', 'in', inList(messageIds))
    .execute();
  return new Map(rows.map(({ id, attachments }) => [id, JSON.parse(attachments) as Attachment[]]));
}
