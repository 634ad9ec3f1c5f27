/**
 * The server's log, read back: entries of some rooms in their order, for whoever was away. Each kind of entry is a line of
 * the table `sources`; the kind's own file writes and reads it.
 */
import { type Kysely, sql } from 'kysely';
import type { Flag } from '../engine/numbers.ts';
import type { Tables } from '../schema/tables.ts';
import { listCompletions } from './completions.ts';
import { listDeletions } from './deletions.ts';
import { listEdits } from './edits.ts';
import { listPosted, type PostedEntry } from './posts.ts';
import type { Range } from './range.ts';
import { listRemovals } from './removals.ts';
import { listRoomChanges } from './room-changes.ts';

/** Changes of rooms, and removals from them, that are read at a time: each may name hundreds of messages, or of people. */
const mostChanges = 20;

type Source<Entry> = {
  /** Where its places are. */
  table: 'completions' | 'edits' | 'deletions' | 'room_changes';
  /** Most ranges have none: it is looked first whether there are any, of whichever room. */
  isRare: boolean;
  /** Entries that are read at a time, where that is fewer than of others. */
  atATime?: number;
  list(db: Kysely<Tables>, channelIds: readonly string[], range: Range): Promise<Entry[]>;
};

/** Entries that stand in tables of their own, beside the messages and the ends that stand with these. */
const sources = [
  { table: 'completions', isRare: false, list: listCompletions },
  { table: 'edits', isRare: true, list: listEdits },
  { table: 'deletions', isRare: true, list: listDeletions },
  { table: 'room_changes', isRare: true, atATime: mostChanges, list: listRoomChanges },
  { table: 'room_changes', isRare: true, atATime: mostChanges, list: listRemovals },
] as const satisfies Source<unknown>[];

type EntryOf<S> = S extends { list(...args: never[]): Promise<(infer Entry)[]> } ? Entry : never;

/** An entry of the server's log; its `kind` says what happened, in the room `channelId`. */
export type LogEntry = PostedEntry | EntryOf<(typeof sources)[number]>;

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
    const most = 'atATime' in source ? source.atATime : limit;
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
): Promise<Partial<Record<Source<unknown>['table'], Flag>>> {
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
