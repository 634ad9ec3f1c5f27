/**
 * How much messages weigh: each may have a megabyte beside its words, and what is read at a time is held in memory, and
 * written in one go. So it is bounded in bytes, too, which are looked at before anything is read.
 */
import type { Message } from 'elizad-protocol';
import { type Kysely, sql } from 'kysely';
import { createQuery } from '../engine/query.ts';
import type { Tables } from '../schema/tables.ts';

/**
 * Bytes of messages that are read at a time, as they are stored. One message is always read, whatever it weighs. In three
 * copies, all of signs that JSON spells out, they are written in 40 ms.
 */
export const mostRead = 500_000;

/** Bytes of what a row of `messages` carries. SQLite knows them without reading it. */
export const weight = sql<number>`octet_length(text) + octet_length(attachments) + octet_length(messages.metadata)
  + coalesce(octet_length(raw_message), 0)`;

/** About the same of a message that was read. */
export function weighMessage({ text, attachments, metadata, rawMessage }: Message): number {
  const isPlain = attachments.length === 0 && rawMessage === undefined && Object.keys(metadata).length === 0;
  return text.length + (isPlain ? 0 : JSON.stringify([attachments, metadata, rawMessage]).length);
}

/** How many, from the first on, are within so many bytes; one at least, where there is one. */
export function countFitting(weights: readonly number[], most = mostRead): number {
  let left = most;
  const end = weights.findIndex((bytes, index) => {
    left -= bytes;
    return index > 0 && left < 0;
  });
  return end < 0 ? weights.length : end;
}

/** Messages of a channel between two `seq`, without these. */
export type Between = { channelId: string; after: number; before: number; limit: number };

const weightsOf = (db: Kysely<Tables>, { channelId, after, before, limit }: Between) =>
  db
    .selectFrom('messages')
    .select(weight.as('bytes'))
    .where('channel_id', '=', channelId)
    .where('seq', '>', after)
    .where('seq', '<', before)
    .limit(limit);

const oldestFirst = createQuery((db, between: Between) => weightsOf(db, between).orderBy('seq', 'asc'));
const newestFirst = createQuery((db, between: Between) => weightsOf(db, between).orderBy('seq', 'desc'));

/** How many of these can be read at a time, from the oldest or from the newest on. */
export async function countReadable(
  db: Kysely<Tables>,
  from: 'oldest' | 'newest',
  between: Between,
  most = mostRead,
): Promise<number> {
  const rows = await (from === 'oldest' ? oldestFirst : newestFirst)(db, between);
  return countFitting(
    rows.map(({ bytes }) => bytes),
    most,
  );
}
