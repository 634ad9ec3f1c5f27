/**
 * Who was taken out of which room, and at which place in the server's order: what stands behind it is not for them. Kept
 * among the changes of rooms, as `removed`, and by who it was: however many are taken out of a room, one of them is found.
 */
import { type Kysely, sql, type Transaction } from 'kysely';
import { inList, rowsOf, steer } from '../engine/words.ts';
import type { Tables } from '../schema/tables.ts';
import type { RoomChangesTable } from '../schema/tables-rest.ts';
import type { EntryRows, Range } from './entry.ts';

/** People who were taken out of a room together. */
export type RemovedEntry = { kind: 'removed'; position: number; channelId: string; entityIds: readonly string[] };

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
  const removed = rowsOf(
    entityIds.map((id) => [id]),
    { id: 'text' },
  );
  await sql`insert into removals (channel_id, entity_id, position)
    select ${room.channel_id}, removed.id, ${position} from ${removed} as removed`.execute(db);
}

/** Up to `limit` removals from some rooms, in a part of the server's order. */
export async function listRemovals(
  db: Kysely<Tables>,
  channelIds: readonly string[],
  { after, upTo, limit }: Range,
): Promise<RemovedEntry[]> {
  const rows = await db
    .selectFrom('room_changes')
    .select(['position', 'channel_id', 'ends'])
    .where('kind', '=', 'removed')
    .where('position', '>', after)
    .where('position', '<=', upTo)
    // Not by the index of channels: changes are few.
    .where(steer('channel_id'), 'in', inList(channelIds))
    .orderBy('position')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    kind: 'removed',
    position: row.position,
    channelId: row.channel_id,
    entityIds: JSON.parse(row.ends) as string[],
  }));
}

/** Who, in which room, after which place. */
export type Asked = readonly [channelId: string, entityId: string, after: number];

/** Pairs that are asked for at a time. */
const page = 1_000;

/** Where each was taken out of its room for the first time after its place; nothing where it was not. */
export async function listFirstRemovals(db: Kysely<Tables>, asked: readonly Asked[]): Promise<(number | undefined)[]> {
  const firsts: (number | undefined)[] = [];
  for (let from = 0; from < asked.length; from += page) {
    const rows = rowsOf(asked.slice(from, from + page), { channel: 'text', entity: 'text', after: 'number' });
    const found = await sql<{ first: number | null }>`select (
        select min(position) from removals where channel_id = asked.channel and entity_id = asked.entity
          and position > asked.after) as first
      from ${rows} as asked order by asked.place`.execute(db);
    firsts.push(...found.rows.map(({ first }) => first ?? undefined));
  }
  return firsts;
}

/** Where somebody was taken out of a room for the first time after a place, and for the last time; nothing where they were not. */
export async function findRemovals(
  db: Kysely<Tables>,
  channelId: string,
  entityId: string,
  after: number,
): Promise<{ first: number; last: number } | undefined> {
  const found = await db
    .selectFrom('removals')
    .select(({ fn }) => [fn.min('position').as('first'), fn.max('position').as('last')])
    .where('channel_id', '=', channelId)
    .where('entity_id', '=', entityId)
    .where('position', '>', after)
    .executeTakeFirst();
  return found && found.first !== null ? found : undefined;
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

export const removalRows: EntryRows<RemovedEntry> = {
  // The others are told how the room is since then.
  removed: {
    toEvents: ({ channelId, entityIds }, { as }) =>
      as !== undefined && entityIds.includes(as)
        ? [{ name: 'participant-left', payload: { channelId, entityId: as, wasTakenOut: true } }]
        : [],
    isShared: () => false,
  },
};
