/**
 * The server's log, read back: entries of some rooms in their order, for whoever was away. Each kind of entry is a line of
 * the table `sources` in kinds.ts.
 */
import { type Kysely, sql } from 'kysely';
import type { Flag } from '../engine/numbers.ts';
import type { Tables } from '../schema/tables.ts';
import type { Range } from './entry.ts';
import { type LogEntry, sources } from './kinds.ts';
import { listPosted } from './posts.ts';

const tables = [...new Set(sources.map(({ table }) => table))];
const rareTables = [...new Set(sources.flatMap(({ table, isRare }) => (isRare ? [table] : [])))];

/** Log entries of some channels. They are all that there are up to `readUpTo`; where that is not the end of the range, ask on. */
export type LogPage = { entries: LogEntry[]; readUpTo: number };

/** Up to `limit` log entries of some channels, after one position and up to another, in order; of heavy ones fewer. */
export async function listLogEntries(
  db: Kysely<Tables>,
  channelIds: readonly string[],
  range: Range,
): Promise<LogPage> {
  const { after, limit } = range;
  if (channelIds.length === 0 || after >= range.upTo) return { entries: [], readUpTo: range.upTo };
  const posted = await listPosted(db, channelIds, range);
  const rare = await findRare(db, range);
  const found: LogEntry[] = [...posted.entries];
  let end = posted.upTo;
  for (const source of sources) {
    if (source.isRare && !rare[source.table]) continue;
    const most = source.atATime ?? limit;
    const entries: LogEntry[] = await source.list(db, channelIds, { ...range, limit: most });
    found.push(...entries);
    if (entries.length >= most) end = Math.min(end, entries.at(-1)?.position ?? end);
  }
  const entries = found
    .filter(({ position }) => position > after && position <= end)
    .sort((a, b) => a.position - b.position)
    .slice(0, limit);
  return { entries, readUpTo: entries.length < limit ? end : (entries.at(-1)?.position ?? end) };
}

/** Which of the rare entries are in a range at all, of any channel. */
async function findRare(
  db: Kysely<Tables>,
  { after, upTo }: Range,
): Promise<Partial<Record<(typeof sources)[number]['table'], Flag>>> {
  const isThere = (table: string) =>
    sql<Flag>`exists (select 1 from ${sql.table(table)} where position > ${after} and position <= ${upTo})`;
  return db.selectNoFrom(rareTables.map((table) => isThere(table).as(table))).executeTakeFirstOrThrow();
}

/** The last place in the server's order; 0 when nothing was ever said. */
export async function getLastPosition(db: Kysely<Tables>): Promise<number> {
  const message = await db
    .selectFrom('messages')
    .select((eb) => eb.fn.coalesce('completed_at', 'position').as('last'))
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst();
  let last = message?.last ?? 0;
  for (const table of tables) {
    const row = await db
      .selectFrom(table)
      .select((eb) => eb.fn.max('position').as('last'))
      .executeTakeFirst();
    last = Math.max(last, row?.last ?? 0);
  }
  return last;
}
