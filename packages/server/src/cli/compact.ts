/** `elizad compact`: the store is written anew while no server runs, so that nothing that was deleted is left in it. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { readEnvironment, readSettings } from '../config.ts';
import { StoreError } from '../storage/engine/sqlite/data-lock.ts';
import { compactSqlite } from '../storage/engine/sqlite/sqlite.ts';
import { refuse } from './refuse.ts';

export async function compact(data: string | undefined): Promise<void> {
  try {
    const { dataDir } = readSettings({ env: readEnvironment(), flags: { dataDir: data } });
    const before = measure(dataDir);
    await compactSqlite(dataDir);
    process.stdout.write(`elizad: ${dataDir} was rewritten: ${before} MB before, ${measure(dataDir)} MB now.\n`);
  } catch (error) {
    refuse(error);
  }
}

/** Throws `StoreError` where there is no store: none is made. */
function measure(dataDir: string): string {
  const stat = statSync(join(dataDir, 'elizad.sqlite'), { throwIfNoEntry: false });
  if (!stat)
    throw new StoreError(`ELIZAD_DATA: ${dataDir} contains no store. Set it to the data directory of a server.`);
  return (stat.size / 1_000_000).toFixed(1);
}
