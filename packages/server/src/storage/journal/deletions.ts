/**
 * Deleting a message: the row goes, with its turns and what was learned from it. What stays is its place in the order of
 * the server, so that no place is used twice, and who was away is told.
 */
import { defaultServerId, type Message } from 'elizad-protocol';
import type { Kysely, Transaction } from 'kysely';
import { inList, steer } from '../engine/words.ts';
import type { Tables } from '../schema/tables.ts';
import type { EndedTurn } from '../turns/turn-endings.ts';

/** A part of the server's order: after one place and up to another; `limit` entries at most. */
export type Range = { after: number; upTo: number; limit: number };

/** Which message shall go. */
export type Deletion = { channelId: string; messageId: string };

/** A deletion as those who were away are told of it: also how the message ended, and at which place. */
export type DeletionEntry = {
  position: number;
  deleted: Pick<Message, 'id' | 'channelId' | 'serverId'>;
  completedAt: number | null;
  completed: EndedTurn[];
};

/** What came of a deletion. `completed`: how the turns ended that were open until now, of the message that began them. */
export type Erased = { position: number; completed?: EndedTurn[]; completedAt?: number; completedId?: string };

/**
 * Deletes a message; turns that it began, or that it asks something for, and that are open end as `cancelled`, and leave `open`. A job of the message
 * log, which gives the places. `duplicate` when there is no such message in that channel.
 */
export async function eraseMessage(
  db: Transaction<Tables>,
  { channelId, messageId }: Deletion,
  open: Set<string>,
  takePlace: () => number,
): Promise<{ duplicate: true } | Erased> {
  const message = await db
    .selectFrom('messages')
    .select(['position', 'completed_at'])
    .where('id', '=', messageId)
    .where('channel_id', '=', channelId)
    .executeTakeFirst();
  if (!message) return { duplicate: true };
  const began = await db
    .selectFrom('turns')
    .select(['id', 'root_id', 'state'])
    .where((eb) => {
      // Nobody can answer its question any more.
      const asked = eb
        .selectFrom('approvals')
        .select('turn_id')
        .where('id', '=', messageId)
        .where('approved', 'is', null);
      return eb.or([eb('message_id', '=', messageId), eb('root_id', '=', messageId), eb('id', 'in', asked)]);
    })
    .execute();
  const stopped = began.filter(({ state }) => state !== 'ended').map(({ id }) => id);
  for (const id of stopped) open.delete(id);
  await db
    .updateTable('turns')
    .set({ state: 'ended', outcome: 'cancelled', code: 'turn-cancelled', ended_at: Date.now() })
    .where('id', 'in', inList(stopped))
    .execute();
  // What an agent said has turns too, of the chain that a person's message began.
  const completedId = began[0]?.root_id ?? messageId;
  const chain = await db
    .selectFrom('turns')
    .select(['agent_id', 'outcome', 'code', 'state'])
    .where('root_id', '=', completedId)
    .orderBy('position')
    .execute();
  const ended = chain.map(({ agent_id, outcome, code }): EndedTurn => ({ agent_id, outcome, code }));
  const isCompleted = stopped.length > 0 && chain.every(({ state }) => state === 'ended');
  const isRoot = completedId === messageId;
  const completedAt = isCompleted
    ? takePlace()
    : (message.completed_at ?? (await findCompletion(db, channelId, message.position, messageId)));
  if (isCompleted && !isRoot)
    await db
      .insertInto('completions')
      .values({ position: completedAt as number, channel_id: channelId, message_id: completedId })
      .execute();
  const position = takePlace();
  await erasePrompt(db, channelId, messageId);
  await db.deleteFrom('messages').where('id', '=', messageId).execute();
  await db
    .insertInto('deletions')
    .values({
      position,
      channel_id: channelId,
      message_id: messageId,
      completed_at: isRoot ? (completedAt ?? null) : null,
      turns: JSON.stringify(isRoot ? ended : []),
    })
    .execute();
  return { position, ...(isCompleted && { completed: ended, completedAt, completedId }) };
}

/** The question of a job is also kept with the job, whose id its channel has. Of one message of it, or of any. */
export async function erasePrompt(db: Transaction<Tables>, channelId: string, messageId?: string): Promise<void> {
  let query = db.updateTable('jobs').set({ prompt: '' }).where('id', '=', channelId).where('prompt', '!=', '');
  if (messageId !== undefined)
    query = query.where(({ exists, selectFrom }) =>
      exists(
        selectFrom('messages')
          .select('messages.id')
          .where('messages.id', '=', messageId)
          .whereRef('messages.client_message_id', '=', 'jobs.id'),
      ),
    );
  await query.execute();
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
    // The room may be gone since.
    .leftJoin('channels', 'channels.id', 'deletions.channel_id')
    .selectAll('deletions')
    .select('channels.server_id')
    .where('deletions.position', '>', after)
    .where('deletions.position', '<=', upTo)
    // Not by the index of channels: deletions are few.
    .where(steer('deletions.channel_id'), 'in', inList(channelIds))
    .orderBy('deletions.position')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    position: row.position,
    deleted: { id: row.message_id, channelId: row.channel_id, serverId: row.server_id ?? defaultServerId },
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

/** Ids of the first `limit` messages that somebody has said in a channel, up to a `seq`. */
export async function listMessageIdsOf(
  db: Kysely<Tables>,
  channelId: string,
  senderId: string,
  upTo: number,
  limit: number,
): Promise<string[]> {
  const rows = await db
    .selectFrom('messages')
    .select('id')
    .where('channel_id', '=', channelId)
    .where('sender_id', '=', senderId)
    .where('seq', '<=', upTo)
    .orderBy('seq')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}
