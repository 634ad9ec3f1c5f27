/** Tasks: what an agent has set itself to do later, or again and again. */
import type { Store } from './engine/store.ts';
import { change, makeId, readJson, toId, toJson, toOptionalId } from './engine/values.ts';
import type { Id, Task } from './types.ts';

type Row = {
  id: string;
  name: string;
  description: string | null;
  room_id: string | null;
  world_id: string | null;
  tags: string | null;
  metadata: string | null;
};

export function createTasks(store: Store) {
  const select = (where: string, ...values: (string | null)[]): Row[] =>
    store.all<Row>(`SELECT * FROM tasks WHERE ${where} AND agent_id = ? ORDER BY rowid`, ...values, store.agentId);

  return {
    /** Throws where it names no world, or there is one with that id. */
    async createTask(task: Task): Promise<Id> {
      if (!task.worldId) throw new Error('a task needs a worldId');
      const id = toOptionalId(task.id) ?? makeId();
      const now = Date.now();
      store.run(
        `INSERT INTO tasks (id, name, description, room_id, world_id, agent_id, tags, metadata, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        id,
        task.name ?? null,
        task.description ?? null,
        toOptionalId(task.roomId),
        toId(task.worldId),
        store.agentId,
        task.tags === undefined ? '[]' : toJson(task.tags),
        toJson(task.metadata || {}),
        now,
        now,
      );
      return id;
    },

    /** With tags, those that have all of them. `entityId` is not looked at: tasks have none. */
    async getTasks({ roomId, tags }: { roomId?: Id; tags?: string[]; entityId?: Id }): Promise<Task[]> {
      const rows = roomId ? select('room_id = ?', toId(roomId)) : select('true');
      return rows
        .map((row) => ({ ...toTask(row), metadata: readJson(row.metadata) }))
        .filter((task) => (tags ?? []).every((tag) => task.tags.includes(tag)));
    },

    async getTask(id: Id): Promise<Task | null> {
      const [row] = select('id = ?', toId(id));
      return row ? toTask(row) : null;
    },

    async getTasksByName(name: string): Promise<Task[]> {
      return select('name = ?', name).map(toTask);
    },

    /** What is not given stays as it is; its metadata are replaced. */
    async updateTask(id: Id, task: Partial<Task>): Promise<void> {
      const columns = {
        name: task.name,
        description: task.description,
        room_id: change(task.roomId, toId),
        world_id: change(task.worldId, toId),
        tags: change(task.tags, toJson),
        metadata: change(task.metadata, toJson),
        updated_at: Date.now(),
      };
      store.update('tasks', columns, 'id = ? AND agent_id = ?', toId(id), store.agentId);
    },

    async deleteTask(id: Id): Promise<void> {
      store.run('DELETE FROM tasks WHERE id = ? AND agent_id = ?', toId(id), store.agentId);
    },
  };
}

const toTask = (row: Row) => ({
  id: row.id,
  name: row.name,
  description: row.description ?? '',
  roomId: row.room_id,
  worldId: row.world_id,
  tags: row.tags === null ? [] : (JSON.parse(row.tags) as string[]),
  metadata: readJson(row.metadata) || {},
});
