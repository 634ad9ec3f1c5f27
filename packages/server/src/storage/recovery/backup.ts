/** A copy of a store as it is at one moment, also while a server runs on it: the database, uploaded files, and the kept log. */
import { constants, copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { prepareDataDir, syncPath } from '../disk/data-dir.ts';
import { pathOfStore } from '../engine/sqlite/before-opening.ts';
import { StoreError } from '../engine/sqlite/data-lock.ts';
import { hasLog, pathOfLog } from '../engine/sqlite/log-file.ts';
import { busyMs } from '../engine/sqlite/scrub.ts';
import { assertStore, megabytes } from './check.ts';
import { assertNew, fillNew } from './new-directory.ts';
import { hasBytes, pathOfFile } from './uploads.ts';

export type Backup = { messages: number; rooms: number; files: number };

/**
 * Copies the store of a directory into another one, which must not be there or be empty. A server that runs waits for
 * nothing; its write-ahead log grows until the database is read. Throws `StoreError`, and takes away again what it has made.
 */
export async function backUp(dataDir: string, to: string, onStep: (what: string) => void): Promise<Backup> {
  assertStore(dataDir);
  assertNew(to);
  return fillNew(to, () => fill(dataDir, to, onStep));
}

function fill(dataDir: string, to: string, onStep: (what: string) => void): Backup {
  prepareDataDir(to);
  try {
    onStep(`copying the database (${megabytes(pathOfStore(dataDir))})`);
    copyDatabase(pathOfStore(dataDir), pathOfStore(to));
    // Its lines are no promise: a backup without them is one.
    if (hasLog(dataDir)) copyDatabase(pathOfLog(dataDir), pathOfLog(to));
    onStep('copying uploaded files');
    return copyFiles(dataDir, to);
  } catch (cause) {
    throw new StoreError(
      `${dataDir} could not be copied to ${to} (${(cause as Error).message}). Nothing was created.`,
      {
        cause,
      },
    );
  }
}

/** Everything that is committed, in one read of the database, and nothing of what was deleted. */
function copyDatabase(from: string, to: string): void {
  const file = new DatabaseSync(from, { readOnly: true, timeout: busyMs });
  try {
    file.prepare('vacuum into ?').run(to);
  } finally {
    file.close();
  }
  syncPath(to);
}

/** Those that the copied rows name. After the rows: what is uploaded later is not named, what is deleted meanwhile may be gone. */
function copyFiles(dataDir: string, to: string): Backup {
  const file = new DatabaseSync(pathOfStore(to), { readOnly: true });
  try {
    const count = (table: string) => Number(file.prepare(`select count(*) as n from ${table}`).get()?.n);
    const directories = new Set([to]);
    let files = 0;
    for (const { stored_name, thumbnail } of file.prepare('select stored_name, thumbnail from files').iterate())
      for (const name of [stored_name, thumbnail]) {
        if (typeof name !== 'string' || !hasBytes(dataDir, name)) continue;
        const path = pathOfFile(to, name);
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
        directories.add(dirname(path)).add(join(to, 'files'));
        copyFileSync(pathOfFile(dataDir, name), path, constants.COPYFILE_FICLONE);
        syncPath(path);
        if (name === stored_name) files += 1;
      }
    for (const directory of directories) syncPath(directory);
    return { messages: count('messages'), rooms: count('channels'), files };
  } finally {
    file.close();
  }
}
