/**
 * Opens databases of a store only to look at them. SQLite writes beside a database whatever is done with it: the index of its
 * log, and at the end it writes the log back. So it is given another name for the same file, and a copy of the log.
 */
import { copyFileSync, existsSync, linkSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export type Look = {
  readonly file: DatabaseSync;
  close(): void;
};

const prefix = 'elizad.sqlite-look-';

/** What a look that was killed has left. */
export function removeOldLooks(dataDir: string): void {
  for (const name of readdirSync(dataDir))
    if (name.startsWith(prefix)) rmSync(join(dataDir, name), { recursive: true, force: true });
}

/** Throws what SQLite does where the file is no database. */
export function lookAt(dataDir: string, name: string): Look {
  const directory = mkdtempSync(join(dataDir, prefix));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  try {
    const path = join(directory, name);
    // Of a link, where it leads: SQLite goes there too, and writes beside it.
    const from = realpathSync(join(dataDir, name));
    link(from, path);
    if (existsSync(`${from}-wal`)) copyFileSync(`${from}-wal`, `${path}-wal`);
    const file = new DatabaseSync(path, { readOnly: true });
    const close = () => {
      file.close();
      remove();
    };
    return { file, close };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Not every file system has two names for one file. */
export function link(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}
