/** Loads a package that plugin-sql depends on, as plugin-sql would: elizad itself has neither PGlite nor a client of Postgres. */
import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { sqlPluginName } from '../host/load/plugins.ts';
import { findPackage, resolveFrom } from '../host/load/resolve.ts';
import { Unusable, wordsOf } from '../host/load/unusable.ts';

export async function loadLibrary<Library>(directory: string, name: string): Promise<Library> {
  const plugin = findPackage(directory, sqlPluginName);
  const places = [...(plugin ? [realpathSync(plugin)] : []), directory];
  let problem = `${sqlPluginName} is not installed`;
  for (const place of places) {
    try {
      return (await import(pathToFileURL(resolveFrom(place, name)).href)) as Library;
    } catch (error) {
      problem = wordsOf(error);
    }
  }
  throw new Unusable(
    `${name} of the project could not be loaded (${problem}): run npm install in ${directory}, with ${sqlPluginName} among its dependencies`,
  );
}
