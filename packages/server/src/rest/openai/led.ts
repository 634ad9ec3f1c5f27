/** Answers to conversations that a program leads: the agent's model in one step, in OpenAI's form, whole or piece by piece. */
import { ElizadError } from 'elizad-protocol';
import type { FastifyReply } from 'fastify';
import type { DirectPart } from '../../agents/direct-answers.ts';
import { readJsonAnswer } from '../../agents/models/json-answer.ts';
import type { ModelCall, ModelPart } from '../../agents/models/model.ts';
import { getAgent } from '../../agents/spoken-exchange.ts';
import { describeEnd, streamReply, untilAnswered, watchHangUp } from '../http/asking.ts';
import type { RestDeps } from '../http/context.ts';
import type { StreamEvent } from '../http/event-stream.ts';
import { type CompletionRequest, toCompletionId } from './answering.ts';
import { createChunks, toFailureEvent } from './chunks.ts';
import { findDemand, toModelRequest } from './led-request.ts';

type Finish = Extract<ModelPart, { type: 'finish' }>;

/** One answer, as far as it is there. */
type Choice = { text: string; calls: ModelCall[]; finish?: Finish };

/** Throws `invalid-payload` where a room is named, `model-cannot-act`, `too-many-answers`, and why the model failed. */
export async function answerLed(
  deps: RestDeps,
  { body, raw }: CompletionRequest,
  reply: FastifyReply,
  head: { created: number; model: string },
  agentId: string,
) {
  if (raw.headers['x-room-id'] !== undefined) {
    const message =
      'expected none: with `tools`, `response_format`, results of tools or `n` the program leads the conversation, and in a room the agent does, with actions of its own';
    throw new ElizadError('invalid-payload', { issues: [{ path: 'X-Room-Id', message }] });
  }
  const agent = getAgent(deps, agentId);
  if (!agent.canAct) refuse(deps, findDemand(body));
  const request = toModelRequest(body, agent);
  const count = body.n ?? 1;
  const gone = new AbortController();
  const signal = untilAnswered(deps, gone.signal);
  const parts = deps.agents.direct.ask(agent, request, count, signal);
  const id = toCompletionId(crypto.randomUUID());
  const choices = Array.from({ length: count }, (): Choice => ({ text: '', calls: [] }));
  if (body.stream) {
    const chunks = createChunks({ ...head, id }, body.stream_options?.include_usage === true);
    return streamReply(deps, reply, { toFailure: toFailureEvent, gone }, async ({ send }) => {
      for await (const event of listChunks(parts, choices, signal, chunks)) send(event);
    });
  }
  watchHangUp(reply, gone);
  for await (const { index, part } of parts) take(choices[index] as Choice, part);
  if (choices.some(({ finish }) => !finish)) throw describeEnd(signal);
  return {
    ...head,
    id,
    object: 'chat.completion' as const,
    choices: choices.map((choice, index) => toChoice(choice, index, request.output !== undefined)),
    usage: sumUsage(choices),
  };
}

function refuse(deps: RestDeps, path: string | undefined): void {
  if (path === undefined) return;
  const able = [...deps.agents.roster.values()].filter(({ canAct }) => canAct).map(({ name }) => name);
  const message =
    able.length > 0
      ? `expected none with the built-in Eliza: ${list(able)} could`
      : 'expected none with the built-in Eliza, and no other model is here: set a key, such as OPENAI_API_KEY, or OPENAI_BASE_URL';
  throw new ElizadError('model-cannot-act', { issues: [{ path, message }] });
}

/** Names that are told, at most. */
const mostNames = 10;
const list = (names: readonly string[]) =>
  names.slice(0, mostNames).join(', ') + (names.length > mostNames ? ' and others' : '');

/** Adds a part to what is there. Throws the failure of a model. */
function take(choice: Choice, part: ModelPart): void {
  if (part.type === 'text') choice.text += part.text;
  else if (part.type === 'call') choice.calls.push(part.call);
  else if (part.type === 'finish') choice.finish = part;
  else if (part.type === 'failure') {
    const { code, retryAfterMs } = part;
    throw new ElizadError(code, retryAfterMs === undefined ? {} : { retryAfterMs });
  }
}

async function* listChunks(
  parts: AsyncIterable<DirectPart>,
  choices: Choice[],
  signal: AbortSignal,
  { begin, say, end }: ReturnType<typeof createChunks>,
): AsyncGenerator<StreamEvent> {
  for (const index of choices.keys()) yield begin(index);
  for await (const { index, part } of parts) {
    const choice = choices[index] as Choice;
    take(choice, part);
    if (part.type === 'text') yield say(index, { content: part.text });
    if (part.type === 'call')
      yield say(index, { tool_calls: [{ index: choice.calls.length - 1, ...toCall(part.call) }] });
    if (part.type === 'finish') yield say(index, {}, toReason(part));
  }
  if (choices.some(({ finish }) => !finish)) throw describeEnd(signal);
  yield* end(sumUsage(choices));
}

const toCall = ({ id, name, input }: ModelCall) => ({
  id,
  type: 'function' as const,
  // What is no JSON goes on as it is.
  function: { name, arguments: typeof input === 'string' ? input : JSON.stringify(input) },
});

const reasons = {
  stop: 'stop',
  calls: 'tool_calls',
  length: 'length',
  'content-filter': 'content_filter',
  other: 'stop',
} as const;

const toReason = ({ reason }: Finish) => reasons[reason];

function toChoice({ text, calls, finish }: Choice, index: number, isJson: boolean) {
  return {
    index,
    message: {
      role: 'assistant' as const,
      content: text === '' ? null : isJson ? toJson(text) : text,
      refusal: null,
      ...(calls.length > 0 && { tool_calls: calls.map(toCall) }),
    },
    logprobs: null,
    finish_reason: finish ? toReason(finish) : ('stop' as const),
  };
}

/** Models that were asked in words put a fence around it. */
function toJson(text: string): string {
  const json = readJsonAnswer(text);
  return json === undefined || isJsonText(text) ? text : JSON.stringify(json);
}

function isJsonText(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Each answer was asked for by itself, and costs so. */
function sumUsage(choices: readonly Choice[]) {
  const sum = (of: (finish: Finish) => number | undefined) =>
    choices.reduce((all, { finish }) => all + ((finish && of(finish)) ?? 0), 0);
  const prompt_tokens = sum(({ inputTokens }) => inputTokens);
  const completion_tokens = sum(({ outputTokens }) => outputTokens);
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}
