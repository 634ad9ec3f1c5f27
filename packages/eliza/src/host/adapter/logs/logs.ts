/** Logs of an agent: what it did, by room and type. */
import type { Store } from '../engine/store.ts';
import { readJson, toCount, toId, type Value } from '../engine/values.ts';
import type { Id, Log } from '../types.ts';
import { toBody } from './bodies.ts';
import { createKeeping } from './keeping.ts';
import { findRuns, type RunFilter } from './runs.ts';

type Row = { row: number; created_at: number; entity_id: string; room_id: string; type: string; body: string };

export function createLogs(store: Store) {
  const keeping = createKeeping(store);
  // An id is the number of the row, and differs from those of other agents: an index of ids would cost more than the rest.
  const idsBegin = store.agentId.slice(0, -12);

  return {
    /** The entity and the room need not exist: what waits for nobody would fail unheard. */
    async log({ body, entityId, roomId, type }: { body: unknown; entityId: Id; roomId: Id; type: string }) {
      const text = toBody(body);
      if (text === null || typeof type !== 'string')
        throw new TypeError('a log needs a type, which is a text, and a body');
      const runId = findRunId(body);
      keeping.add({ createdAt: Date.now(), entityId: toId(entityId), roomId: toId(roomId), type, runId, body: text });
    },

    /** The newest first, ten unless said otherwise. `entityId` narrows nothing, as in `getMemories`. */
    async getLogs({ roomId, type, count, offset }: Partial<Record<'entityId' | 'roomId' | 'type', string>> & Page) {
      keeping.flush();
      const conditions: [string, Value][] = [];
      if (roomId) conditions.push(['room_id = ?', toId(roomId)]);
      if (type) conditions.push(['type = ?', type]);
      const where = ['true', ...conditions.map(([condition]) => condition)].join(' AND ');
      const rows = store.all<Row>(
        `SELECT * FROM logs WHERE ${where} ORDER BY row DESC LIMIT ? OFFSET ?`,
        ...conditions.map(([, value]) => value),
        toCount('count', count) ?? 10,
        toCount('offset', offset) ?? 0,
      );
      return rows.map(
        (row): Log => ({
          id: `${idsBegin}${row.row.toString(16).padStart(12, '0')}`,
          createdAt: new Date(row.created_at),
          entityId: row.entity_id,
          body: readJson(row.body),
          type: row.type,
          roomId: row.room_id,
        }),
      );
    },

    async deleteLog(logId: Id): Promise<void> {
      const id = toId(logId);
      keeping.flush();
      if (id.startsWith(idsBegin))
        store.run('DELETE FROM logs WHERE row = ?', Number.parseInt(id.slice(idsBegin.length), 16));
    },

    async getAgentRunSummaries(filter: RunFilter = {}) {
      keeping.flush();
      return findRuns(store, filter);
    },
  };
}

type Page = { count?: number; offset?: number };

function findRunId(body: unknown): string | null {
  const runId = typeof body === 'object' && body !== null && 'runId' in body ? body.runId : null;
  return typeof runId === 'string' || typeof runId === 'number' ? String(runId) : null;
}
