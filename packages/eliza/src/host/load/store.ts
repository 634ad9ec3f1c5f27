/** Where an agent keeps what its plugins remember: our own SQLite file, or plugin-sql where the project cannot do without. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createAdapter } from '../adapter/adapter.ts';
import type { Plugin } from '../core.ts';
import { speakOlderCore } from './older-core.ts';
import { sqlPluginName } from './plugins.ts';
import { resolveFrom } from './resolve.ts';
import { Unusable, wordsOf } from './unusable.ts';

export type Store = {
  /** Must be the first of the plugins: it registers the adapter before any other is initialized. */
  plugin(agentId: string): Plugin;
  /** In words. */
  readonly description: string;
};

/** `plugins`: those of all agents of the project, which share a database where they need one. */
export async function chooseStore(
  coreVersion: string,
  directory: string,
  dataDir: string,
  plugins: readonly Plugin[],
): Promise<Store> {
  const isOlder = coreVersion.startsWith('1.6.');
  const reason = findNeedOfSql(plugins);
  if (reason === undefined)
    return {
      plugin: (agentId) => createSqlitePlugin(join(dataDir, `${agentId}.db`), agentId, isOlder),
      description: 'SQLite',
    };
  const plugin = await openSql(directory, reason);
  const place = process.env.POSTGRES_URL ? 'Postgres' : 'PGlite, in the directory of the project';
  return { plugin: () => plugin, description: `${place}, because ${reason}` };
}

function findNeedOfSql(plugins: readonly Plugin[]): string | undefined {
  const withSchema = plugins.find(({ schema }) => typeof schema === 'object' && schema !== null);
  if (withSchema) return `the plugin ${withSchema.name} brings tables of its own`;
  const withDrizzle = plugins.find((plugin) => usesDrizzle(plugin));
  if (withDrizzle) return `the plugin ${withDrizzle.name} uses runtime.db`;
  return process.env.POSTGRES_URL ? 'the project sets POSTGRES_URL' : undefined;
}

const drizzleUse = /\b(?:runtime\w*|adapter)\??\.db\b(?!\s*=[^=])/;

/** The source of its functions is all that can be known of it before it runs. */
function usesDrizzle(plugin: Plugin): boolean {
  const seen = new Set<unknown>();
  const visit = (value: unknown, depth: number): boolean => {
    if (depth > 4 || seen.has(value)) return false;
    if (typeof value === 'function') {
      seen.add(value);
      return drizzleUse.test(Function.prototype.toString.call(value));
    }
    if (typeof value !== 'object' || value === null) return false;
    seen.add(value);
    return Object.values(value).some((one) => visit(one, depth + 1));
  };
  return visit(plugin, 0);
}

/** Under the name of plugin-sql, so that a plugin that depends on that one finds it there. */
const createSqlitePlugin = (file: string, agentId: string, isOlder: boolean): Plugin => ({
  name: sqlPluginName,
  description: 'Keeps what the agent remembers in SQLite.',
  init(_config, runtime) {
    const adapter = createAdapter({ file, agentId });
    runtime.registerDatabaseAdapter(isOlder ? speakOlderCore(adapter) : adapter);
  },
});

type SqlLibrary = {
  readonly plugin?: Plugin;
  readonly default?: Plugin;
  createDatabaseAdapter(
    config: { dataDir?: string; postgresUrl?: string },
    agentId: string,
  ): { init(): Promise<void>; getDatabase?(): unknown; readonly db?: unknown };
  readonly DatabaseMigrationService: new () => {
    initializeWithDatabase(database: unknown): Promise<void>;
    discoverAndRegisterPluginSchemas(plugins: readonly Plugin[]): void;
    runAllPluginMigrations(): Promise<void>;
  };
};

const noAgent = '00000000-0000-0000-0000-000000000000';

/** Core reads the table of agents before it makes the tables, so they are made here first. */
async function openSql(directory: string, reason: string): Promise<Plugin> {
  try {
    const library = (await import(pathToFileURL(resolveFrom(directory, sqlPluginName)).href)) as SqlLibrary;
    const plugin = library.plugin ?? library.default;
    if (!plugin) throw new Error('it exports no plugin');
    const { PGLITE_DATA_DIR: dataDir, POSTGRES_URL: postgresUrl } = process.env;
    const adapter = library.createDatabaseAdapter({ dataDir, postgresUrl }, noAgent);
    await adapter.init();
    const migrations = new library.DatabaseMigrationService();
    await migrations.initializeWithDatabase(adapter.getDatabase?.() ?? adapter.db);
    migrations.discoverAndRegisterPluginSchemas([plugin]);
    await migrations.runAllPluginMigrations();
    return plugin;
  } catch (error) {
    throw new Unusable(
      `${sqlPluginName} is needed, because ${reason}, and could not be opened (${wordsOf(error)}): install it in the project, and look whether another process has its database open`,
    );
  }
}
