/** A copy of a damaged store, as far as it can be opened: with all that its write-ahead log has, and in the newest form. */
import { chmodSync, constants, copyFileSync, existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathOfStore, pathOfWal } from '../engine/sqlite/before-opening.ts';
import { type Guard, openConnection } from '../engine/sqlite/connection.ts';
import { StoreError } from '../engine/sqlite/data-lock.ts';
import { migrate } from '../engine/sqlite/migrations/migrations.ts';
import { scanWal, type WalDamage } from '../engine/sqlite/wal.ts';
import type { Tables } from '../schema/tables.ts';
import { type Applied, applyWal } from './wal-apply.ts';

export type Source = {
  file: DatabaseSync;
  /** What was wrong with its write-ahead log. */
  wal: (WalDamage & Applied) | undefined;
};

/** Its errors are SQLite's own. */
export const unguarded: Guard = { run: (use) => use(), runOf: () => unguarded.run };

/** In a directory of its own. Throws `StoreError` where nothing can be read. */
export async function openSource(dataDir: string, directory: string): Promise<Source> {
  const path = join(directory, 'elizad.sqlite');
  if (existsSync(pathOfStore(dataDir))) copyFileSync(pathOfStore(dataDir), path, constants.COPYFILE_FICLONE);
  else writeFileSync(path, '');
  chmodSync(path, 0o600);
  const scan = scanWal(pathOfWal(dataDir));
  const applied = scan && scan.frames > 0 ? applyWal(pathOfWal(dataDir), scan, path) : undefined;
  const file = openCopy(dataDir, path);
  try {
    await renew(file, directory);
  } catch (error) {
    file.close();
    throw error;
  }
  return { file, wal: scan?.damage && applied && { ...scan.damage, ...applied } };
}

function openCopy(dataDir: string, path: string): DatabaseSync {
  let why = 'it is empty';
  if (statSync(path).size > 0) {
    const file = new DatabaseSync(path, { defensive: false });
    try {
      // Then it is opened also where it is shorter than it was, and as far as its list of tables can be read.
      file.exec('pragma writable_schema = on; pragma temp_store = memory');
      if (file.prepare("select 1 from sqlite_schema where name = 'messages'").get()) return file;
      why = 'it has no messages';
    } catch (error) {
      why = (error as Error).message;
    }
    file.close();
  }
  throw new StoreError(`The store in ${dataDir} cannot be read (${why}). Nothing was created.`);
}

/** Brings it up to date, where that can be done: of an older one that is damaged, the columns are read that it has. */
async function renew(file: DatabaseSync, directory: string): Promise<void> {
  try {
    await migrate(openConnection<Tables>(file, unguarded).db, directory);
  } catch (error) {
    if (file.isTransaction) file.exec('rollback');
    const { message } = error as Error;
    if (/^it is from a newer elizad/.test(message)) throw new StoreError(`The store cannot be copied: ${message}.`);
  }
}
