/** Entities: people and agents, with their components. */
import { type ComponentRow, toFullComponent } from './components.ts';
import type { Store } from './engine/store.ts';
import { change, isOneOf, readJson, succeeds, toId, toJson, toMs, toTexts } from './engine/values.ts';
import type { Entity, Id } from './types.ts';

type Row = { id: string; agent_id: string; created_at: number; names: string; metadata: string };

export function createEntities(store: Store) {
  const listComponents = (entityId: Id) =>
    store
      .all<ComponentRow>('SELECT * FROM components WHERE entity_id = ? ORDER BY rowid', entityId)
      .map((row) => ({ ...toFullComponent(row), createdAt: new Date(row.created_at) }));

  return {
    /** Those that exist, with their components. */
    async getEntitiesByIds(entityIds: readonly Id[]) {
      const [condition, ids] = isOneOf('id', entityIds);
      const rows = store.all<Row>(`SELECT * FROM entities WHERE ${condition} ORDER BY rowid`, ids);
      return rows.map((row) => ({ ...toEntity(row), components: listComponents(row.id) }));
    },

    async getEntitiesForRoom(roomId: Id, includeComponents?: boolean) {
      const rows = store.all<Row>(
        `SELECT entities.* FROM participants JOIN entities ON entities.id = participants.entity_id
         WHERE participants.room_id = ? AND entities.agent_id = ? ORDER BY participants.rowid`,
        toId(roomId),
        store.agentId,
      );
      return rows.map((row) => ({
        ...toEntity(row),
        components: includeComponents ? listComponents(row.id) : undefined,
      }));
    },

    /** Those that exist already stay as they are. All or none: false where one is no entity. */
    async createEntities(entities: readonly Entity[]): Promise<boolean> {
      return succeeds(() =>
        store.transact(() => {
          for (const { id, agentId, createdAt, names, metadata } of entities)
            store.run(
              `INSERT INTO entities (id, agent_id, created_at, names, metadata) VALUES (?, ?, ?, ?, ?)
               ON CONFLICT (id) DO NOTHING`,
              toId(id),
              toId(agentId),
              createdAt === undefined ? Date.now() : toMs(createdAt),
              JSON.stringify(toTexts(names)),
              toJson(metadata || {}),
            );
          return entities.length > 0;
        }),
      );
    },

    /** Names and metadata are replaced: without them, they are empty. */
    async updateEntity({ id, agentId, createdAt, names, metadata }: Entity): Promise<void> {
      const columns = {
        agent_id: change(agentId, toId),
        created_at: change(createdAt, toMs),
        names: JSON.stringify(toTexts(names)),
        metadata: toJson(metadata || {}),
      };
      store.update('entities', columns, 'id = ?', toId(id));
    },

    async deleteEntity(entityId: Id): Promise<void> {
      store.flush();
      store.run('DELETE FROM entities WHERE id = ?', toId(entityId));
      store.shift();
    },

    async getEntitiesByNames({ names, agentId }: { names: readonly string[]; agentId: Id }) {
      const rows = store.all<Row>(
        `SELECT * FROM entities WHERE agent_id = ? AND EXISTS
         (SELECT 1 FROM json_each(names) WHERE value IN (SELECT value FROM json_each(?))) ORDER BY rowid`,
        toId(agentId),
        JSON.stringify(names),
      );
      return rows.map(toEntity);
    },

    /** Those with a name that has the text in it, in any case; without a text, any. */
    async searchEntitiesByName({ query, agentId, limit = 10 }: { query: string; agentId: Id; limit?: number }) {
      const wanted = query.trim() === '' ? '' : query.toLowerCase();
      return store
        .all<Row>('SELECT * FROM entities WHERE agent_id = ? ORDER BY rowid', toId(agentId))
        .map(toEntity)
        .filter(({ names }) => wanted === '' || names.some((name) => name.toLowerCase().includes(wanted)))
        .slice(0, limit);
    },
  };
}

const toEntity = (row: Row) => ({
  id: row.id,
  agentId: row.agent_id,
  createdAt: new Date(row.created_at),
  names: JSON.parse(row.names) as string[],
  metadata: readJson(row.metadata),
});
