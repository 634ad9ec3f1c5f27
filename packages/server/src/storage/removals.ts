/**
 * Who was taken out of which room, and at which place in the server's order: what stands behind it is not for them. Kept
 * among the changes of rooms, as `removed`.
 */
import { type Kysely, sql, type Transaction } from 'kysely';
import { inList } from './batches.ts';
import type { Range } from './deletions.ts';
import type { Tables } from './tables.ts';
import type { RoomChangesTable } from './tables-rest.ts';

/** People who were taken out of a room together. */
export type RemovalEntry = { position: number; removedFrom: string; entityIds: string[] };

export async function insertRemoval(
  db: Transaction<Tables>,
  room: Pick<RoomChangesTable, 'channel_id' | 'server_id'>,
  entityIds: readonly string[],
  position: number,
): Promise<void> {
  await db
    .insertInto('room_changes')
    .values({ ...room, kind: 'removed', position, last_seq: 0, ends: JSON.stringify(entityIds) })
    .execute();
}

/** Up to `limit` removals from some rooms, in a part of the server's order. */
export async function listRemovals(
  db: Kysely<Tables>,
  channelIds: readonly string[],
  { after, upTo, limit }: Range,
): Promise<RemovalEntry[]> {
  const rows = await removals(db)
    .where('position', '>', after)
    .where('position', '<=', upTo)
    // The plus keeps SQLite from the index of channels: changes are few.
    .where(sql`+channel_id`, 'in', inList(channelIds))
    .orderBy('position')
    .limit(limit)
    .execute();
  return rows.map(toEntry);
}

/** All removals from some rooms, by room, the first one first. */
export async function listRemovalsByRoom(
  db: Kysely<Tables>,
  channelIds: readonly string[],
): Promise<Map<string, RemovalEntry[]>> {
  const rows = await removals(db).where('channel_id', 'in', inList(channelIds)).orderBy('position').execute();
  return Map.groupBy(rows.map(toEntry), ({ removedFrom }) => removedFrom);
}

/** Where somebody was taken out of a room for the first time after a place, and for the last time; nothing where they were not. */
export async function findRemovals(
  db: Kysely<Tables>,
  channelId: string,
  entityId: string,
  after: number,
): Promise<{ first: number; last: number } | undefined> {
  const all = (await listRemovalsByRoom(db, [channelId])).get(channelId) ?? [];
  const places = all.flatMap(({ position, entityIds }) =>
    position > after && entityIds.includes(entityId) ? [position] : [],
  );
  const [first, last] = [places[0], places.at(-1)];
  return first === undefined || last === undefined ? undefined : { first, last };
}

/** Which messages of a room were changed after a place: they are read as they are now. */
export async function listEditedAfter(db: Kysely<Tables>, channelId: string, position: number): Promise<Set<string>> {
  const rows = await db
    .selectFrom('edits')
    .select('message_id')
    .where('channel_id', '=', channelId)
    .where('position', '>', position)
    .execute();
  return new Set(rows.map(({ message_id }) => message_id));
}

const removals = (db: Kysely<Tables>) =>
  db.selectFrom('room_changes').select(['position', 'channel_id', 'ends']).where('kind', '=', 'removed');

const toEntry = ({ position, channel_id, ends }: Pick<RoomChangesTable, 'position' | 'channel_id' | 'ends'>) => ({
  position,
  removedFrom: channel_id,
  entityIds: JSON.parse(ends) as string[],
});
