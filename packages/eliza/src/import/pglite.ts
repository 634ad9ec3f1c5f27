/** A directory of PGlite as the source, by the project's own PGlite: it would write to what it opens, so it gets a copy. */
import { cpSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Unusable, wordsOf } from '../host/load/unusable.ts';
import { loadLibrary } from './library.ts';
import { readInOneMoment, type Source } from './source.ts';
import { findUser } from './users-of.ts';

type Database = {
  readonly waitReady: Promise<void>;
  query(sql: string, values?: readonly unknown[]): Promise<{ readonly rows: unknown }>;
  close(): Promise<void>;
};
type Library = { readonly PGlite: new (options: { dataDir: string; extensions: object }) => Database };

export async function openPglite(directory: string, place: string, scratch: string): Promise<Source> {
  const { PGlite } = await loadLibrary<Library>(directory, '@electric-sql/pglite');
  const { vector } = await loadLibrary<{ vector: object }>(directory, '@electric-sql/pglite/vector');
  const contrib = '@electric-sql/pglite/contrib/fuzzystrmatch';
  const { fuzzystrmatch } = await loadLibrary<{ fuzzystrmatch: object }>(directory, contrib);
  const copy = copyAtRest(place, scratch);
  try {
    const database = new PGlite({ dataDir: copy, extensions: { vector, fuzzystrmatch } });
    await database.waitReady;
    return await readInOneMoment({
      name: place,
      query: (sql, values) => database.query(sql, values),
      close: () => database.close(),
    });
  } catch (error) {
    throw new Unusable(
      `${place} could not be opened (${wordsOf(error)}): install in the project the version of @elizaos/plugin-sql that wrote it`,
    );
  }
}

/** Half of it from before a write and half from after it would be no database. */
function copyAtRest(place: string, scratch: string): string {
  const isOpenIn = findUser(place);
  if (isOpenIn !== undefined)
    throw new Unusable(`process ${isOpenIn} has ${place} open: stop the project (elizaos, or elizad), then import`);
  const before = describeFiles(place);
  const copy = join(scratch, 'pglite');
  cpSync(place, copy, { recursive: true });
  if (describeFiles(place) !== before)
    throw new Unusable(`${place} changed while it was copied: stop the project (elizaos, or elizad), then import`);
  return copy;
}

function describeFiles(place: string): string {
  const files = readdirSync(place, { recursive: true, encoding: 'utf8' }).sort();
  return files
    .map((file) => {
      const { size, mtimeMs } = lstatSync(join(place, file));
      return `${file} ${size} ${mtimeMs}`;
    })
    .join('\n');
}
