/**
 * Pages of a channel's messages, newest first, by `seq` or by time. There is no index of times, because every message
 * would pay for it: a time is found by halving, over the index of channel and `seq`.
 */
import type { Message } from 'elizad-protocol';
import type { Kysely } from 'kysely';
import { createQuery } from '../engine/query.ts';
import type { Tables } from '../schema/tables.ts';
import { fromRow } from './message-row.ts';
import { countReadable } from './message-weights.ts';

/** Which messages: after one `seq`, before another. With `after` the oldest of them, else the newest. Of heavy ones fewer. */
export type Slice = { before?: number; after?: number; limit: number };

/** A message, and the id that its client gave it, or the platform that it came from. */
export type ListedMessage = { message: Message; clientMessageId: string | null };

/** `hasMore`: whether there are more in the direction of the page. */
export type MessagePage = { listed: ListedMessage[]; hasMore: boolean };

/** Messages beyond the limit that a page may have, because they were said at the time at which it ends. */
const mostOfOneTime = 500;

/** So many are read of them at first: mostly they are few. */
const firstBeyond = 8;

/** Not the keys and places: each column of each row takes its time. */
const withServer = (db: Kysely<Tables>) =>
  db
    .selectFrom('messages')
    .innerJoin('channels', 'channels.id', 'messages.channel_id')
    .select([
      'messages.id',
      'channel_id',
      'server_id',
      'seq',
      'sender_id',
      'sender_name',
      'text',
      'messages.created_at',
    ])
    .select(['source', 'thought', 'actions', 'attachments', 'messages.metadata', 'in_reply_to', 'client_message_id'])
    .select(['messages.updated_at', 'raw_message']);

/**
 * A page, newest first. With `isWhole` it goes on beyond its limit over what was said in the same ms as its end: who asks
 * for the next one by time misses nothing.
 */
export async function listMessagePage(
  db: Kysely<Tables>,
  channelId: string,
  { before = Number.MAX_SAFE_INTEGER, after, limit: most }: Slice,
  isWhole: boolean,
): Promise<MessagePage> {
  const isForward = after !== undefined;
  const side = isForward ? 'oldest' : 'newest';
  const limit = await countReadable(db, side, { channelId, after: after ?? 0, before, limit: most });
  const read = (from: number, most: number) =>
    isForward
      ? readForward(db, { channelId, after: from, before, limit: most })
      : readBack(db, { channelId, after: 0, before: from, limit: most });
  const rows = await read(isForward ? after : before, limit + 1);
  const page = rows.slice(0, limit);
  const beyond = rows.slice(limit);
  const times = page.map(({ created_at }) => created_at);
  const edge = isForward ? Math.max(...times) : Math.min(...times);
  const isAtEdge = ({ created_at }: { created_at: number }) => (isForward ? created_at <= edge : created_at >= edge);
  for (let most = firstBeyond; isWhole && beyond[0] && isAtEdge(beyond[0]) && page.length < limit + mostOfOneTime; ) {
    const [one] = beyond.splice(0, 1) as [(typeof page)[number]];
    page.push(one);
    if (beyond.length > 0) continue;
    beyond.push(...(await read(one.seq, most)));
    most *= 2;
  }
  if (isForward) page.reverse();
  return {
    listed: page.map((row) => ({ message: fromRow(row), clientMessageId: row.client_message_id })),
    hasMore: beyond.length > 0,
  };
}

type Bounds = { channelId: string; after: number; before: number; limit: number };

const between = (db: Kysely<Tables>, { channelId, after, before, limit }: Bounds) =>
  withServer(db)
    .where('messages.channel_id', '=', channelId)
    .where('messages.seq', '>', after)
    .where('messages.seq', '<', before)
    .limit(limit);

const readForward = createQuery((db, bounds: Bounds) => between(db, bounds).orderBy('messages.seq', 'asc'));
const readBack = createQuery((db, bounds: Bounds) => between(db, bounds).orderBy('messages.seq', 'desc'));

/** How far times and numbers may be out of step, in ms: a message has its time a moment before its number. */
const slackMs = 1_000;

/** The last `seq` of a channel that was said before a time; 0 when none was. */
export async function findSeqBefore(db: Kysely<Tables>, channelId: string, time: number): Promise<number> {
  const end = await halve(db, channelId, time + slackMs);
  const row = await timesOf(db, channelId)
    .where('seq', '<', end)
    .where('created_at', '<', time)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.seq ?? 0;
}

/** The first `seq` of a channel that was said after a time; nothing when none was. */
export async function findSeqAfter(db: Kysely<Tables>, channelId: string, time: number): Promise<number | undefined> {
  const start = await halve(db, channelId, time - slackMs);
  const row = await timesOf(db, channelId)
    .where('seq', '>=', start)
    .where('created_at', '>', time)
    .orderBy('seq', 'asc')
    .limit(1)
    .executeTakeFirst();
  return row?.seq;
}

const timesOf = (db: Kysely<Tables>, channelId: string) =>
  db.selectFrom('messages').select(['seq', 'created_at']).where('channel_id', '=', channelId);

/** The first `seq` that was said at a time or later, as far as times ascend; one beyond the last when none was. */
async function halve(db: Kysely<Tables>, channelId: string, time: number): Promise<number> {
  const last = await timesOf(db, channelId).orderBy('seq', 'desc').limit(1).executeTakeFirst();
  let low = 1;
  let high = (last?.seq ?? 0) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    // Numbers have holes where messages were deleted.
    const row = await timesOf(db, channelId)
      .where('seq', '>=', middle)
      .orderBy('seq', 'asc')
      .limit(1)
      .executeTakeFirst();
    if (!row || row.seq >= high || row.created_at >= time) high = middle;
    else low = row.seq + 1;
  }
  return low;
}

/** A message with the id that its client gave it. */
export async function findListed(db: Kysely<Tables>, id: string): Promise<ListedMessage | undefined> {
  const row = await withServer(db).where('messages.id', '=', id).executeTakeFirst();
  return row && { message: fromRow(row), clientMessageId: row.client_message_id };
}
