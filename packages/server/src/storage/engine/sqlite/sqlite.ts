/** The store: SQLite, durable (WAL, fsync at every commit), one server for each directory; and the file of the log beside it. */
import { DatabaseSync } from 'node:sqlite';
import { createPrivateFile, prepareDataDir } from '../../disk/data-dir.ts';
import type { Engine, StartPlaces } from '../engine.ts';
import { assertWhole, pathOfStore } from './before-opening.ts';
import { openConnection } from './connection.ts';
import { type DataLock, lockDataDir, pathOfLock, StoreError } from './data-lock.ts';
import { adviseOnDamage, type DiskTrouble, findDamage, guardDisk } from './disk-guard.ts';
import { hasLog, openLogFile } from './log-file.ts';
import { migrate } from './migrations/migrations.ts';
import { busyMs, compact, openScrub } from './scrub.ts';
import type { SqliteTables } from './tables.ts';
import { createIndexWords } from './word-index.ts';

/** How often it is looked whether the files are where they were, in ms; each commit does, too. */
const lookMs = 1_000;

/**
 * Opens the store in a directory, which is made when missing; `onTrouble` is told what the disk does to it from then on.
 * Throws `StoreError` when it cannot be used.
 */
export async function openSqlite(
  dataDir: string,
  onTrouble: (trouble: DiskTrouble) => void = () => {},
): Promise<Engine> {
  let lock: DataLock | undefined;
  try {
    prepareDataDir(dataDir);
    lock = lockDataDir(dataDir);
    assertWhole(dataDir);
    return await openFile(dataDir, lock, onTrouble);
  } catch (cause) {
    lock?.release();
    if (cause instanceof StoreError) throw cause;
    const { message } = cause as Error;
    throw (
      explainDamage(cause, dataDir) ??
      new StoreError(
        `ELIZAD_DATA: ${dataDir} cannot be used (${message}). Set it to a writable directory, or move its contents aside.`,
        { cause },
      )
    );
  }
}

/** The same for people, where an error is that a store is damaged, at its opening or in the middle of a start. */
export function explainDamage(cause: unknown, dataDir: string): StoreError | undefined {
  const damage = findDamage(cause);
  if (!damage) return undefined;
  const what = `ELIZAD_DATA: ${dataDir} cannot be used (${damage.message})`;
  return new StoreError(`${what}. ${adviseOnDamage(dataDir)}.`, { cause });
}

/**
 * Writes the store of a server that does not run anew, without anything that was ever deleted from it, and shorter.
 * Throws as `openSqlite` does.
 */
export async function compactSqlite(dataDir: string): Promise<void> {
  const { logs, close } = await openSqlite(dataDir);
  if (hasLog(dataDir)) {
    logs.open();
    logs.compact();
  }
  await close();
  const lock = lockDataDir(dataDir);
  const file = new DatabaseSync(pathOfStore(dataDir), { timeout: busyMs });
  try {
    compact(file);
  } catch (cause) {
    throw new StoreError(`${dataDir} could not be rewritten (${(cause as Error).message}). It is unchanged.`, {
      cause,
    });
  } finally {
    file.close();
    lock.release();
  }
}

async function openFile(dataDir: string, lock: DataLock, onTrouble: (trouble: DiskTrouble) => void): Promise<Engine> {
  const path = pathOfStore(dataDir);
  createPrivateFile(path);
  const file = new DatabaseSync(path, { timeout: busyMs });
  try {
    file.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;',
    );
    file.exec('PRAGMA secure_delete = ON');
    // In pages: a checkpoint every 16 MB instead of 4 writes each page of an index less often.
    file.exec('PRAGMA wal_autocheckpoint = 4000');
    const scrub = openScrub(file);
    let isOpen = false;
    const guard = guardDisk(file, {
      paths: [path, `${path}-wal`, pathOfLock(dataDir)],
      onErased: scrub.plan,
      // What keeps it from being opened is said by that.
      onTrouble: (trouble) => void (isOpen && onTrouble(trouble)),
    });
    const { db, insertRows } = openConnection<SqliteTables>(file, guard);
    await migrate(db, dataDir);
    scrub.start(db);
    isOpen = true;
    const logs = openLogFile(dataDir);
    const timer = setInterval(guard.look, lookMs).unref();
    const close = async () => {
      clearInterval(timer);
      await logs.close();
      await scrub.stop();
      await db.destroy();
      lock.release();
    };
    const indexWords = createIndexWords(insertRows);
    return { db, insertRows, startPlaces: countPlaces(), indexWords, logs, isFailing: guard.isFailing, close };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** One process writes the store, one transaction at a time: places are counted in memory, and the store is asked once. */
function countPlaces(): StartPlaces {
  let last: number | undefined;
  return async (tx, findLast) => {
    let place = last ?? (await findLast(tx));
    return () => {
      place += 1;
      last = place;
      return place;
    };
  };
}
