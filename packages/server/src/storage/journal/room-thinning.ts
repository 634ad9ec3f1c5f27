/**
 * A room that is emptied loses most of its messages before the change that is told (room-changes.ts), in steps: one
 * statement for all of them would hold up every other room. A mark says how far it came, so that a restart goes on.
 */
import { type Kysely, type SqlBool, sql, type Transaction } from 'kysely';
import type { Tables } from '../schema/tables.ts';
import type { CommitGroup, Written } from './commit-group.ts';

/** Which room shall be empty, or gone; of one that is forgotten nobody who was away is told, and nothing stays. */
export type RoomErasure = { kind: 'cleared' | 'deleted' | 'forgotten'; channelId: string };

/** What came of a step: how many messages went, and whether the rest is few enough to go with the room's change. */
export type Thinned = Written<never> & { erased: number; isOver: boolean };

/** Messages that go in one step, and the newest ones, which stay until the last: how they ended is kept with the change. */
const step = 250;
const kept = 600;

const marks = { cleared: 'clearing', deleted: 'deleting', forgotten: 'passing' } as const;
const markKinds = Object.values(marks);
const kindOf = { clearing: 'cleared', deleting: 'deleted', passing: 'forgotten' } as const;

/** A room that shall be forgotten is marked before it is made: whatever happens, the next start finds it. */
export async function markPassing(
  { db, takePlace }: CommitGroup,
  { channelId, serverId }: { channelId: string; serverId: string },
): Promise<Written<never>> {
  const room = { channel_id: channelId, server_id: serverId, kind: marks.forgotten };
  await db
    .insertInto('room_changes')
    .values({ ...room, position: takePlace(), last_seq: 0, ends: '[]' })
    .execute();
  return { duplicate: false, entries: [] };
}

/**
 * Deletes the oldest messages of a room with their turns and what was learned from them, or none of a room that is small
 * or gone. Those that are being answered stay.
 */
export async function thinRoom(
  { db, takePlace, flush }: CommitGroup,
  { erasure: { kind, channelId } }: { erasure: RoomErasure },
): Promise<Thinned> {
  await flush();
  const room = await db
    .selectFrom('channels')
    .select(['server_id', 'last_seq'])
    .where('id', '=', channelId)
    .executeTakeFirst();
  const mark = await marksOf(db).select('last_seq').where('channel_id', '=', channelId).executeTakeFirst();
  const end = room && (await findStepEnd(db, channelId, mark?.last_seq ?? 0, room.last_seq - kept));
  if (!room || !end) return { duplicate: false, entries: [], erased: 0, isOver: true };
  if (mark)
    await db
      .updateTable('room_changes')
      .set({ last_seq: end.seq })
      .where('channel_id', '=', channelId)
      .where('kind', 'in', markKinds)
      .execute();
  else
    await db
      .insertInto('room_changes')
      .values({
        position: takePlace(),
        channel_id: channelId,
        server_id: room.server_id,
        kind: marks[kind],
        last_seq: end.seq,
        ends: '[]',
      })
      .execute();
  const { numDeletedRows } = await db
    .deleteFrom('messages')
    .where('channel_id', '=', channelId)
    .where('seq', '>', mark?.last_seq ?? 0)
    .where('seq', '<=', end.seq)
    .where(isAnswered(channelId))
    .executeTakeFirst();
  for (const table of ['completions', 'edits'] as const)
    await db.deleteFrom(table).where('channel_id', '=', channelId).where('position', '<=', end.position).execute();
  return { duplicate: false, entries: [], erased: Number(numDeletedRows), isOver: false };
}

/** The last message of a step; nothing where there are not enough for one. */
const findStepEnd = (db: Kysely<Tables>, channelId: string, after: number, upTo: number) =>
  db
    .selectFrom('messages')
    .select(['seq', 'position'])
    .where('channel_id', '=', channelId)
    .where('seq', '>', after)
    .where('seq', '<=', upTo)
    .orderBy('seq')
    .offset(step - 1)
    .limit(1)
    .executeTakeFirst();

/** No turn is open that the message began, or that is of its chain. */
const isAnswered = (channelId: string) => sql<SqlBool>`id not in (
  select message_id from turns where channel_id = ${channelId} and state != 'ended' union
  select root_id from turns where channel_id = ${channelId} and state != 'ended')`;

const marksOf = (db: Kysely<Tables>) => db.selectFrom('room_changes').where('kind', 'in', markKinds);

/** The room's change is made: nothing is left to go on with. */
export async function unmarkRoom(db: Transaction<Tables>, channelId: string): Promise<void> {
  await db.deleteFrom('room_changes').where('channel_id', '=', channelId).where('kind', 'in', markKinds).execute();
}

/** Rooms whose emptying was cut off by a restart, and those that were not to outlive one. */
export async function listThinned(db: Kysely<Tables>): Promise<RoomErasure[]> {
  const rows = await marksOf(db).select(['channel_id', 'kind']).orderBy('position').execute();
  return rows.map(({ channel_id: channelId, kind }) => ({ kind: kindOf[kind as keyof typeof kindOf], channelId }));
}
