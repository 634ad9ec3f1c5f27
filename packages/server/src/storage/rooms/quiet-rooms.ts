/** Rooms that nobody uses any more: found in pages of all rooms, so that no step takes long. */
import { type Kysely, sql } from 'kysely';
import type { Flag } from '../engine/numbers.ts';
import type { Tables } from '../schema/tables.ts';

/** `isEmpty`: a join has made it, and nobody ever said anything there. */
export type QuietRoom = { id: string; isEmpty: boolean };

/** `all`: how many rooms were looked at; `last` is the id of the last of them. */
export type QuietPage = { all: number; last: string; quiet: QuietRoom[] };

/**
 * Looks at some rooms behind an id, in the order of ids. Times are ms since the epoch: a room is quiet when the last word in it
 * is from before `spokenBefore`, and an empty one when it was made before `madeBefore`.
 */
export async function listQuietRooms(
  db: Kysely<Tables>,
  range: { after: string; limit: number },
  { spokenBefore, madeBefore }: { spokenBefore: number; madeBefore: number },
): Promise<QuietPage> {
  const { rows } = await sql<{ id: string; usedAt: number; isEmpty: Flag }>`select id,
      coalesce((select created_at from messages where channel_id = channels.id order by seq desc limit 1),
        updated_at, created_at) as "usedAt",
      last_seq = 0 and updated_at is null and source_type is null and metadata = '{}'
        and name in ('Chat ' || substr(id, 1, 8), 'DM ' || substr(id, 1, 8)) as "isEmpty"
    from channels where id > ${range.after} order by id limit ${range.limit}`.execute(db);
  const quiet = rows.filter(
    ({ usedAt, isEmpty }) => usedAt < (isEmpty ? Math.max(madeBefore, spokenBefore) : spokenBefore),
  );
  return {
    all: rows.length,
    last: rows.at(-1)?.id ?? range.after,
    quiet: quiet.map(({ id, isEmpty }) => ({ id, isEmpty: Boolean(isEmpty) })),
  };
}
