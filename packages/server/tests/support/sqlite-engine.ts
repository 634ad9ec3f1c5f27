/** New SQLite engines, many of them soon: each is a copy of a directory in which the tables were made once. */
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../../src/storage/engine/engine.ts';
import { openSqlite } from '../../src/storage/engine/sqlite/sqlite.ts';

/** Memory that looks like a disk, where there is some: nothing here is to outlive the process. */
const memory = '/dev/shm';

let made: Promise<string> | undefined;
let count = 0;

async function makeTemplate(): Promise<string> {
  const dir = mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), 'elizad-engine-'));
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  await (await openSqlite(join(dir, 'template'))).close();
  return dir;
}

/** Opens a new engine. Its directory is gone when it is closed. */
export async function openNewSqlite(): Promise<Engine> {
  made ??= makeTemplate();
  const dir = await made;
  count += 1;
  const own = join(dir, `engine-${count}`);
  cpSync(join(dir, 'template'), own, { recursive: true });
  const engine = await openSqlite(own);
  return {
    ...engine,
    async close() {
      await engine.close();
      rmSync(own, { recursive: true, force: true });
    },
  };
}
