/** The agents of a store: mostly one, its own. No secret is stored: core puts the whole environment among them. */

import { tablesOfAgents } from './engine/schema.ts';
import type { Store } from './engine/store.ts';
import {
  change,
  makeId,
  readJson,
  succeeds,
  toId,
  toJson,
  toMs,
  toMsOrNow,
  toOptionalId,
  type Value,
} from './engine/values.ts';
import type { Agent, Fields, Id } from './types.ts';

type Row = { [column: string]: string } & { enabled: number; created_at: number; updated_at: number };

/** JSON columns by the field of an agent, with what stands where the field is not given. */
const documents = {
  bio: ['bio', '[]'],
  messageExamples: ['message_examples', '[]'],
  postExamples: ['post_examples', '[]'],
  topics: ['topics', '[]'],
  adjectives: ['adjectives', '[]'],
  knowledge: ['knowledge', '[]'],
  plugins: ['plugins', '[]'],
  settings: ['settings', '{}'],
  style: ['style', '{}'],
} as const;
const fields = Object.entries(documents) as [keyof typeof documents, readonly [string, string]][];

export function createAgents(store: Store) {
  const find = (id: Id): Row | undefined => store.find<Row>('SELECT * FROM agents WHERE id = ?', toId(id));

  function insert(agent: Agent): void {
    const columns: Record<string, Value> = {
      id: toOptionalId(agent.id) ?? makeId(),
      enabled: Number(agent.enabled ?? true),
      created_at: toMsOrNow(agent.createdAt),
      updated_at: toMsOrNow(agent.updatedAt),
      name: agent.name ?? null,
      username: agent.username ?? null,
      system: agent.system === undefined ? '' : agent.system,
      ...toColumns(agent, true),
    };
    const names = Object.keys(columns);
    store.run(
      `INSERT INTO agents (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
      ...Object.values(columns),
    );
  }

  return {
    async getAgent(agentId: Id) {
      const row = find(agentId);
      return row ? toAgent(row) : null;
    },

    async getAgents() {
      const rows = store.all<Row>('SELECT id, name, bio FROM agents ORDER BY rowid');
      return rows.map(({ id = '', name = '', bio = null }) => ({ id, name, bio: readJson(bio) ?? '' }));
    },

    /** False where there is one with that id already, or what it is given as is no agent. */
    async createAgent(agent: Agent): Promise<boolean> {
      return succeeds(() => {
        if (agent.id && find(agent.id)) return false;
        insert(agent);
        return true;
      });
    },

    /** Settings are merged into those that are stored: null removes one. False where a value is none for its column. */
    async updateAgent(agentId: Id, agent: Agent): Promise<boolean> {
      return succeeds(() => {
        const { settings, createdAt, updatedAt } = agent;
        const kept = settings ? readJson(find(agentId)?.settings ?? null) : {};
        const merged = settings ? { ...agent, settings: (mergeSettings(kept, settings) ?? {}) as Fields } : agent;
        const columns = {
          id: change(agent.id, toId),
          enabled: change(agent.enabled, Number),
          created_at: typeof createdAt === 'number' && createdAt !== 0 ? toMs(createdAt) : undefined,
          updated_at: typeof updatedAt === 'number' ? toMsOrNow(updatedAt) : Date.now(),
          name: agent.name,
          username: agent.username,
          system: agent.system,
          ...toColumns(merged, false),
        };
        store.update('agents', columns, 'id = ?', toId(agentId));
        return true;
      });
    },

    /** Deletes it with everything that belongs to it. False where there is none. */
    async deleteAgent(agentId: Id): Promise<boolean> {
      const id = toId(agentId);
      store.flush();
      return store.transact(() => {
        for (const table of tablesOfAgents) store.run(`DELETE FROM ${table} WHERE agent_id = ?`, id);
        store.shift();
        return store.run('DELETE FROM agents WHERE id = ?', id) > 0;
      });
    },

    async countAgents(): Promise<number> {
      return store.find<{ count: number }>('SELECT count(*) AS count FROM agents')?.count ?? 0;
    },
  };
}

function toColumns(agent: Agent, isNew: boolean): Record<string, Value> {
  const columns: Record<string, Value> = {};
  for (const [field, [column, initial]] of fields) {
    const value = field === 'settings' ? withoutSecrets(agent.settings) : agent[field];
    if (value !== undefined) columns[column] = toJson(value);
    else if (isNew) columns[column] = initial;
  }
  return columns;
}

function withoutSecrets(settings: Fields | null | undefined): Fields | null | undefined {
  if (typeof settings !== 'object' || settings === null || !('secrets' in settings)) return settings;
  const { secrets: _, ...others } = settings;
  return others;
}

function toAgent(row: Row) {
  const { id = '', name = '', username, system, enabled, created_at: createdAt, updated_at: updatedAt } = row;
  const read = (field: keyof typeof documents): unknown => readJson(row[documents[field][0]] ?? null);
  return {
    id,
    enabled: enabled !== 0,
    server_id: null,
    createdAt,
    updatedAt,
    name,
    username: username || '',
    system: system || undefined,
    bio: read('bio') || '',
    messageExamples: read('messageExamples'),
    postExamples: read('postExamples'),
    topics: read('topics'),
    adjectives: read('adjectives'),
    knowledge: read('knowledge'),
    plugins: read('plugins'),
    settings: read('settings') as Fields,
    style: read('style'),
  };
}

/** Objects are merged at any depth, null removes, and an object of which nothing is left goes with it. */
function mergeSettings(kept: unknown, given: unknown): unknown {
  if (given === null) return undefined;
  if (!isObject(given)) return given;
  const merged: Fields = isObject(kept) ? { ...kept } : {};
  for (const [key, value] of Object.entries(given)) {
    const result = isObject(value) ? mergeSettings(merged[key], value) : value;
    if (result === null || (result === undefined && isObject(value))) delete merged[key];
    else merged[key] = result;
  }
  return Object.keys(merged).length === 0 && Object.keys(given).length > 0 ? undefined : merged;
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
