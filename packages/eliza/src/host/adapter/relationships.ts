/** Relationships between two entities: one for each pair and direction. */
import type { Store } from './engine/store.ts';
import { makeId, readJson, succeeds, toId, toJson } from './engine/values.ts';
import type { Id, Relationship } from './types.ts';

type Row = {
  id: string;
  source_entity_id: string;
  target_entity_id: string;
  agent_id: string;
  tags: string | null;
  metadata: string | null;
  created_at: number;
};
type Pair = { sourceEntityId: Id; targetEntityId: Id };

export function createRelationships(store: Store) {
  return {
    /** False where there is one already, or one of the entities does not exist. */
    async createRelationship({
      sourceEntityId,
      targetEntityId,
      tags,
      metadata,
    }: Pair & { tags?: string[]; metadata?: unknown }): Promise<boolean> {
      return succeeds(() => {
        store.run(
          `INSERT INTO relationships (id, source_entity_id, target_entity_id, agent_id, tags, metadata, created_at)
           VALUES (?, ?, ?, ?, ?, ?, ?)`,
          makeId(),
          toId(sourceEntityId),
          toId(targetEntityId),
          store.agentId,
          JSON.stringify(tags || []),
          toJson(metadata || {}),
          Date.now(),
        );
        return true;
      });
    },

    /** Replaces its tags and its metadata: without them, they are empty. */
    async updateRelationship({ id, tags, metadata }: Relationship): Promise<void> {
      const columns = { tags: JSON.stringify(tags || []), metadata: toJson(metadata || {}) };
      store.update('relationships', columns, 'id = ?', toId(id));
    },

    async getRelationship({ sourceEntityId, targetEntityId }: Pair): Promise<Relationship | null> {
      const sql =
        'SELECT * FROM relationships WHERE source_entity_id = ? AND target_entity_id = ? ORDER BY rowid LIMIT 1';
      const row = store.find<Row>(sql, toId(sourceEntityId), toId(targetEntityId));
      return row ? toRelationship(row) : null;
    },

    /** From the entity or to it; with tags, those that have one of them. */
    async getRelationships({ entityId, tags }: { entityId: Id; tags?: string[] }): Promise<Relationship[]> {
      const id = toId(entityId);
      const rows = store.all<Row>(
        'SELECT * FROM relationships WHERE source_entity_id = ? OR target_entity_id = ? ORDER BY rowid',
        id,
        id,
      );
      const all = rows.map(toRelationship);
      return tags && tags.length > 0 ? all.filter((one) => one.tags.some((tag) => tags.includes(tag))) : all;
    },
  };
}

const toRelationship = (row: Row): Relationship => ({
  id: row.id,
  sourceEntityId: row.source_entity_id,
  targetEntityId: row.target_entity_id,
  agentId: row.agent_id,
  tags: row.tags === null ? [] : (JSON.parse(row.tags) as string[]),
  metadata: readJson(row.metadata) ?? {},
  createdAt: new Date(row.created_at).toISOString(),
});
