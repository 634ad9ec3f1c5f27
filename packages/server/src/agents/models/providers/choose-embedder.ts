/**
 * What gives the meaning of texts, for the memory: the character's `settings.embeddingModel`, or else the server's. None
 * where none is named: it costs money, and sends away what is said.
 */
import type { EmbeddingModelV4 } from '@ai-sdk/provider';
import { type Embedder, EmbedderError, type EmbedHow } from '../embedder.ts';
import {
  type Access,
  type Choice,
  isReachable,
  type ModelCharacter,
  mergeAccess,
  type Provider,
  parseChoice,
  readModelName,
  variableOf,
} from './access.ts';
import { diagnoseError, redact } from './diagnosis.ts';
import { asPath, isOpenAiItself, listSecrets, openCompatible, openGoogle, openOpenAi } from './providers.ts';

export type EmbedderEnv = Access & { readonly embeddingModel?: string };

type Log = { warn(fields: object, message: string): void };

/** What a provider alone means: of each the one that its own pages begin with. */
const defaultModels: Record<Provider, string> = {
  openai: 'text-embedding-3-small',
  anthropic: '',
  google: 'gemini-embedding-2',
  ollama: 'nomic-embed-text',
};

/** Texts in one request, so few that the answer is read in a moment; numbers of one vector, and shortest text that is cut in half. */
const mostTexts = 16;
const mostNumbers = 20_000;
const leastCut = 500;

/** Never throws: one that cannot be reached is left out, and the log says why. `settings.embeddingModel: false` is none. */
export function chooseEmbedder(character: ModelCharacter, env: EmbedderEnv, log?: Log): Embedder | undefined {
  const own = character.settings?.embeddingModel;
  const wanted = own === false ? undefined : (readModelName(own) ?? readModelName(env.embeddingModel));
  if (!wanted) return undefined;
  const access = mergeAccess(character, env);
  const choice = parseChoice(wanted, access, defaultModels);
  const { provider, model } = choice;
  if (provider === 'anthropic' || !isReachable(provider, access)) {
    const missing = provider === 'anthropic' ? 'Anthropic has no embeddings' : `${variableOf[provider]} is not set`;
    log?.warn(
      { agentName: character.name, embeddingModel: wanted, missing },
      'memories are found by their words alone',
    );
    return undefined;
  }
  const name = `${provider}/${model}`;
  const secrets = listSecrets(provider, access);
  return {
    name,
    async embed(texts, signal, how = {}) {
      try {
        return await embedAll(await openModel(choice, access), texts, signal, how);
      } catch (error) {
        signal.throwIfAborted();
        const { code, words = '' } = diagnoseError(error, false);
        // No cause: what the SDK throws holds the request.
        throw new EmbedderError(code, `${name}: ${code} ${redact(words, texts, secrets)}`.trim());
      }
    },
  };
}

async function openModel({ provider, model }: Choice, access: Access): Promise<EmbeddingModelV4> {
  if (provider === 'google') return (await openGoogle(access)).embeddingModel(asPath(model));
  if (provider === 'openai' && isOpenAiItself(access)) return (await openOpenAi(access)).embeddingModel(model);
  return (await openCompatible(provider === 'ollama' ? 'ollama' : 'openai', access)).embeddingModel(model);
}

async function embedAll(model: EmbeddingModelV4, texts: readonly string[], signal: AbortSignal, how: EmbedHow) {
  const size = Math.max(1, Math.min((await model.maxEmbeddingsPerCall) ?? mostTexts, mostTexts));
  const vectors: Float32Array[] = [];
  for (let at = 0; at < texts.length; at += size)
    vectors.push(...(await embedBatch(model, texts.slice(at, at + size), signal, how)));
  return vectors;
}

/** A batch that is refused is tried in halves, and a text by itself without its end: how much a model takes, none says. */
async function embedBatch(
  model: EmbeddingModelV4,
  texts: readonly string[],
  abortSignal: AbortSignal,
  how: EmbedHow,
): Promise<Float32Array[]> {
  try {
    const { embeddings, usage } = await model.doEmbed({ values: [...texts], abortSignal });
    if (embeddings.length !== texts.length || embeddings.some(({ length }) => length === 0 || length > mostNumbers))
      throw new Error('not one vector for each text');
    if (usage) how.onTokens?.(usage.tokens);
    return embeddings.map((numbers) => Float32Array.from(numbers));
  } catch (error) {
    const [first = ''] = texts;
    const isRefused = ['model-refused', 'model-too-long'].includes(diagnoseError(error, false).code);
    const isLast = texts.length === 1 && (how.isWhole || first.length < 2 * leastCut);
    if (abortSignal.aborted || !isRefused || isLast) throw error;
    if (texts.length === 1)
      return embedBatch(model, [first.slice(0, first.length / 2).toWellFormed()], abortSignal, how);
    const middle = Math.ceil(texts.length / 2);
    const before = await embedBatch(model, texts.slice(0, middle), abortSignal, how);
    return [...before, ...(await embedBatch(model, texts.slice(middle), abortSignal, how))];
  }
}
