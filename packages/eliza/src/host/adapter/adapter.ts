/**
 * What @elizaos/core calls a database adapter, over one SQLite file for each agent, with the semantics of plugin-sql. What it
 * holds is derived: messages and rooms are elizad's own, and this is what an agent and its plugins remember of them.
 */
import { createAgents } from './agents.ts';
import { createCache } from './cache.ts';
import { createComponents } from './components.ts';
import { createStore, type Store } from './engine/store.ts';
import { toId } from './engine/values.ts';
import { createEntities } from './entities.ts';
import { createLogs } from './logs/logs.ts';
import { createMemories } from './memories/memories.ts';
import { createSimilarTexts } from './memories/similar-texts.ts';
import { createParticipants } from './participants.ts';
import { createRelationships } from './relationships.ts';
import { createRooms, createWorlds } from './rooms.ts';
import { createTasks } from './tasks.ts';
import { createUsers } from './users.ts';

export type Adapter = ReturnType<typeof createSubjects> &
  ReturnType<typeof createLife> & {
    /** Throws: there is no drizzle here. */
    readonly db: never;
  };

const withoutDrizzle =
  'this project’s store is SQLite, without drizzle: a plugin that needs runtime.db, or has a schema, needs @elizaos/plugin-sql';

/** Opens the file, and makes it where there is none. Throws, in words for the operator, where it cannot be used. */
export function createAdapter({ file, agentId }: { file: string; agentId: string }): Adapter {
  const store = createStore({ file, agentId: toId(agentId) });
  store.open();
  const adapter = { ...createSubjects(store), ...createLife(store) };
  // Not listed: to copy or print an adapter must not throw.
  return Object.defineProperty(adapter, 'db', {
    enumerable: false,
    get(): never {
      throw new Error(withoutDrizzle);
    },
  }) as Adapter;
}

function createSubjects(store: Store) {
  const entities = createEntities(store);
  return {
    ...createAgents(store),
    ...entities,
    ...createComponents(store),
    ...createMemories(store),
    ...createSimilarTexts(store),
    ...createWorlds(store),
    ...createRooms(store),
    ...createParticipants(store, entities),
    ...createRelationships(store),
    ...createCache(store),
    ...createTasks(store),
    ...createLogs(store),
    ...createUsers(store),
  };
}

function createLife(store: Store) {
  return {
    async initialize(_config?: unknown): Promise<void> {
      store.open();
    },
    /** Opens it again after `close`. */
    async init(): Promise<void> {
      store.open();
    },
    async isReady(): Promise<boolean> {
      return store.isOpen();
    },
    async close(): Promise<void> {
      store.close();
    },
    /** Nothing to do: the tables are made when the file is opened, and a plugin with tables of its own has another store. */
    async runPluginMigrations(_plugins?: unknown, _options?: unknown): Promise<void> {},
    async runMigrations(_paths?: unknown): Promise<void> {},
    async getConnection(): Promise<never> {
      throw new Error(withoutDrizzle);
    },
    /** Who asks narrows nothing: the file is that of one agent, in a process of its own. */
    async withEntityContext<T>(_entityId: string | null, work: () => Promise<T>): Promise<T> {
      return work();
    },
  };
}
