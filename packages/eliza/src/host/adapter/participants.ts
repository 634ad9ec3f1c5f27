/** Who is in which room, and whether the agent follows or ignores it there. One is in a room once. */
import type { Store } from './engine/store.ts';
import { isOneOf, makeId, succeeds, toId } from './engine/values.ts';
import type { createEntities } from './entities.ts';
import type { Id, ParticipantState } from './types.ts';

export function createParticipants(
  store: Store,
  entities: Pick<ReturnType<typeof createEntities>, 'getEntitiesByIds'>,
) {
  function listRooms(entityIds: readonly Id[]): Id[] {
    const [condition, ids] = isOneOf('participants.entity_id', entityIds);
    const rows = store.all<{ room_id: string }>(
      `SELECT DISTINCT participants.room_id FROM participants JOIN rooms ON rooms.id = participants.room_id
       WHERE ${condition} AND rooms.agent_id = ? ORDER BY participants.rowid`,
      ids,
      store.agentId,
    );
    return rows.map(({ room_id }) => room_id);
  }

  /** All or none: false where an entity or the room does not exist, or nobody is given. */
  const add = (entityIds: readonly Id[], roomId: Id): boolean =>
    succeeds(() =>
      store.transact(() => {
        for (const entityId of entityIds)
          store.run(
            `INSERT INTO participants (id, entity_id, room_id, agent_id, created_at) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (room_id, entity_id) DO NOTHING`,
            makeId(),
            toId(entityId),
            toId(roomId),
            store.agentId,
            Date.now(),
          );
        return entityIds.length > 0;
      }),
    );

  return {
    async getRoomsForParticipant(entityId: Id): Promise<Id[]> {
      return listRooms([entityId]);
    },

    async getRoomsForParticipants(entityIds: readonly Id[]): Promise<Id[]> {
      return listRooms(entityIds);
    },

    async addParticipant(entityId: Id, roomId: Id): Promise<boolean> {
      return add([entityId], roomId);
    },

    async addParticipantsRoom(entityIds: readonly Id[], roomId: Id): Promise<boolean> {
      return add(entityIds, roomId);
    },

    /** False where it was not in the room. */
    async removeParticipant(entityId: Id, roomId: Id): Promise<boolean> {
      return succeeds(
        () =>
          store.run('DELETE FROM participants WHERE room_id = ? AND entity_id = ?', toId(roomId), toId(entityId)) > 0,
      );
    },

    /** The entity, once for each room that it is in. */
    async getParticipantsForEntity(entityId: Id) {
      const [entity] = await entities.getEntitiesByIds([entityId]);
      if (!entity) return [];
      return store
        .all<{ id: string }>('SELECT id FROM participants WHERE entity_id = ? ORDER BY rowid', entity.id)
        .map(({ id }) => ({ id, entity }));
    },

    async getParticipantsForRoom(roomId: Id): Promise<Id[]> {
      return store
        .all<{ entity_id: string }>('SELECT entity_id FROM participants WHERE room_id = ? ORDER BY rowid', toId(roomId))
        .map(({ entity_id }) => entity_id);
    },

    async isRoomParticipant(roomId: Id, entityId: Id): Promise<boolean> {
      const sql = 'SELECT 1 FROM participants WHERE room_id = ? AND entity_id = ?';
      return store.find(sql, toId(roomId), toId(entityId)) !== undefined;
    },

    async getParticipantUserState(roomId: Id, entityId: Id): Promise<ParticipantState> {
      const sql = 'SELECT room_state FROM participants WHERE room_id = ? AND entity_id = ? AND agent_id = ?';
      const row = store.find<{ room_state: ParticipantState }>(sql, toId(roomId), toId(entityId), store.agentId);
      return row?.room_state ?? null;
    },

    /** Does nothing where it is not in the room. */
    async setParticipantUserState(roomId: Id, entityId: Id, state: ParticipantState): Promise<void> {
      const where = 'room_id = ? AND entity_id = ? AND agent_id = ?';
      store.update('participants', { room_state: state }, where, toId(roomId), toId(entityId), store.agentId);
    },
  };
}
