/** The cache of an agent: values by key, until they are deleted. */
import type { Store } from './engine/store.ts';
import { readJson, succeeds, toJson } from './engine/values.ts';

export function createCache(store: Store) {
  return {
    async getCache<T>(key: string): Promise<T | undefined> {
      const sql = 'SELECT value FROM cache WHERE key = ? AND agent_id = ?';
      const row = store.find<{ value: string }>(sql, key, store.agentId);
      return row ? (readJson(row.value) as T) : undefined;
    },

    /** False where the value is null, undefined, or nothing that JSON can say. */
    async setCache<T>(key: string, value: T): Promise<boolean> {
      return succeeds(() => {
        store.run(
          `INSERT INTO cache (key, agent_id, value, created_at) VALUES (?, ?, ?, ?)
           ON CONFLICT (key, agent_id) DO UPDATE SET value = excluded.value`,
          key,
          store.agentId,
          toJson(value),
          Date.now(),
        );
        return true;
      });
    },

    /** True also where there was none. */
    async deleteCache(key: string): Promise<boolean> {
      return succeeds(() => {
        store.run('DELETE FROM cache WHERE key = ? AND agent_id = ?', key, store.agentId);
        return true;
      });
    },
  };
}
