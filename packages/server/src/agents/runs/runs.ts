/** Runs of an agent, as its turns left them: what each did when, and what it cost. Never what was said. */
import { ElizadError, type Outcome } from 'elizad-protocol';
import type { Engine } from '../../storage/engine/engine.ts';
import {
  countEndedRuns,
  type EndedRun,
  findEndedRun,
  findOpenRun,
  listEndedRuns,
  listOpenRuns,
  type OpenRun,
  type RunFilter,
} from '../../storage/turns/runs.ts';
import { findTrace } from '../../storage/turns/traces.ts';
import type { Stage } from './trace.ts';

export type RunStatus = 'started' | 'completed' | 'timeout' | 'error';

/** Times are ms since the epoch. */
export type RunSummary = {
  runId: string;
  status: RunStatus;
  startedAt: number;
  endedAt: number | null;
  durationMs: number | null;
  messageId: string;
  roomId: string;
  /** Who said what it answers; the agent itself where that is gone. */
  entityId: string;
  metadata: { outcome: string | null; [detail: string]: string | number | null };
  counts: { actions: number; modelCalls: number; errors: number; evaluators: number };
};

export type RunEvent = {
  type: 'RUN_STARTED' | 'RUN_ENDED' | 'ACTION_STARTED' | 'ACTION_COMPLETED' | 'MODEL_USED';
  timestamp: number;
  data: Record<string, string | number | boolean | null>;
};

const outcomesOf: Record<Exclude<RunStatus, 'started'>, Outcome[]> = {
  completed: ['answered', 'ignored', 'no-agent', 'cancelled', 'superseded'],
  timeout: ['timed-out'],
  error: ['failed'],
};

const statusOf = (outcome: string | null): RunStatus =>
  outcome === null ? 'started' : outcome === 'failed' ? 'error' : outcome === 'timed-out' ? 'timeout' : 'completed';

/** Runs that are counted for `total`, and runs under way that are looked at. */
const mostCounted = 10_000;
const mostOpen = 1_000;

/** Those under way first, then the others, newest first. `total` counts no further than 10,000. */
export async function listRuns(
  { db }: Pick<Engine, 'db'>,
  filter: RunFilter,
  status: RunStatus | 'all',
  limit: number,
): Promise<{ runs: RunSummary[]; total: number; hasMore: boolean }> {
  const open = status === 'all' || status === 'started' ? await listOpenRuns(db, filter, mostOpen) : [];
  const wanted = status === 'all' || status === 'started' ? filter : { ...filter, outcomes: outcomesOf[status] };
  const left = Math.max(limit - open.length, 0);
  const ended = status === 'started' || left === 0 ? [] : await listEndedRuns(db, wanted, left);
  const counted = status === 'started' ? 0 : await countEndedRuns(db, wanted, mostCounted);
  const shown = open.slice(0, limit).map((run) => summariseOpen(filter.agentId, run));
  const runs = [...shown, ...ended.map(summarise)];
  const total = open.length + counted;
  return { runs, total, hasMore: total > runs.length };
}

/** A run with its events, ended or under way. Throws `run-not-found`. */
export async function getRun(
  { db }: Pick<Engine, 'db'>,
  agentId: string,
  runId: string,
): Promise<{ summary: RunSummary; events: RunEvent[] }> {
  const ended = await findEndedRun(db, agentId, runId);
  if (ended) return { summary: summarise(ended), events: listRunEvents(ended) };
  const open = await findOpenRun(db, agentId, runId);
  if (!open) throw new ElizadError('run-not-found');
  const summary = summariseOpen(agentId, open);
  const begun: RunEvent = { type: 'RUN_STARTED', timestamp: summary.startedAt, data: { status: 'started' } };
  return { summary, events: open.started_at === null ? [] : [begun] };
}

function summariseOpen(agentId: string, run: OpenRun): RunSummary {
  const startedAt = run.started_at ?? run.created_at;
  return {
    runId: run.turn_id,
    status: statusOf(run.outcome),
    startedAt,
    endedAt: run.ended_at,
    durationMs: run.ended_at === null ? null : run.ended_at - startedAt,
    messageId: run.message_id,
    roomId: run.channel_id,
    entityId: run.sender_id ?? agentId,
    metadata: { outcome: run.outcome, state: run.state, code: run.code },
    counts: { actions: 0, modelCalls: 0, errors: run.outcome === 'failed' ? 1 : 0, evaluators: 0 },
  };
}

export function summarise(run: EndedRun): RunSummary {
  const stages = readStages(run);
  const count = (fits: (stage: Stage) => boolean) => stages.filter(fits).length;
  return {
    runId: run.turn_id,
    status: statusOf(run.outcome),
    startedAt: run.started_at,
    endedAt: run.ended_at,
    durationMs: run.ended_at - run.started_at,
    messageId: run.message_id,
    roomId: run.channel_id,
    entityId: run.sender_id ?? run.agent_id,
    metadata: {
      outcome: run.outcome,
      code: run.code,
      model: run.model,
      inputTokens: run.input_tokens,
      outputTokens: run.output_tokens,
      cost: run.cost,
    },
    counts: {
      actions: count(({ name }) => name === 'action'),
      modelCalls: count(({ name }) => name === 'asked' || name === 'decided'),
      errors: count(({ name, isError }) => name === 'action' && isError === true) + (run.outcome === 'failed' ? 1 : 0),
      evaluators: 0,
    },
  };
}

/** In the order of time. */
export function listRunEvents(run: EndedRun): RunEvent[] {
  const { status } = summarise(run);
  const events = listDeeds(run).flatMap(({ kind, at, ms, data }): RunEvent[] =>
    kind === 'model'
      ? [{ type: 'MODEL_USED', timestamp: at, data }]
      : [
          { type: 'ACTION_STARTED', timestamp: at - ms, data: { actionName: data.actionName ?? null } },
          { type: 'ACTION_COMPLETED', timestamp: at, data },
        ],
  );
  const ended = { status, outcome: run.outcome, code: run.code, durationMs: run.ended_at - run.started_at };
  return [
    { type: 'RUN_STARTED', timestamp: run.started_at, data: { status: 'started', messageId: run.message_id } },
    ...events.sort((a, b) => a.timestamp - b.timestamp),
    { type: 'RUN_ENDED', timestamp: run.ended_at, data: ended },
  ];
}

/** A use of the model, or an action. `stage` is its place among the stages of the run; `at` is when it was over. */
export type Deed = {
  kind: 'model' | 'action';
  stage: number;
  at: number;
  ms: number;
  isError: boolean;
  data: RunEvent['data'];
};

export function listDeeds(run: EndedRun): Deed[] {
  const stages = readStages(run);
  const began = run.started_at - Number(stages.find(({ name }) => name === 'claimed')?.at ?? 0);
  return stages.flatMap((stage, index): Deed[] => {
    const { name, at, isError = false, ms = 0 } = stage;
    if (name === 'action') {
      const data = { actionName: stage.action ?? '', success: !isError, executionTime: ms };
      return [{ kind: 'action', stage: index, at: began + at, ms: Number(ms), isError: isError === true, data }];
    }
    const model = String(stage.model ?? run.model);
    const named = { modelKey: model, modelName: model, provider: model.split('/')[0] ?? '' };
    if (name === 'decided') {
      const data = { modelType: 'TEXT_SMALL', ...named, purpose: 'decide', executionTime: null };
      return [{ kind: 'model', stage: index, at: began + at, ms: 0, isError: false, data }];
    }
    if (name !== 'asked') return [];
    const thought = stages.slice(index + 1).find((one) => one.name === 'thought' || one.name === 'asked');
    const end: Partial<Stage> = thought?.name === 'thought' ? thought : {};
    const { inputTokens = null, outputTokens = null, code = null, calls = 0, at: endedAt = at } = end;
    const told = { inputTokens, outputTokens, code, calls, promptCharacters: stage.promptCharacters ?? 0 };
    const data = { modelType: 'TEXT_LARGE', ...named, purpose: 'answer', executionTime: endedAt - at, ...told };
    return [{ kind: 'model', stage: index, at: began + endedAt, ms: endedAt - at, isError: code !== null, data }];
  });
}

export const readStages = ({ stages }: Pick<EndedRun, 'stages'>): Stage[] => JSON.parse(stages) as Stage[];

/** The tokens that an answer took, where its provider counts them. */
export async function findUsage(
  { db }: Pick<Engine, 'db'>,
  answer: { id: string },
): Promise<{ inputTokens: number; outputTokens: number } | undefined> {
  // An answer has the id of its turn.
  const trace = await findTrace(db, answer.id);
  return trace && { inputTokens: trace.input_tokens, outputTokens: trace.output_tokens };
}
