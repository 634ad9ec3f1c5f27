/** Where a project keeps what it remembers: what was named, or what its `.env` says, or the place that plugin-sql takes. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Unusable } from '../host/load/unusable.ts';
import { openPglite } from './pglite.ts';
import { openPostgres } from './postgres.ts';
import { isAddress, type Source } from './source.ts';

/** `scratch`: where a copy may be made. */
export async function openSource(directory: string, from: string | undefined, scratch: string): Promise<Source> {
  const { POSTGRES_URL: address, PGLITE_DATA_DIR: ownDirectory } = process.env;
  const place = from ?? (address || toDirectory(directory, ownDirectory || join('.eliza', '.elizadb')));
  if (isAddress(place)) return openPostgres(directory, place);
  if (!existsSync(join(place, 'PG_VERSION')))
    throw new Unusable(
      `${place} is no directory of PGlite: name the one in which the project kept its memories with --from, or the address of its Postgres`,
    );
  return openPglite(directory, place, scratch);
}

/** As plugin-sql reads it: the tilde is the folder of the project, and the place of before leads to that of today. */
function toDirectory(directory: string, given: string): string {
  const path = resolve(directory, given.startsWith('~') ? `.${given.slice(1)}` : given);
  return path === join(directory, '.elizadb') ? join(directory, '.eliza', '.elizadb') : path;
}
