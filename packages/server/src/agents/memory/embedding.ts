import type { Logger } from '../../observability/logger.ts';
import type { Engine } from '../../storage/engine/engine.ts';
import { hasEmbeddings, listUnembedded, setEmbeddings } from '../../storage/memory/memories.ts';
import type { Meaning } from '../../storage/memory/memory-search.ts';
import type { Embedder } from '../models/embedder.ts';
import type { Question } from './memory.ts';

export type Embedding = {
  /** The meaning of a question; nothing when there is no embedder, nothing to compare it with, or no answer in time. */
  findMeaning(question: Question, signal: AbortSignal): Promise<Meaning | undefined>;
  /** Embeds in the background what is new; may be called at any time. */
  wake(agentId: string): void;
  stop(): Promise<void>;
};

export type EmbeddingDeps = {
  readonly database: Engine;
  readonly embedderOf: (agentId: string) => Embedder | undefined;
  readonly logger: Logger;
};

/** Longest wait for the embedding of a question, in ms: the answer waits for it. */
const deadlineMs = 2_000;

/** Longest wait for one batch, and how long an embedder that failed is left alone: doubled each time, up to an hour. */
const batchMs = 60_000;
const pauseMs = 60_000;
const longestPauseMs = 3_600_000;

/** Texts in a batch, characters of each, and questions of which the meaning is kept: both sources ask the same. */
const batchSize = 64;
const mostCharacters = 8_000;
const keptQuestions = 64;

export function createEmbedding({ database, embedderOf, logger }: EmbeddingDeps): Embedding {
  const stopping = new AbortController();
  const working = new Map<string, Promise<void>>();
  const woken = new Set<string>();
  const pauses = new Map<string, { until: number; ms: number }>();
  const questions = new Map<string, Promise<Float32Array | undefined>>();

  async function embed(embedder: Embedder, texts: readonly string[], ms: number, signal?: AbortSignal) {
    const own = [stopping.signal, AbortSignal.timeout(ms), ...(signal ? [signal] : [])];
    const whole = AbortSignal.any(own);
    const bounded = texts.map((text) => text.slice(0, mostCharacters).toWellFormed() || ' ');
    const vectors = await orAborted(embedder.embed(bounded, whole), whole);
    if (vectors.length !== texts.length) throw new Error(`${vectors.length} vectors for ${texts.length} texts`);
    pauses.delete(embedder.name);
    return vectors.map(normalise);
  }

  function pause(agentId: string, { name }: Embedder, error: unknown): void {
    if (stopping.signal.aborted) return;
    const ms = Math.min(2 * (pauses.get(name)?.ms ?? pauseMs / 2), longestPauseMs);
    pauses.set(name, { until: Date.now() + ms, ms });
    const err = error instanceof Error ? error.name : 'Error';
    logger.warn({ agentId, embedder: name, err, pauseMs: ms }, 'memories could not be embedded');
    setTimeout(() => wake(agentId), ms).unref();
  }

  const isPaused = ({ name }: Embedder) => (pauses.get(name)?.until ?? 0) > Date.now();

  async function work(agentId: string, embedder: Embedder): Promise<void> {
    while (woken.delete(agentId)) {
      for (;;) {
        if (stopping.signal.aborted || isPaused(embedder)) return;
        const rows = await listUnembedded(database.db, agentId, embedder.name, batchSize);
        if (rows.length === 0) break;
        const vectors = await embed(
          embedder,
          rows.map(({ text }) => text),
          batchMs,
        );
        const embeddings = rows.map(({ row }, index) => ({ row, embedding: toBytes(vectors[index]) }));
        await setEmbeddings(database.db, embedder.name, embeddings);
      }
    }
  }

  function wake(agentId: string): void {
    const embedder = embedderOf(agentId);
    if (!embedder || stopping.signal.aborted) return;
    woken.add(agentId);
    if (working.has(agentId)) return;
    const done = work(agentId, embedder)
      .catch((error) => pause(agentId, embedder, error))
      .finally(() => working.delete(agentId));
    working.set(agentId, done);
  }

  function ask(embedder: Embedder, { agentId, text }: Question, signal: AbortSignal) {
    const key = `${agentId} ${text.slice(0, mostCharacters)}`;
    const known = questions.get(key);
    if (known || isPaused(embedder)) return known;
    const asked = embed(embedder, [text], deadlineMs, signal)
      .then(([vector]) => vector)
      .catch((error) => {
        questions.delete(key);
        if (!signal.aborted) pause(agentId, embedder, error);
        return undefined;
      });
    questions.set(key, asked);
    if (questions.size > keptQuestions) questions.delete(questions.keys().next().value as string);
    return asked;
  }

  return {
    wake,
    async findMeaning(question, signal) {
      const embedder = embedderOf(question.agentId);
      if (!embedder || stopping.signal.aborted) return undefined;
      if (!(await hasEmbeddings(database.db, question.agentId, embedder.name))) return undefined;
      const vector = await ask(embedder, question, signal);
      return vector && { model: embedder.name, vector };
    },
    async stop() {
      stopping.abort();
      await Promise.all(working.values());
    },
  };
}

/** What a promise gives, or a rejection as soon as the signal aborts: an embedder that hangs is left behind. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** Of length 1, so that a product is a cosine; nothing for one that has no direction. */
function normalise(vector: Float32Array): Float32Array | undefined {
  const length = Math.sqrt(vector.reduce((sum, part) => sum + part * part, 0));
  return length > 0 && Number.isFinite(length) ? vector.map((part) => part / length) : undefined;
}

const toBytes = (vector: Float32Array | undefined): Uint8Array =>
  vector ? new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength) : new Uint8Array();
