/** One step of a turn (stop 6 of the walk): the model is asked, and what it says goes to the room as it comes. */
import type { Json, ModelCall, ModelPart, ModelRequest } from '../../models/model.ts';
import { streamParts } from '../../models/stream-parts.ts';
import type { Tell } from '../runner.ts';
import { describeStop, type RunningTurn } from '../running-turn.ts';
import type { TurnDeps } from '../turn-deps.ts';
import type { Verdict } from '../turn-progress.ts';

/** What the model said in this step, and what it wants done. */
export type Thinking = Verdict & { text: string; calls: ModelCall[]; native?: Json };

/** Most calls of one step; those beyond are not seen. */
const mostCalls = 16;

/** Streams an answer to the room, chunk by chunk, until it ends or the signal says stop. Adds to `work` what was said. */
export async function think(
  { messaging, logger }: Pick<TurnDeps, 'messaging' | 'logger'>,
  { agent, turn, signal, trace, work }: RunningTurn,
  tell: Tell,
  request: ModelRequest,
): Promise<Thinking> {
  const step: Thinking = { text: '', calls: [], outcome: 'answered', code: null };
  const { answers, meters } = messaging;
  const isFirstStep = work.messages.length === 0;
  const usage: Record<string, number> = {};
  trace.mark('asked', { model: agent.model.name, promptCharacters: countCharacters(request) });
  for await (const part of streamParts(agent.model, request, signal)) {
    if (isFirst(step, part)) {
      trace.mark('first-token');
      if (isFirstStep) meters.firstTokens.record(Date.now() - turn.created_at);
    }
    if (part.type === 'text') {
      // What was said before an action, and what is said after it, are paragraphs of one answer.
      if (step.text === '' && work.text.trim() !== '') await tell({ type: 'chunk', text: '\n\n' });
      step.text += part.text;
      const fits = tell({ type: 'chunk', text: part.text });
      // Most parts are taken at once: a wait for each would cost a turn of the loop.
      if (fits === true || (await fits)) continue;
      step.outcome = 'failed';
      step.code = 'model-too-long';
      logger.warn({ agentId: agent.id, agentName: agent.name, code: step.code }, "the model's output was too long");
      break;
    } else if (part.type === 'reasoning') {
      tell({ type: 'thought', text: part.text });
    } else if (part.type === 'call') {
      if (step.calls.length < mostCalls) step.calls.push(part.call);
    } else if (part.type === 'finish') {
      const { inputTokens, outputTokens, model } = part;
      tell({ type: 'usage', inputTokens, outputTokens, model });
      if (inputTokens !== undefined) usage.inputTokens = inputTokens;
      if (outputTokens !== undefined) usage.outputTokens = outputTokens;
      if (part.native !== undefined) step.native = part.native;
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

const isFirst = ({ text, calls }: Thinking, { type }: ModelPart): boolean =>
  text === '' && calls.length === 0 && (type === 'text' || type === 'call');

const countCharacters = ({ system, messages }: ModelRequest): number =>
  messages.reduce((sum, message) => sum + ('text' in message ? message.text.length : 0), system.length);
