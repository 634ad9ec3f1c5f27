/** Logs of an agent: what it did, by room and type. Only the newest are kept. */
import type { Store } from './engine/store.ts';
import { readJson, toCount, toId, type Value } from './engine/values.ts';
import { findRuns, type RunFilter } from './runs.ts';
import type { Id, Log } from './types.ts';

type Row = { row: number; created_at: number; entity_id: string; room_id: string; type: string; body: string };

const mostLogs = 10_000;

/** Older ones are deleted once for so many new ones. */
const betweenDeletions = 100;

export function createLogs(store: Store) {
  let sinceDeletion = betweenDeletions;
  // An id is the number of the row, and differs from those of other agents: an index of ids would cost more than the rest.
  const idsBegin = store.agentId.slice(0, -12);

  function deleteOldest(): void {
    sinceDeletion += 1;
    if (sinceDeletion < betweenDeletions) return;
    sinceDeletion = 0;
    store.run('DELETE FROM logs WHERE row <= (SELECT row FROM logs ORDER BY row DESC LIMIT 1 OFFSET ?)', mostLogs);
  }

  return {
    /** The entity and the room need not exist: what waits for nobody would fail unheard. */
    async log({ body, entityId, roomId, type }: { body: unknown; entityId: Id; roomId: Id; type: string }) {
      store.run(
        'INSERT INTO logs (created_at, entity_id, room_id, type, run_id, body) VALUES (?, ?, ?, ?, ?, ?)',
        Date.now(),
        toId(entityId),
        toId(roomId),
        type ?? null,
        findRunId(body),
        toText(body),
      );
      deleteOldest();
    },

    /** The newest first, ten unless said otherwise. `entityId` narrows nothing, as in `getMemories`. */
    async getLogs({ roomId, type, count, offset }: Partial<Record<'entityId' | 'roomId' | 'type', string>> & Page) {
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
      if (id.startsWith(idsBegin))
        store.run('DELETE FROM logs WHERE row = ?', Number.parseInt(id.slice(idsBegin.length), 16));
    },

    async getAgentRunSummaries(filter: RunFilter = {}) {
      return findRuns(store, filter);
    },
  };
}

type Page = { count?: number; offset?: number };

function findRunId(body: unknown): string | null {
  const runId = typeof body === 'object' && body !== null && 'runId' in body ? body.runId : null;
  return typeof runId === 'string' || typeof runId === 'number' ? String(runId) : null;
}

/** JSON of whatever it is: null for an object within itself, the digits of a bigint. */
function toText(body: unknown): string | null {
  try {
    return JSON.stringify(body) ?? null;
  } catch {
    const parents: unknown[] = [];
    return (
      JSON.stringify(body, function (this: unknown, _key, value: unknown) {
        while (parents.length > 0 && parents.at(-1) !== this) parents.pop();
        if (typeof value === 'bigint') return String(value);
        if (parents.includes(value)) return null;
        if (typeof value === 'object' && value !== null) parents.push(value);
        return value;
      }) ?? null
    );
  }
}
