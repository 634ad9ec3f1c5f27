/** `elizad.config.ts`: which file it is. What reads and checks it is loaded only where there is one. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findForeignHand, findForeignHandOn } from '../../settings/own-files.ts';
import { ConfigFileError, type LoadedConfig } from './loaded-config.ts';

const fileNames = ['elizad.config.ts', 'elizad.config.mts', 'elizad.config.js', 'elizad.config.mjs'];

const emptyConfig: LoadedConfig = {
  from: undefined,
  plugins: [],
  actions: [],
  contextSources: [],
  hooks: [],
  mcpServers: {},
};

/**
 * The config file `path`, or the one in `directory`, or an empty config when there is none. Throws `ConfigFileError`, also
 * for one that was only found and that somebody else may have written; of one that was named `warn` is told.
 * A file is evaluated once for each process.
 */
export async function loadConfigFile({
  path,
  directory,
  warn = () => {},
}: {
  path?: string | undefined;
  directory: string;
  warn?: (message: string) => void;
}): Promise<LoadedConfig> {
  const file = path === undefined ? findFile(directory) : resolve(directory, path);
  if (file === undefined) return emptyConfig;
  if (!existsSync(file)) throw new ConfigFileError(`ELIZAD_CONFIG: the file ${file} does not exist.`);
  const reason = path === undefined ? findForeignHandOn(file) : findForeignHand(file);
  if (reason !== undefined && path === undefined)
    throw new ConfigFileError(
      `${file} would be run, but other users can change it: ${reason}. Or name it with ELIZAD_CONFIG.`,
    );
  if (reason !== undefined) warn(`the named config file can be changed by other users: ${reason}`);
  const { importDefault, readConfig } = await import('./content.ts');
  return readConfig(await importDefault(file), file);
}

function findFile(directory: string): string | undefined {
  const found = fileNames.map((name) => join(resolve(directory), name)).filter((path) => existsSync(path));
  if (found.length > 1) throw new ConfigFileError(`Two config files: ${found.join(' and ')}. Keep one.`);
  return found[0];
}
