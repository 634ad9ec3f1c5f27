/**
 * Looks through the next messages of a room for facts: one request to the agent's own model. What comes of it, and how
 * far it has looked, is kept in one transaction, so that nothing is looked at twice.
 */
import type { Logger } from '../../observability/logger.ts';
import type { Engine } from '../../storage/engine/engine.ts';
import {
  findProgress,
  findSeqBeforeLast,
  insertMemories,
  listUnseen,
  type Place,
  type Unseen,
} from '../../storage/memory/memories.ts';
import { listRelevant } from '../../storage/memory/memory-search.ts';
import { elizaModel } from '../models/eliza/eliza-model.ts';
import type { Model, ModelRequest } from '../models/model.ts';
import { buildFactRequest, readFacts } from './fact-prompt.ts';

/** Tokens that remembering has cost, as the provider counted them. */
export type Usage = { agentId: string; channelId: string; inputTokens: number; outputTokens: number };

export type FactDeps = {
  readonly database: Engine;
  readonly logger: Logger;
  readonly onUsage: (usage: Usage) => void;
};

/** `more`: there are further messages. `failed`: nothing was kept; `unusableUpTo` is the `seq` of the last message where the model answered, but not what was asked. */
export type Extraction =
  | { state: 'done' | 'more' }
  | { state: 'failed'; code: string; unusableUpTo?: number; retryAfterMs: number };

/** Messages and characters in one request. An agent that never looked begins this many messages back. */
const mostMessages = 40;
const mostCharacters = 12_000;
const mostLookedBack = 200;

/** Facts that an agent keeps of a room, and known ones that the model is shown. */
const mostFacts = 2_000;
const mostShown = 20;

/** Longest wait for an answer, in ms, and longest answer, in characters. */
const timeoutMs = 120_000;
const longestAnswer = 50_000;

/** Whether a model can find facts. The built-in Eliza cannot: it answers from a script. */
export const canRemember = (model: Model): boolean => model.name !== elizaModel.name;

/** The messages of a room that an agent has not looked at, oldest first. */
export async function listNew({ database }: Pick<FactDeps, 'database'>, place: Place): Promise<Unseen[]> {
  const { db } = database;
  const after = (await findProgress(db, place)) ?? (await findSeqBeforeLast(db, place.channelId, mostLookedBack));
  return listUnseen(db, place.channelId, after, mostMessages + 1);
}

/** Looks at the next messages. Rejects only where the store does, or when `signal` has aborted. */
export async function extractFacts(
  deps: FactDeps,
  model: Model,
  place: Place,
  signal: AbortSignal,
): Promise<Extraction> {
  const unseen = await listNew(deps, place);
  const messages = fit(unseen);
  if (!messages.some(({ isOfPerson }) => isOfPerson)) {
    if (messages.length === unseen.length) return { state: 'done' };
    await keep(deps, place, messages, []);
    return { state: 'more' };
  }
  const text = messages.map((message) => message.text).join('\n');
  const known = await listRelevant(deps.database.db, { ...place, text, limit: mostShown });
  const request = buildFactRequest(
    messages,
    known.map((memory) => memory.text),
  );
  const answer = await ask(deps, model, place, request, signal);
  signal.throwIfAborted();
  if ('code' in answer) return { state: 'failed', ...answer };
  const facts = readFacts(answer.text, messages);
  if (!facts)
    return { state: 'failed', code: 'model-answer-unusable', unusableUpTo: messages.at(-1)?.seq, retryAfterMs: 0 };
  const count = await keep(deps, place, messages, facts);
  deps.logger.debug({ ...place, messages: messages.length, facts: count }, 'facts stored');
  return { state: messages.length < unseen.length ? 'more' : 'done' };
}

/** Goes past messages without looking at them: ones that the model cannot be asked about. */
export async function passOver({ database }: FactDeps, place: Place, upToSeq: number): Promise<void> {
  await insertMemories(database, place, [], upToSeq, mostFacts);
}

async function keep(
  { database }: FactDeps,
  place: Place,
  messages: readonly Unseen[],
  facts: Parameters<typeof insertMemories>[2],
): Promise<number> {
  const last = messages.at(-1);
  return last ? insertMemories(database, place, facts, last.seq, mostFacts) : 0;
}

/** As many of them as one request may have, at least one. */
function fit(messages: readonly Unseen[]): readonly Unseen[] {
  let left = mostCharacters;
  const end = messages.findIndex(({ text }, index) => {
    left -= Math.min(text.length, 1_000);
    return index === mostMessages || (index > 0 && left < 0);
  });
  return end === -1 ? messages : messages.slice(0, end);
}

async function ask(
  { onUsage }: FactDeps,
  model: Model,
  place: Place,
  request: ModelRequest,
  stop: AbortSignal,
): Promise<{ text: string } | { code: string; retryAfterMs: number }> {
  let text = '';
  const signal = AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]);
  for await (const part of model.stream(request, signal)) {
    if (part.type === 'text') text += part.text;
    if (text.length > longestAnswer) break;
    if (part.type === 'failure') return { code: part.code, retryAfterMs: part.retryAfterMs ?? 0 };
    if (part.type === 'finish') {
      const { inputTokens = 0, outputTokens = 0 } = part;
      onUsage({ ...place, inputTokens, outputTokens });
    }
  }
  return signal.aborted ? { code: 'turn-timed-out', retryAfterMs: 0 } : { text };
}
