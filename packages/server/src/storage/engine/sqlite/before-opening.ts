/**
 * What is looked at before SQLite opens a store: it takes a database that is missing or empty for a new one, and deletes the
 * write-ahead log beside it, where the last messages are; and it drops what stands behind a damaged place of that log.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { howToRun } from '../../../settings/how-to-run.ts';
import { StoreError } from './data-lock.ts';
import { scanWal } from './wal.ts';

export const pathOfStore = (dataDir: string): string => join(dataDir, 'elizad.sqlite');
export const pathOfWal = (dataDir: string): string => `${pathOfStore(dataDir)}-wal`;

/** Throws `StoreError` where something is left of a store, and its database is not there, or its log is damaged. */
export function assertWhole(dataDir: string): void {
  if (sizeOf(pathOfStore(dataDir)) > 0) assertLogWhole(dataDir);
  else assertNothingLeft(dataDir);
}

function assertLogWhole(dataDir: string): void {
  const damage = scanWal(pathOfWal(dataDir))?.damage;
  if (!damage) return;
  const { at, transactions } = damage;
  throw new StoreError(
    `ELIZAD_DATA: the write-ahead log in ${dataDir} (elizad.sqlite-wal) is damaged at byte ${at}, and SQLite would silently drop everything after it: ${transactions} ${transactions === 1 ? 'transaction' : 'transactions'}, which may hold acknowledged messages. To keep the readable parts: ${howToRun('recover', `<new directory> --data ${dataDir}`)}; or, to start without it, move the file elizad.sqlite-wal aside. Nothing was changed.`,
  );
}

function assertNothingLeft(dataDir: string): void {
  const log = sizeOf(pathOfWal(dataDir));
  const left = [
    ...(log > 0 ? [`its write-ahead log (elizad.sqlite-wal, ${(log / 1e6).toFixed(1)} MB)`] : []),
    ...(hasFiles(join(dataDir, 'files')) ? ['uploaded files (files)'] : []),
  ];
  if (left.length === 0) return;
  throw new StoreError(
    `ELIZAD_DATA: the database in ${dataDir} (elizad.sqlite) is missing or empty, but other parts of a store remain: ${left.join(', ')}. Restore the database, for example from a complete copy; or, to start from scratch, move ${dataDir} aside. Nothing was changed.`,
  );
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/** Whether something was ever uploaded: what is only half received has no owner. */
function hasFiles(directory: string): boolean {
  const entries = statSync(directory, { throwIfNoEntry: false })?.isDirectory()
    ? readdirSync(directory, { recursive: true, withFileTypes: true })
    : [];
  return entries.some((entry) => entry.isFile() && !entry.parentPath.endsWith('incoming'));
}
