/**
 * Deleting a message: the row goes, with its turns and what was learned from it. What stays is its place in the order of
 * the server, so that no place is used twice, and who was away is told.
 */
import type { Message } from 'elizad-protocol';
import { type Kysely, sql, type Transaction } from 'kysely';
import { inList } from './batches.ts';
import type { Tables, TurnsTable } from './tables.ts';

/** A part of the server's order: after one place and up to another; `limit` entries at most. */
export type Range = { after: number; upTo: number; limit: number };

/** Which message shall go. */
export type Deletion = { channelId: string; messageId: string };

type EndedTurn = Pick<TurnsTable, 'agent_id' | 'outcome' | 'code'>;

/** A deletion as those who were away are told of it: also how the message ended, and at which place. */
export type DeletionEntry = {
  position: number;
  deleted: Pick<Message, 'id' | 'channelId' | 'serverId'>;
  completedAt: number | null;
  completed: EndedTurn[];
};

/**
 * Deletes a message; turns of it that are open end as `cancelled`, and leave `open`. A job of the message log, which
 * gives the places. `duplicate` when there is no such message in that channel.
 */
export async function eraseMessage(
  db: Transaction<Tables>,
  { channelId, messageId }: Deletion,
  open: Set<string>,
  takePlace: () => number,
): Promise<{ duplicate: true } | { position: number; completed?: EndedTurn[]; completedAt?: number }> {
  const message = await db
    .selectFrom('messages')
    .select(['position', 'completed_at'])
    .where('id', '=', messageId)
    .where('channel_id', '=', channelId)
    .executeTakeFirst();
  if (!message) return { duplicate: true };
  const turns = await db
    .selectFrom('turns')
    .select(['id', 'agent_id', 'outcome', 'code', 'state'])
    .where('message_id', '=', messageId)
    .execute();
  for (const { id } of turns) open.delete(id);
  const ended = turns.map(({ agent_id, state, outcome, code }): EndedTurn => {
    if (state === 'ended') return { agent_id, outcome, code };
    return { agent_id, outcome: 'cancelled', code: 'turn-cancelled' };
  });
  const isOpen = turns.some(({ state }) => state !== 'ended');
  const completedAt = isOpen
    ? takePlace()
    : (message.completed_at ?? (await findCompletion(db, channelId, message.position, messageId)));
  const position = takePlace();
  await db.deleteFrom('messages').where('id', '=', messageId).execute();
  await db
    .insertInto('deletions')
    .values({
      position,
      channel_id: channelId,
      message_id: messageId,
      completed_at: completedAt ?? null,
      turns: JSON.stringify(ended),
    })
    .execute();
  return { position, ...(isOpen && { completed: ended, completedAt }) };
}

async function findCompletion(
  db: Transaction<Tables>,
  channelId: string,
  after: number,
  messageId: string,
): Promise<number | undefined> {
  const row = await db
    .selectFrom('completions')
    .select('position')
    .where('channel_id', '=', channelId)
    .where('position', '>', after)
    .where('message_id', '=', messageId)
    .orderBy('position')
    .limit(1)
    .executeTakeFirst();
  return row?.position;
}

/** Up to `limit` deletions in some channels, in a part of the server's order. */
export async function listDeletions(
  db: Kysely<Tables>,
  channelIds: readonly string[],
  { after, upTo, limit }: Range,
): Promise<DeletionEntry[]> {
  const rows = await db
    .selectFrom('deletions')
    .innerJoin('channels', 'channels.id', 'deletions.channel_id')
    .selectAll('deletions')
    .select('channels.server_id')
    .where('deletions.position', '>', after)
    .where('deletions.position', '<=', upTo)
    // The plus keeps SQLite from the index of channels: deletions are few.
    .where(sql`+deletions.channel_id`, 'in', inList(channelIds))
    .orderBy('deletions.position')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    position: row.position,
    deleted: { id: row.message_id, channelId: row.channel_id, serverId: row.server_id },
    completedAt: row.completed_at,
    completed: JSON.parse(row.turns),
  }));
}

/** Who said a message; nothing when it is not in that channel. */
export async function findSenderId(
  db: Kysely<Tables>,
  { channelId, messageId }: Deletion,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('messages')
    .select('sender_id')
    .where('id', '=', messageId)
    .where('channel_id', '=', channelId)
    .executeTakeFirst();
  return row?.sender_id;
}
