/** One server for each data directory: a lock that the system drops by itself when the process dies, however it dies. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createPrivateFile } from '../../disk/data-dir.ts';

export type DataLock = { release(): void };

/** The data directory cannot be used; the message says why, and what to do. */
export class StoreError extends Error {}

export const pathOfLock = (dataDir: string): string => join(dataDir, 'server.lock');

/** Takes the lock or throws `StoreError`. The lock is SQLite's own on a file of its own, so no stale file can hold it. */
export function lockDataDir(dataDir: string): DataLock {
  const holder = join(dataDir, 'server.pid');
  const path = pathOfLock(dataDir);
  createPrivateFile(path);
  const lock = new DatabaseSync(path, { timeout: 0 });
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (!/locked|busy/i.test((error as Error).message)) throw error;
    throw new StoreError(
      `Another elizad (pid ${readHolder(holder)}) is using ${dataDir}. Stop it, or set ELIZAD_DATA to another directory.`,
    );
  }
  // Anew, because what is there may be a link that leads to a file of somebody's.
  rmSync(holder, { force: true });
  writeFileSync(holder, String(process.pid), { mode: 0o600, flag: 'wx' });
  return { release: () => lock.close() };
}

function readHolder(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
