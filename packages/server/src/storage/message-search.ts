/** Messages by words in them. Not an index, for which every message would pay: the last ones of some channels are looked through. */
import { type Kysely, sql } from 'kysely';
import type { ListedMessage } from './message-pages.ts';
import { fromRow } from './message-row.ts';
import type { Tables } from './tables.ts';

/** Times are ms since the epoch, both included. */
export type Search = {
  words: string;
  authorId?: string | undefined;
  from?: number | undefined;
  to?: number | undefined;
  limit: number;
};

/** Messages of each channel that are looked through. */
const mostOfChannel = 2_000;

/** Up to `limit` messages with some words in them, in any case of ASCII letters; newest first. */
export async function searchMessages(
  db: Kysely<Tables>,
  channelIds: readonly string[],
  { words, authorId, from, to, limit }: Search,
): Promise<ListedMessage[]> {
  const pattern = `%${words.replace(/[\\%_]/g, '\\$&')}%`;
  const found: ListedMessage[] = [];
  for (const channelId of channelIds) {
    const last = db
      .selectFrom('messages')
      .selectAll()
      .where('channel_id', '=', channelId)
      .orderBy('seq', 'desc')
      .limit(mostOfChannel)
      .as('last');
    let query = db
      .selectFrom(last)
      .innerJoin('channels', 'channels.id', 'last.channel_id')
      .selectAll('last')
      .select('channels.server_id')
      .where(sql<boolean>`last.text like ${pattern} escape '\\'`)
      .orderBy('last.seq', 'desc')
      .limit(limit);
    if (authorId !== undefined) query = query.where('last.sender_id', '=', authorId);
    if (from !== undefined) query = query.where('last.created_at', '>=', from);
    if (to !== undefined) query = query.where('last.created_at', '<=', to);
    const rows = await query.execute();
    found.push(...rows.map((row) => ({ message: fromRow(row), clientMessageId: row.client_message_id })));
    // Another channel is another step of the program: sockets come first.
    await new Promise(setImmediate);
  }
  return found.sort((a, b) => b.message.createdAt - a.message.createdAt).slice(0, limit);
}
