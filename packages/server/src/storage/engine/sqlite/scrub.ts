/**
 * What was deleted leaves the files within seconds. SQLite overwrites it in its pages at once (`secure_delete`); soon
 * after, its words leave the index of memories, and the write-ahead log, where it still stands, is emptied. Pages that
 * SQLite has rearranged may keep a copy where nothing is in use: a stop writes a store that is not large anew.
 */
import type { DatabaseSync } from 'node:sqlite';
import { type Kysely, sql } from 'kysely';
import type { SqliteTables } from './tables.ts';

export type Scrub = {
  /** Something was erased: it will be gone from the files soon. */
  plan(): void;
  /** The log of the last process will be emptied soon, and what it had begun gone on with. */
  start(db: Kysely<SqliteTables>): void;
  /** What is still to be done, as far as there is time for it. The store is closed after it. */
  stop(): Promise<void>;
};

/**
 * Statements that take away what people wrote, or put something else in its place. Not those of every minute: sockets that
 * come or are forgotten, and, as they are not written in quotes, memories that make room.
 */
const erasing =
  /^(?:delete from "(?!sessions"|session_rooms")|update "(?:messages|memories|agents|channels|worlds|jobs)"|insert into "agents")/;

export const isErasing = (statement: string): boolean => erasing.test(statement);

/** So long after the first deletion, in ms: others that come meanwhile share the work. */
const gatherMs = 2_000;

/** When the log could not be emptied because somebody else reads the file. */
const retryMs = 1_000;

/** How long a stop takes for the index, in ms: the rest is done after the next start. */
const mostStopMs = 2_000;

/** Pages of the index that are written in one step: some milliseconds. */
const step = 16;

/** The largest store that is written anew when the server stops, in bytes: so much is in memory meanwhile, for half a second. */
const mostCompacted = 64_000_000;

/** How long a writer waits for another one, in ms. */
export const busyMs = 5_000;

export function openScrub(file: DatabaseSync): Scrub {
  let db: Kysely<SqliteTables> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let isOpen = true;
  let hasErased = false;
  let stopBy = Number.POSITIVE_INFINITY;

  const schedule = (ms: number) => {
    if (isOpen) timer ??= setTimeout(begin, ms).unref();
  };

  function begin(): void {
    timer = undefined;
    // A disk that is full now may not be later.
    running = run().catch(() => schedule(retryMs));
  }

  async function run(): Promise<void> {
    if (!db) return;
    await eraseWords(db, () => performance.now() < stopBy);
    // Not while somebody's transaction is under way: it is on this connection too.
    const isEmpty = await db.connection().execute(async () => emptyLog(file));
    if (!isEmpty) schedule(retryMs);
  }

  return {
    plan() {
      hasErased = true;
      schedule(gatherMs);
    },
    start(opened) {
      db = opened;
      schedule(gatherMs);
    },
    async stop() {
      isOpen = false;
      clearTimeout(timer);
      stopBy = performance.now() + mostStopMs;
      await running;
      await run().catch(() => {});
      if (!hasErased || sizeOf(file) > mostCompacted) return;
      try {
        compact(file);
      } catch {
        // It needs as much room on the disk again; what is in use is as it was.
      }
    },
  };
}

/** True when nothing is left in it. Nobody is waited for: the program would stand still meanwhile. */
export function emptyLog(file: DatabaseSync): boolean {
  file.exec('PRAGMA busy_timeout = 0');
  try {
    return file.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy === 0;
  } finally {
    file.exec(`PRAGMA busy_timeout = ${busyMs}`);
  }
}

/** Writes all of the store anew, so that nothing is in it but what is in use. */
export function compact(file: DatabaseSync): void {
  file.exec('VACUUM');
  emptyLog(file);
}

function sizeOf(file: DatabaseSync): number {
  const row = file.prepare('select page_count * page_size as size from pragma_page_count, pragma_page_size').get();
  return Number(row?.size);
}

/**
 * The index only notes which memories are gone; their words stay until its parts are written anew, as one. That is done
 * in steps, between which others write.
 */
async function eraseWords(db: Kysely<SqliteTables>, goesOn: () => boolean): Promise<void> {
  const { erased, merged } = await db.selectFrom('word_erasures').selectAll().executeTakeFirstOrThrow();
  if (erased === merged) return;
  // A negative number begins with all parts; the next ones go on with that.
  for (let pages = -step; await mergeWords(db, pages); pages = step) {
    if (!goesOn()) return;
    await new Promise(setImmediate);
  }
  await sql`update word_erasures set merged = ${erased}`.execute(db);
}

/** False when there was nothing left to merge. */
const mergeWords = (db: Kysely<SqliteTables>, pages: number): Promise<boolean> =>
  db.connection().execute(async (connection) => {
    const before = await countChanges(connection);
    await sql`insert into memory_words (memory_words, rank) values ('merge', ${pages})`.execute(connection);
    return (await countChanges(connection)) - before > 1;
  });

async function countChanges(db: Kysely<SqliteTables>): Promise<number> {
  const { rows } = await sql<{ changes: number }>`select total_changes() as changes`.execute(db);
  return rows[0]?.changes ?? 0;
}
