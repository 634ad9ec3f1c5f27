/**
 * Stop 6 of the walk: one turn of one agent. Context, prompt, model stream, and the end of the turn, which posts what the
 * agent said by the same path as everyone (stop 3). It always ends: in an answer, a failure, a timeout, or a cancel.
 */
import type { ErrorCode, Outcome } from 'elizad-protocol';
import { endTurn, type Messaging } from '../messaging/messages.ts';
import type { Logger } from '../observability/logger.ts';
import { passStop } from '../observability/walk.ts';
import { findSpoken, listLastSpoken } from '../storage/history.ts';
import type { TurnRow } from '../storage/turns.ts';
import type { Model, ModelPart, ModelRequest } from './models/model.ts';
import { buildRequest } from './prompt.ts';
import type { Agent, Roster } from './roster.ts';

export type TurnDeps = { messaging: Messaging; roster: Roster; logger: Logger };

/** Why a turn is stopped from outside; `handed-back` leaves it to the next start. */
export type StopReason = 'cancelled' | 'timed-out' | 'handed-back';

/** What came of the model: its text so far, and how it ended. */
type Answer = { text: string; thought: string; outcome: Outcome; code: ErrorCode | null; firstTokenMs: number | null };

/** Messages of the room that a model sees, at most. */
const contextMessages = 50;

/** Runs a claimed turn to its end. Returns false when it was handed back and must be queued again. */
export async function runTurn(deps: TurnDeps, turn: TurnRow, signal: AbortSignal): Promise<boolean> {
  const { messaging, roster } = deps;
  const { database } = messaging;
  passStop('agents/turn', turn.message_id);
  const agent = roster.get(turn.agent_id);
  const recent = await listLastSpoken(database.db, turn.channel_id, contextMessages);
  const message = recent.find(({ id }) => id === turn.message_id) ?? (await findSpoken(database.db, turn.message_id));
  if (!agent || !message) {
    await finish(deps, turn, agent, {
      text: '',
      thought: '',
      outcome: 'failed',
      code: 'agent-not-running',
      firstTokenMs: null,
    });
    return true;
  }
  const channel = await messaging.channels.find(turn.channel_id);
  const request = buildRequest(agent, message, recent, channel?.type === 'GROUP');
  try {
    const answer = await think(deps, agent, turn, request, signal);
    if (signal.aborted && signal.reason === 'handed-back') return false;
    await finish(deps, turn, agent, answer);
    return true;
  } finally {
    messaging.answers.end(turn.id);
  }
}

/** Streams the model's answer to the room, chunk by chunk, until it ends or the signal says stop. */
async function think(
  deps: TurnDeps,
  agent: Agent,
  turn: TurnRow,
  request: ModelRequest,
  signal: AbortSignal,
): Promise<Answer> {
  const answer: Answer = { text: '', thought: '', outcome: 'answered', code: null, firstTokenMs: null };
  const { answers } = deps.messaging;
  const began = performance.now();
  for await (const part of stream(agent.model, request, signal)) {
    answer.firstTokenMs ??= Math.round(performance.now() - began);
    if (part.type === 'text') {
      answer.text += part.text;
      answers.say({ messageId: turn.id, chunk: part.text, agentId: agent.id, channelId: turn.channel_id });
    } else if (part.type === 'reasoning') {
      answer.thought += part.text;
    } else if (part.type === 'failure') {
      answer.outcome = 'failed';
      answer.code = part.code;
      const { code, detail, retryAfterMs } = part;
      deps.logger.warn({ agentId: agent.id, agentName: agent.name, code, detail, retryAfterMs }, 'the model failed');
    }
  }
  answers.tell();
  if (signal.aborted) {
    answer.outcome = signal.reason === 'timed-out' ? 'timed-out' : 'cancelled';
    answer.code = signal.reason === 'timed-out' ? 'turn-timed-out' : 'turn-cancelled';
  } else if (answer.outcome === 'answered' && answer.text.trim() === '') {
    answer.outcome = 'ignored';
  }
  return answer;
}

/** The model's parts, until the signal aborts: a model that does not stop is left behind, one that throws has failed. */
async function* stream(model: Model, request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelPart> {
  const iterator = model.stream(request, signal)[Symbol.asyncIterator]();
  const aborted = new Promise<IteratorResult<ModelPart>>((resolve) => {
    const stop = () => resolve({ done: true, value: undefined });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), aborted]);
      if (next.done) return;
      yield next.value;
    }
  } catch (error) {
    yield { type: 'failure', code: 'internal', detail: (error as Error).name };
  } finally {
    // Not awaited: a model that hangs must not hold the turn.
    iterator.return?.().catch(() => {});
  }
}

async function finish(
  { messaging, logger }: TurnDeps,
  turn: TurnRow,
  agent: Agent | undefined,
  answer: Answer,
): Promise<void> {
  const { text, thought, outcome, code } = answer;
  const isPartial = outcome !== 'answered' && text.trim() !== '';
  if (isPartial && outcome !== 'cancelled') {
    const broken = {
      messageId: turn.id,
      agentId: turn.agent_id,
      channelId: turn.channel_id,
      error: code ?? outcome,
      partialText: text,
    };
    messaging.broadcast('stream-failed', broken, { channelId: turn.channel_id });
  }
  const reply = {
    // The turn's own id: it is known before, and the same when the turn is run again after a crash.
    id: turn.id,
    name: agent?.name ?? 'Agent',
    text: text.trim(),
    thought: thought === '' ? null : thought,
    actions: outcome === 'answered' ? ['REPLY'] : [],
    metadata: isPartial ? { partial: true, outcome } : {},
  };
  await endTurn(messaging, turn, { outcome, code }, reply.text === '' ? undefined : reply);
  const entry = {
    agentId: turn.agent_id,
    agentName: agent?.name,
    channelId: turn.channel_id,
    messageId: turn.message_id,
  };
  const ms = Date.now() - turn.created_at;
  logger.info(
    { ...entry, outcome, code: code ?? undefined, ms, firstTokenMs: answer.firstTokenMs, attempt: turn.attempts },
    `turn ${outcome}`,
  );
}
