/**
 * An acknowledged message is on disk also where the disk fails. What it refuses is one error, wherever that is met. After a
 * sync that failed, the system may take for written what is not: nothing more is stored until all of the write-ahead log
 * was written into the database, and synced there. When the files are no longer where they were, nothing is stored again.
 */
import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { ElizadError } from 'elizad-protocol';
import { howToRun } from '../../../settings/how-to-run.ts';
import type { Guard, Run } from './connection.ts';
import { emptyLog, isErasing } from './scrub.ts';

export type DiskTrouble = 'sync-failed' | 'synced-again' | 'lost' | 'corrupt';

/** For the log: what has happened, and what it means. */
export const describeTrouble = (trouble: DiskTrouble, dataDir: string): string =>
  ({
    'sync-failed': `the disk of ${dataDir} could not sync; nothing is acknowledged until it can`,
    'synced-again': `the disk of ${dataDir} syncs again; every acknowledged message is on it`,
    lost: `the store in ${dataDir} was deleted, moved or replaced while the server was running; nothing more is acknowledged, and the server stops`,
    corrupt: `the store in ${dataDir} is damaged, and requests that need the damaged part are refused. Stop the server; ${adviseOnDamage(dataDir)}`,
  })[trouble];

/** What to do with a store that SQLite cannot read. */
export const adviseOnDamage = (dataDir: string): string =>
  `${howToRun('check', `--data ${dataDir}`)} shows the damage, and ${howToRun('recover', `<new directory> --data ${dataDir}`)} copies the readable parts`;

/** The error itself, or what has caused it, where SQLite says by it that the file is damaged, or is no database at all. */
export function findDamage(error: unknown): Error | undefined {
  for (let at = error; at instanceof Error; at = at.cause)
    if (ofDamage.has(((at as { errcode?: number }).errcode ?? 0) & 0xff)) return at;
  return undefined;
}

export type DiskGuard = Guard & {
  /** Whether the disk or the file has refused something within the last ten seconds, or nothing can be stored now. */
  isFailing(): boolean;
  /** Looks whether the files are where they were, and tries again to sync where that has failed. */
  look(): void;
};

/** What SQLite says of a disk or a file that cannot be used, in the lowest byte: read-only, I/O, corrupt, full, cannot open, no database. */
const ofTheDisk = new Set([8, 10, 11, 13, 14, 26]);
const ofDamage = new Set([11, 26]);
/** A sync of a file, and of a directory (SQLITE_IOERR_FSYNC, SQLITE_IOERR_DIR_FSYNC). */
const ofSync = new Set([1034, 1290]);
const failingMs = 10_000;
/** So long nothing is tried again after a failed sync, in ms. */
const restMs = 100;

const failure = (cause: unknown) => new ElizadError('storage-failed', {}, { cause });

/** Gives what the disk refuses as `storage-failed`. */
export function refuseAs(onRefused: (errcode: number) => void = () => {}): Run {
  return (use) => {
    try {
      return use();
    } catch (cause) {
      onRefused((cause as { errcode?: number }).errcode ?? 0);
      throw failure(cause);
    }
  };
}

/** `paths` are the files that have to stay where they are; `onErased` is called after a statement that erases. */
export function guardDisk(
  file: DatabaseSync,
  { paths, onErased, onTrouble }: { paths: string[]; onErased(): void; onTrouble(trouble: DiskTrouble): void },
): DiskGuard {
  let failedAt = Number.NEGATIVE_INFINITY;
  let state: 'well' | 'unsynced' | 'lost' = 'well';
  let triedAt = Number.NEGATIVE_INFINITY;
  let isDamageTold = false;
  const places = createPlaces(paths);

  const run = refuseAs((errcode) => {
    if (ofTheDisk.has(errcode & 0xff)) failedAt = performance.now();
    if (ofDamage.has(errcode & 0xff) && !isDamageTold) {
      isDamageTold = true;
      onTrouble('corrupt');
    }
    if (!ofSync.has(errcode) || state !== 'well') return;
    state = 'unsynced';
    triedAt = performance.now();
    onTrouble('sync-failed');
  });

  /** With each commit the first of the files alone: it is where messages are, and a look at each costs some µs. */
  function assertInPlace(howMany = 1): void {
    if (state !== 'lost' && places.areThere(howMany)) return;
    if (state !== 'lost') onTrouble('lost');
    state = 'lost';
    throw failure(new Error('the files of the store were deleted, moved or replaced'));
  }

  function assertSynced(): void {
    if (state !== 'unsynced') return;
    if (performance.now() - triedAt < restMs || !writeLogBack()) throw failure(new Error('a sync has failed'));
    state = 'well';
    onTrouble('synced-again');
  }

  /** New writes to another file, and a sync of that: what the failed one has left unwritten in the log matters no more. */
  function writeLogBack(): boolean {
    triedAt = performance.now();
    try {
      return emptyLog(file);
    } catch {
      failedAt = performance.now();
      return false;
    }
  }

  const store: Run = (use) => {
    if (!file.isTransaction) assertSynced();
    const result = run(use);
    // It is stored, but perhaps where nobody will look for it. Within a transaction the commit tells.
    if (!file.isTransaction) assertInPlace();
    return result;
  };

  return {
    run,
    runOf(sql) {
      if (/^(select|pragma|rollback|explain)\b/i.test(sql)) return run;
      if (!isErasing(sql)) return store;
      return (use) => {
        const result = store(use);
        // Where nothing was there to be erased, nothing is left of it.
        if (Number((result as { changes?: number | bigint }).changes) !== 0) onErased();
        return result;
      };
    },
    isFailing: () => state !== 'well' || performance.now() - failedAt < failingMs,
    look() {
      try {
        if (file.isTransaction) return;
        assertInPlace(paths.length);
        assertSynced();
      } catch {
        // Told already.
      }
    },
  };
}

/** Whether files are those that they were: the same ones under the same names. */
function createPlaces(paths: string[]): { areThere(howMany: number): boolean } {
  const identify = (path: string) => {
    const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
    return stats && `${stats.dev}:${stats.ino}`;
  };
  let known: (string | undefined)[] | undefined;
  // Some file systems give a file another number each time.
  let areStable = true;
  return {
    areThere(howMany) {
      if (!known) {
        known = paths.map(identify);
        areStable = paths.every((path, index) => identify(path) === known?.[index]);
      }
      const now = paths.slice(0, howMany).map(identify);
      return now.every((id, index) => id !== undefined && (!areStable || id === known?.[index]));
    },
  };
}
