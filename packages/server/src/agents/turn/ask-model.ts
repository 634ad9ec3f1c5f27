/** One step of a turn (stop 6 of the walk): the model is asked, and what it says goes to the room as it comes. */
import { defaultLimits } from 'elizad-protocol';
import type { Json, Model, ModelCall, ModelPart, ModelRequest } from '../models/model.ts';
import { listenForAbort } from '../models/until-aborted.ts';
import type { RunningTurn, TurnDeps } from './running-turn.ts';
import type { Verdict, Work } from './turn-progress.ts';

/** What the model said in this step, and what it wants done. */
export type Thinking = Verdict & { text: string; calls: ModelCall[]; native?: Json };

/** Most calls of one step; those beyond are not seen. */
const mostCalls = 16;

/** Streams an answer to the room, chunk by chunk, until it ends or the signal says stop. Adds to `work` what was said. */
export async function think(
  { messaging, logger }: Pick<TurnDeps, 'messaging' | 'logger'>,
  { agent, turn, signal, trace }: RunningTurn,
  request: ModelRequest,
  work: Work,
): Promise<Thinking> {
  const step: Thinking = { text: '', calls: [], outcome: 'answered', code: null };
  const { answers, meters } = messaging;
  const isFirstStep = work.messages.length === 0;
  // Somebody who keeps what people say short does not mean that agents shall break off.
  const most = Math.max(messaging.limits.maxTextLength, defaultLimits.maxTextLength);
  const say = (chunk: string) => {
    work.text += chunk;
    answers.say({ messageId: turn.id, chunk, agentId: agent.id, channelId: turn.channel_id });
  };
  const usage: Record<string, number> = {};
  trace.mark('asked', { model: agent.model.name, promptCharacters: countCharacters(request) });
  for await (const part of stream(agent.model, request, signal)) {
    if (isFirst(step, part)) {
      trace.mark('first-token');
      if (isFirstStep) meters.firstTokens.record(Date.now() - turn.created_at);
    }
    if (part.type === 'text') {
      // What was said before an action, and what is said after it, are paragraphs of one answer.
      if (step.text === '' && work.text.trim() !== '') say('\n\n');
      const fitting = cutTo(part.text, most - work.text.length);
      step.text += fitting;
      say(fitting);
      if (fitting.length === part.text.length) continue;
      step.outcome = 'failed';
      step.code = 'model-too-long';
      logger.warn(
        { agentId: agent.id, agentName: agent.name, code: step.code, most },
        "the model's output was too long",
      );
      break;
    } else if (part.type === 'reasoning') {
      work.thought += cutTo(part.text, most - work.thought.length);
    } else if (part.type === 'call') {
      if (step.calls.length < mostCalls) step.calls.push(part.call);
    } else if (part.type === 'finish') {
      trace.addUsage(part);
      const { inputTokens, outputTokens } = part;
      if (inputTokens !== undefined) usage.inputTokens = inputTokens;
      if (outputTokens !== undefined) usage.outputTokens = outputTokens;
      if (part.native !== undefined) step.native = part.native;
      if (part.model !== undefined) trace.setModel(part.model);
    } else {
      step.outcome = 'failed';
      step.code = part.code;
      const { code, detail, retryAfterMs } = part;
      logger.warn({ agentId: agent.id, agentName: agent.name, code, detail, retryAfterMs }, 'the model failed');
    }
  }
  answers.tell();
  trace.mark('thought', { calls: step.calls.length, ...usage, ...(step.code !== null && { code: step.code }) });
  return signal.aborted ? { ...step, ...describeStop(signal) } : step;
}

/** How a turn ended that was stopped from outside. */
export function describeStop({ reason }: Pick<AbortSignal, 'reason'>): Verdict {
  if (reason === 'timed-out') return { outcome: 'timed-out', code: 'turn-timed-out' };
  if (reason === 'superseded') return { outcome: 'superseded', code: 'turn-superseded' };
  return { outcome: 'cancelled', code: 'turn-cancelled' };
}

/** As much of it as there is room for. */
const cutTo = (text: string, room: number): string =>
  text.length <= room ? text : text.slice(0, Math.max(0, room)).toWellFormed();

const isFirst = ({ text, calls }: Thinking, { type }: ModelPart): boolean =>
  text === '' && calls.length === 0 && (type === 'text' || type === 'call');

const countCharacters = ({ system, messages }: ModelRequest): number =>
  messages.reduce((sum, message) => sum + ('text' in message ? message.text.length : 0), system.length);

/** The model's parts, until the signal aborts: a model that does not stop is left behind, one that throws has failed. */
export async function* stream(model: Model, request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelPart> {
  const iterator = model.stream(request, signal)[Symbol.asyncIterator]();
  const untilAborted = listenForAbort(signal);
  try {
    for (;;) {
      const next = await untilAborted.wait(iterator.next());
      if (next === 'aborted' || next.done) return;
      yield next.value;
    }
  } catch (error) {
    yield { type: 'failure', code: 'answer-failed', detail: (error as Error).name };
  } finally {
    untilAborted.stop();
    // Not awaited: a model that hangs must not hold the turn.
    iterator.return?.().catch(() => {});
  }
}
