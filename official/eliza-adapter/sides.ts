/**
 * The two that are compared: plugin-sql on PGlite in memory, as it is on npm, and the adapter of packages/eliza on a file.
 * Both are emptied between sequences.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createAdapter } from '../../packages/eliza/src/host/adapter/adapter.ts';
import { installTools } from '../support/install-tools.ts';
import { agentId, agents } from './pools.ts';

/** What is called by its name. */
export type Callable = { readonly [method: string]: (...args: unknown[]) => Promise<unknown> };
export type Side = {
  readonly name: string;
  readonly adapter: Callable;
  reset(): Promise<void>;
  close(): Promise<void>;
};

type Drizzle = { execute(sql: string): Promise<unknown> };
type PluginSql = {
  createDatabaseAdapter(config: { dataDir: string }, agentId: string): Callable & { db: Drizzle };
  DatabaseMigrationService: new () => {
    initializeWithDatabase(db: Drizzle): Promise<void>;
    registerSchema(name: string, schema: unknown): void;
    runAllPluginMigrations(): Promise<void>;
  };
  default: { schema: unknown };
};

/** What is deleted stays in the way until it is swept: after so many sequences. */
const betweenSweeps = 25;

/** In memory, or in a directory of PGlite. One at a time in a process. */
export async function openPluginSql(dataDir = 'memory://'): Promise<Side & { readonly db: Drizzle }> {
  // Before core is loaded, which reads it then.
  process.env.LOG_LEVEL ??= 'fatal';
  const path = join(installTools('eliza-adapter'), 'node_modules/@elizaos/plugin-sql/dist/node/index.node.js');
  const plugin = (await import(pathToFileURL(path).href)) as PluginSql;
  const adapter = plugin.createDatabaseAdapter({ dataDir }, agentId);
  const { db } = adapter;
  const migration = new plugin.DatabaseMigrationService();
  await migration.initializeWithDatabase(db);
  migration.registerSchema('@elizaos/plugin-sql', plugin.default.schema);
  await migration.runAllPluginMigrations();
  // It waits for seconds and then tries what has failed again, with the same result.
  Object.assign(adapter, { maxRetries: 1 });
  let resets = 0;
  return {
    name: 'plugin-sql',
    adapter,
    db,
    async reset() {
      await db.execute('DELETE FROM agents');
      await adapter.ensureEmbeddingDimension?.(384);
      resets += 1;
      if (resets % betweenSweeps === 0) await db.execute('VACUUM');
    },
    async close() {
      await adapter.close?.();
    },
  };
}

export function openOurs(folder: string): Side {
  const adapter = createAdapter({ file: join(folder, 'agent.db'), agentId });
  return {
    name: 'elizad-eliza',
    adapter: adapter as unknown as Callable,
    /** As there: what is left when the agents are gone would be seen in the next sequence. */
    async reset() {
      for (const id of agents) await adapter.deleteAgent(id);
      await adapter.ensureEmbeddingDimension(384);
    },
    close: () => adapter.close(),
  };
}
