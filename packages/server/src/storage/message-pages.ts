/**
 * Pages of a channel's messages, newest first, by `seq` or by time. There is no index of times, because every message
 * would pay for it: a time is found by halving, over the index of channel and `seq`.
 */
import type { Message } from 'elizad-protocol';
import type { Kysely } from 'kysely';
import { fromRow } from './message-row.ts';
import type { Tables } from './tables.ts';

/** Which messages: after one `seq`, before another. With `after` the oldest of them, else the newest. */
export type Slice = { before?: number; after?: number; limit: number };

/** A message, and the id that its client gave it, or the platform that it came from. */
export type ListedMessage = { message: Message; clientMessageId: string | null };

/** `hasMore`: whether there are more in the direction of the page. */
export type MessagePage = { listed: ListedMessage[]; hasMore: boolean };

/** Messages beyond the limit that a page may have, because they were said at the time at which it ends. */
const mostOfOneTime = 500;

const withServer = (db: Kysely<Tables>) =>
  db
    .selectFrom('messages')
    .innerJoin('channels', 'channels.id', 'messages.channel_id')
    .selectAll('messages')
    .select('channels.server_id');

/**
 * A page, newest first. With `isWhole` it goes on beyond its limit over what was said in the same ms as its end: who asks
 * for the next one by time misses nothing.
 */
export async function listMessagePage(
  db: Kysely<Tables>,
  channelId: string,
  { before = Number.MAX_SAFE_INTEGER, after, limit }: Slice,
  isWhole: boolean,
): Promise<MessagePage> {
  const isForward = after !== undefined;
  const read = (from: number, most: number) =>
    withServer(db)
      .where('messages.channel_id', '=', channelId)
      .where('messages.seq', '>', isForward ? from : (after ?? 0))
      .where('messages.seq', '<', isForward ? before : from)
      .orderBy('messages.seq', isForward ? 'asc' : 'desc')
      .limit(most)
      .execute();
  const rows = await read(isForward ? after : before, limit + 1);
  const next = rows[limit];
  const page = rows.slice(0, limit);
  let hasMore = next !== undefined;
  const times = page.map(({ created_at }) => created_at);
  const edge = isForward ? Math.max(...times) : Math.min(...times);
  const isAtEdge = ({ created_at }: { created_at: number }) => (isForward ? created_at <= edge : created_at >= edge);
  if (isWhole && next && isAtEdge(next)) {
    const beyond = await read(page.at(-1)?.seq ?? 0, mostOfOneTime + 1);
    const end = beyond.findIndex((row) => !isAtEdge(row));
    page.push(...beyond.slice(0, end === -1 ? mostOfOneTime : end));
    hasMore = end !== -1 || beyond.length > mostOfOneTime;
  }
  if (isForward) page.reverse();
  return { listed: page.map((row) => ({ message: fromRow(row), clientMessageId: row.client_message_id })), hasMore };
}

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
