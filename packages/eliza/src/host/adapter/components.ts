/** Components: data of an entity, by type, and by world and source where they have one. */
import type { Store } from './engine/store.ts';
import { change, makeId, readJson, toId, toJson, toOptionalId, type Value } from './engine/values.ts';
import type { Component, Id } from './types.ts';

export type ComponentRow = {
  id: string;
  entity_id: string;
  agent_id: string;
  room_id: string;
  world_id: string | null;
  source_entity_id: string | null;
  type: string;
  data: string | null;
  created_at: number;
};

export function createComponents(store: Store) {
  function select(entityId: Id, type: string | undefined, worldId?: Id | null, sourceEntityId?: Id | null) {
    let sql = 'SELECT * FROM components WHERE entity_id = ?';
    const values: Value[] = [toId(entityId)];
    const narrow = (column: string, value: Value) => {
      sql += ` AND ${column} = ?`;
      values.push(value);
    };
    if (type !== undefined) narrow('type', type);
    if (worldId) narrow('world_id', toId(worldId));
    if (sourceEntityId) narrow('source_entity_id', toId(sourceEntityId));
    return store.all<ComponentRow>(`${sql} ORDER BY rowid`, ...values);
  }

  return {
    /** The oldest, where there are several. */
    async getComponent(entityId: Id, type: string, worldId?: Id, sourceEntityId?: Id) {
      const [row] = select(entityId, type, worldId, sourceEntityId);
      return row ? toComponent(row) : null;
    },

    async getComponents(entityId: Id, worldId?: Id, sourceEntityId?: Id) {
      return select(entityId, undefined, worldId, sourceEntityId).map(toComponent);
    },

    /** Throws where its entity, room, world or source does not exist, or there is one with that id. */
    async createComponent(component: Component): Promise<boolean> {
      store.run(
        `INSERT INTO components (id, entity_id, agent_id, room_id, world_id, source_entity_id, type, data, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        toOptionalId(component.id) ?? makeId(),
        toId(component.entityId),
        toId(component.agentId),
        toId(component.roomId),
        toOptionalId(component.worldId),
        toOptionalId(component.sourceEntityId),
        component.type ?? null,
        component.data === undefined ? '{}' : toJson(component.data),
        Date.now(),
      );
      return true;
    },

    /** What is not given stays as it is; its data are replaced. */
    async updateComponent(component: Component): Promise<void> {
      const columns = {
        entity_id: change(component.entityId, toId),
        agent_id: change(component.agentId, toId),
        room_id: change(component.roomId, toId),
        world_id: change(component.worldId, toId),
        source_entity_id: change(component.sourceEntityId, toId),
        type: component.type,
        data: change(component.data, toJson),
      };
      store.update('components', columns, 'id = ?', toId(component.id));
    },

    async deleteComponent(componentId: Id): Promise<void> {
      store.run('DELETE FROM components WHERE id = ?', toId(componentId));
    },
  };
}

/** As it is among those of an entity. */
export const toFullComponent = (row: ComponentRow) => ({
  id: row.id,
  entityId: row.entity_id,
  agentId: row.agent_id,
  roomId: row.room_id,
  worldId: row.world_id,
  sourceEntityId: row.source_entity_id,
  type: row.type,
  data: readJson(row.data),
  createdAt: row.created_at,
});

/** As it is given by itself: without a world or a source, their ids are empty texts. */
const toComponent = (row: ComponentRow) => ({
  ...toFullComponent(row),
  worldId: row.world_id ?? '',
  sourceEntityId: row.source_entity_id ?? '',
});
