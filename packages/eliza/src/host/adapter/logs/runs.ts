/** Runs of an agent, put together from its logs: when each began and ended, how, and what was done in it. */
import type { Store } from '../engine/store.ts';
import { readJson, toId, toMs, type Value } from '../engine/values.ts';
import type { Fields, Id, Run, RunStatus } from '../types.ts';

export type RunFilter = {
  limit?: number;
  roomId?: Id;
  status?: RunStatus | 'all';
  from?: number;
  to?: number;
  entityId?: Id;
};

type Event = { run_id: string; created_at: number; entity_id: string; room_id: string; body: string };
type Done = { type: string; body: string };

const ends: readonly unknown[] = ['completed', 'timeout', 'error'];

/** The runs that began last, of the newest events in rooms of the agent. */
export function findRuns(store: Store, filter: RunFilter): { runs: Run[]; total: number; hasMore: boolean } {
  const limit = Math.min(Math.max(filter.limit ?? 20, 1), 100);
  const runs = new Map<string, Run>();
  for (const event of listEvents(store, filter, Math.max(limit * 20, 200))) {
    const run = runs.get(event.run_id) ?? createRun(event.run_id);
    runs.set(event.run_id, run);
    addEvent(run, event);
  }
  const all = [...runs.values()]
    .filter(({ status }) => !filter.status || filter.status === 'all' || status === filter.status)
    .sort((a, b) => (b.startedAt ?? 0) - (a.startedAt ?? 0));
  const first = all.slice(0, limit);
  for (const run of first) {
    if (run.startedAt !== null && run.endedAt !== null) run.durationMs = Math.max(0, run.endedAt - run.startedAt);
    countDone(store, run);
  }
  return { runs: first, total: all.length, hasMore: all.length > limit };
}

function listEvents(store: Store, { roomId, from, to }: RunFilter, most: number): Event[] {
  const conditions: [string, Value][] = [['rooms.agent_id = ?', store.agentId]];
  if (roomId) conditions.push(['logs.room_id = ?', toId(roomId)]);
  if (typeof from === 'number') conditions.push(['logs.created_at >= ?', toMs(from)]);
  if (typeof to === 'number') conditions.push(['logs.created_at <= ?', toMs(to)]);
  return store.all<Event>(
    `SELECT logs.run_id, logs.created_at, logs.entity_id, logs.room_id, logs.body FROM logs
     JOIN rooms ON rooms.id = logs.room_id
     WHERE logs.type = 'run_event' AND logs.run_id <> '' AND ${conditions.map(([condition]) => condition).join(' AND ')}
     ORDER BY logs.row DESC LIMIT ?`,
    ...conditions.map(([, value]) => value),
    most,
  );
}

const createRun = (runId: string): Run => ({
  runId,
  status: 'started',
  startedAt: null,
  endedAt: null,
  durationMs: null,
  messageId: undefined,
  roomId: undefined,
  entityId: undefined,
  metadata: {},
  counts: { actions: 0, modelCalls: 0, errors: 0, evaluators: 0 },
});

/** Events come newest first. */
function addEvent(run: Run, event: Event): void {
  const body = readJson(event.body) as Fields;
  run.roomId ??= event.room_id;
  run.entityId ??= event.entity_id;
  if (!run.messageId && typeof body.messageId === 'string') run.messageId = body.messageId;
  if (Object.keys(run.metadata).length === 0) run.metadata = { ...(body.metadata as Fields | undefined) };
  const time = event.created_at;
  if (body.status === 'started') run.startedAt = Math.min(run.startedAt ?? time, time);
  else if (ends.includes(body.status)) {
    run.status = body.status as RunStatus;
    run.endedAt = time;
  }
}

function countDone(store: Store, { runId, counts }: Run): void {
  for (const { type, body: text } of store.all<Done>(`SELECT type, body FROM logs WHERE run_id = ?`, runId)) {
    if (type === 'evaluator') counts.evaluators += 1;
    else if (type.startsWith('useModel:')) counts.modelCalls += 1;
    else if (type === 'embedding_event') counts.errors += (readJson(text) as Fields).status === 'failed' ? 1 : 0;
    else if (type === 'action') {
      const { result, promptCount } = readJson(text) as { result?: Fields; promptCount?: number };
      counts.actions += 1;
      counts.errors += String(result?.success ?? true) === 'false' ? 1 : 0;
      counts.modelCalls += Number(promptCount) || 0;
    }
  }
}
