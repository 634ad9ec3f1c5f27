/**
 * Deleting a message: the row goes, with its turns and what was learned from it. What stays is its place in the order of
 * the server, so that no place is used twice, and who was away is told.
 */
import { defaultServerId } from 'elizad-protocol';
import type { Kysely, Transaction } from 'kysely';
import { inList, steer } from '../engine/words.ts';
import type { Tables } from '../schema/tables.ts';
import type { EndedTurn } from '../turns/turn-endings.ts';
import { type CommitGroup, nothingToDo, type Written } from './commit-group.ts';
import { type CompletedEntry, toCompletedEntry, toMissedEnds } from './completions.ts';
import type { EntryRows, Range } from './entry.ts';

/** Which message shall go. */
export type Deletion = { channelId: string; messageId: string };

/** A message was deleted. `end` is how it had ended, where it had: its own entry went with it. */
export type DeletedEntry = {
  kind: 'deleted';
  position: number;
  channelId: string;
  messageId: string;
  end: CompletedEntry | undefined;
};

/**
 * Deletes a message; turns that it began, or that it asks something for, and that are open end as `cancelled`. `duplicate` when
 * there is no such message in that channel.
 */
export async function eraseMessage(
  group: CommitGroup,
  { channelId, messageId }: Deletion,
): Promise<Written<CompletedEntry | DeletedEntry>> {
  const { db, takePlace } = group;
  const message = await db
    .selectFrom('messages')
    .innerJoin('channels', 'channels.id', 'messages.channel_id')
    .select(['messages.position', 'messages.completed_at', 'channels.server_id'])
    .where('messages.id', '=', messageId)
    .where('messages.channel_id', '=', channelId)
    .executeTakeFirst();
  if (!message) return nothingToDo;
  const { completedId, isCompleted, ended } = await cancelTurnsOf(group, messageId);
  const isRoot = completedId === messageId;
  const completedAt = isCompleted
    ? takePlace()
    : (message.completed_at ?? (await takeCompletion(db, channelId, message.position, messageId)));
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
  const of = { id: completedId, channelId, serverId: message.server_id };
  const deleted = { kind: 'deleted' as const, position, channelId, messageId, end: undefined };
  const end = isCompleted && completedAt !== undefined ? [toCompletedEntry(completedAt, of, ended)] : [];
  return { duplicate: false, entries: [...end, deleted] };
}

/** Ends the open turns of a message, and says whether the chain that they belong to has ended by that, and how. */
async function cancelTurnsOf(
  { db, open }: CommitGroup,
  messageId: string,
): Promise<{ completedId: string; isCompleted: boolean; ended: EndedTurn[] }> {
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
  const isCompleted = stopped.length > 0 && chain.every(({ state }) => state === 'ended');
  return {
    completedId,
    isCompleted,
    ended: chain.map(({ agent_id, outcome, code }): EndedTurn => ({ agent_id, outcome, code })),
  };
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

/** From here on the deletion says where the message ended: its own end must not come a second time with the end of its room. */
async function takeCompletion(
  db: Transaction<Tables>,
  channelId: string,
  after: number,
  messageId: string,
): Promise<number | undefined> {
  const row = await db
    .deleteFrom('completions')
    .where('channel_id', '=', channelId)
    .where('position', '>', after)
    .where('message_id', '=', messageId)
    .returning('position')
    .executeTakeFirst();
  return row?.position;
}

/** Up to `limit` deletions in some channels, in a part of the server's order. */
export async function listDeletions(
  db: Kysely<Tables>,
  channelIds: readonly string[],
  { after, upTo, limit }: Range,
): Promise<DeletedEntry[]> {
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
  return rows.map(({ position, channel_id: channelId, message_id: messageId, completed_at, server_id, turns }) => {
    const message = { id: messageId, channelId, serverId: server_id ?? defaultServerId };
    const end = completed_at === null ? undefined : toCompletedEntry(completed_at, message, JSON.parse(turns));
    return { kind: 'deleted', position, channelId, messageId, end };
  });
}

export const deletionRows: EntryRows<DeletedEntry> = {
  deleted: {
    toEvents: ({ channelId, messageId, end }, reader) => [
      ...toMissedEnds(end ? [end] : [], reader),
      { name: 'message-deleted', payload: { messageId, channelId } },
    ],
    isShared: () => false,
  },
};

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
