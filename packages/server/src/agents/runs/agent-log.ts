/** The log of an agent: each use of its model and each action, made from the traces of its runs. */
import type { Engine } from '../../storage/engine/engine.ts';
import { listRunsByEnd, listTraces, type RunFilter, setStages } from '../../storage/turns/runs.ts';
import { type Deed, listDeeds, readStages } from './runs.ts';

/** `createdAt` is ms since the epoch; `level` as loggers count: 30 is information, 50 an error. */
export type AgentLogEntry = {
  id: string;
  type: string;
  body: Record<string, unknown>;
  createdAt: number;
  roomId: string;
  entityId: string;
  agentId: string;
  level: number;
  time: number;
  msg: string;
};

export type AgentLogFilter = Omit<RunFilter, 'from' | 'to' | 'outcomes'> & {
  before: number;
  since: number;
  level: number;
  type?: string | undefined;
  excludeTypes: readonly string[];
};

/** Runs that are read in one go, and for one answer. */
const page = 50;
const mostRuns = 5_000;

/** Newest first. Where few entries fit, no more than the last 5,000 runs are looked through. */
export async function listAgentLog(
  { db }: Pick<Engine, 'db'>,
  filter: AgentLogFilter,
  limit: number,
  offset: number,
): Promise<AgentLogEntry[]> {
  const found: AgentLogEntry[] = [];
  const { agentId, channelId, since, before } = filter;
  const wanted = { agentId, channelId, to: before, endedFrom: since };
  for (let read = 0; read < mostRuns; read += page) {
    const runs = await listRunsByEnd(db, wanted, page, read);
    for (const run of runs)
      for (const deed of listDeeds(run)) {
        const entry = describe(run, deed);
        if (fits(entry, filter)) found.push(entry);
      }
    const frontier = runs.at(-1)?.ended_at ?? 0;
    // A run that ended earlier has nothing later than its end.
    const settled = found.filter(({ createdAt }) => createdAt >= frontier).length;
    if (runs.length < page || settled >= offset + limit) break;
  }
  return found.sort((a, b) => b.createdAt - a.createdAt).slice(offset, offset + limit);
}

const fits = (
  { type, createdAt, level }: AgentLogEntry,
  { before, since, level: least, type: wanted, excludeTypes }: AgentLogFilter,
): boolean =>
  createdAt < before &&
  createdAt >= since &&
  level >= least &&
  (wanted === undefined || type === wanted || type.startsWith(`${wanted}:`)) &&
  !excludeTypes.some((one) => type === one || type.startsWith(`${one}:`));

type Run = Parameters<typeof listDeeds>[0];

function describe(run: Run, { kind, stage, at, ms, isError, data }: Deed): AgentLogEntry {
  const isAction = kind === 'action';
  const { inputTokens, outputTokens } = data;
  const usage = { inputTokens, outputTokens };
  return {
    id: toLogId(run.turn_id, stage),
    type: isAction ? 'action' : `useModel:${data.modelType}`,
    body: isAction
      ? { action: data.actionName, result: { success: !isError }, executionTime: ms, runId: run.turn_id }
      : { ...data, usage, runId: run.turn_id },
    createdAt: at,
    roomId: run.channel_id,
    entityId: run.agent_id,
    agentId: run.agent_id,
    level: isError ? 50 : 30,
    time: at,
    msg: `${isAction ? `action ${data.actionName}` : `model ${data.modelKey}`} ${isError ? 'failed' : 'done'}`,
  };
}

/** Deletes an entry: its stage stays as an empty place, so that others keep their ids. False when it is not there. */
export async function deleteAgentLog({ db }: Pick<Engine, 'db'>, agentId: string, id: string): Promise<boolean> {
  const candidates = Array.from({ length: 256 }, (_, stage) => toLogId(id, -stage));
  for (const trace of await listTraces(db, agentId, candidates)) {
    const stages = readStages(trace);
    const place = candidates.indexOf(trace.turn_id);
    const stage = stages[place];
    if (!stage || !['asked', 'decided', 'action'].includes(stage.name)) continue;
    stages[place] = { name: 'deleted', at: stage.at };
    await setStages(db, trace.turn_id, JSON.stringify(stages));
    return true;
  }
  return false;
}

/**
 * An id for each stage of a run: that of the run with its first byte counted on. So it is a UUID, and leads back to its
 * run: of 256 ids that may be meant, one is that of a run.
 */
function toLogId(runId: string, stage: number): string {
  const first = (Number.parseInt(runId.slice(0, 2), 16) + stage + 256) % 256;
  return first.toString(16).padStart(2, '0') + runId.slice(2);
}
