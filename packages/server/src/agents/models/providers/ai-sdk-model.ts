/**
 * The `Model` port over the AI SDK: every real provider goes through here (stop 6 of the walk). It turns the SDK's
 * stream into ours and whatever goes wrong into one `failure` part. It speaks to the SDK's provider level: the loop, the
 * bounds and the waiting are the turn's own. A provider loads at the first stream.
 */
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4StreamPart,
  SharedV4ProviderMetadata,
} from '@ai-sdk/provider';
import { isShallow } from 'elizad-protocol';
import type { Json, Model, ModelMessage, ModelOutput, ModelPart, ModelRequest } from '../model.ts';
import { listenForAbort } from '../until-aborted.ts';
import { type Diagnosis, diagnoseError, diagnoseSilence, redact } from './diagnosis.ts';
import { type Native, type NativePart, toPrompt } from './to-prompt.ts';

export type AiSdkModelOptions = {
  readonly name: string;
  /** Called at each stream. */
  readonly languageModel: () => Promise<LanguageModelV4>;
  readonly providerOptions?: Record<string, Record<string, string | number | boolean>>;
  /** Under which name of `providerOptions` the provider is told whether a shape is meant strictly; without, it is not told. */
  readonly strictOption?: string;
  /** Keys that must never show in a `detail`, whatever they look like. */
  readonly secrets?: readonly string[];
  readonly log?: { debug(fields: object, message: string): void };
};

type Failure = Extract<ModelPart, { type: 'failure' }>;

/** Makes a model of any language model of the AI SDK; nothing is loaded or opened before the first stream. */
export function createAiSdkModel(options: AiSdkModelOptions): Model {
  return { name: options.name, stream: (request, signal) => streamParts(options, request, signal) };
}

async function* streamParts(
  options: AiSdkModelOptions,
  request: ModelRequest,
  signal: AbortSignal,
): AsyncGenerator<ModelPart> {
  if (signal.aborted) return;
  const fail = ({ code, words, retryAfterMs }: Diagnosis): Failure => ({
    type: 'failure',
    code,
    ...(words && { detail: redact(words, listTexts(request), options.secrets ?? []) }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
  // Our own signal, because it must also close the socket when we leave for a reason that the caller did not give.
  const hangUp = new AbortController();
  // The first to listen: after the other one nobody would.
  const untilAborted = listenForAbort(signal);
  signal.addEventListener('abort', () => hangUp.abort(), { once: true, signal: hangUp.signal });
  const answer = openAnswer(options, fail);
  try {
    const source = await untilAborted.wait(openSource(options, request, hangUp.signal));
    while (source !== 'aborted') {
      const step = await untilAborted.wait(source.read());
      if (step === 'aborted' || signal.aborted) return;
      const part = step.done ? fail(diagnoseSilence(answer.hasSaid())) : answer.take(step.value);
      if (!part) continue;
      yield part;
      if (part.type === 'finish' || part.type === 'failure') return;
    }
  } catch (error) {
    if (!signal.aborted) yield fail(diagnoseError(error, answer.hasSaid()));
  } finally {
    untilAborted.stop();
    hangUp.abort();
  }
}

/** Everything that somebody said, or that an action found out. */
const listTexts = ({ system, messages }: ModelRequest): string[] => [
  system,
  ...messages.flatMap((message: ModelMessage) =>
    message.role === 'tool' ? message.results.map(({ output }) => output) : [message.text],
  ),
];

type Source = ReadableStreamDefaultReader<LanguageModelV4StreamPart>;

async function openSource(options: AiSdkModelOptions, request: ModelRequest, signal: AbortSignal): Promise<Source> {
  const { output, ...rest } = request;
  try {
    return await ask(options, request, signal);
  } catch (error) {
    // Perhaps it only knows no schemas: then it is asked in words.
    if (!output || signal.aborted || diagnoseError(error, false).code !== 'model-refused') throw error;
    const shape = output.schema ? `, of this JSON schema:\n${JSON.stringify(output.schema)}` : ': one object.';
    return ask(options, { ...rest, system: `${rest.system}\n\nAnswer with JSON only${shape}` }, signal);
  }
}

async function ask(
  { name, languageModel, providerOptions, strictOption }: AiSdkModelOptions,
  request: ModelRequest,
  abortSignal: AbortSignal,
): Promise<Source> {
  const { output, temperature, maxOutputTokens, sampling: { stopSequences, ...sampling } = {} } = request;
  const model = await languageModel();
  const { stream } = await model.doStream({
    prompt: toPrompt(request, name),
    temperature,
    maxOutputTokens,
    ...sampling,
    ...(stopSequences && { stopSequences: [...stopSequences] }),
    providerOptions: {
      ...providerOptions,
      ...(strictOption !== undefined &&
        output?.isStrict !== undefined && {
          [strictOption]: { ...providerOptions?.[strictOption], strictJsonSchema: output.isStrict },
        }),
    },
    abortSignal,
    ...(output && { responseFormat: toFormat(output) }),
    ...toTools(request),
  });
  return stream.getReader();
}

const toFormat = ({ name, description, schema }: ModelOutput): LanguageModelV4CallOptions['responseFormat'] => ({
  type: 'json',
  ...(schema && { schema, ...(name && { name }), ...(description && { description }) }),
});

function toTools({ tools = [], toolChoice = 'auto' }: ModelRequest): Partial<LanguageModelV4CallOptions> {
  if (tools.length === 0) return {};
  return {
    toolChoice: typeof toolChoice === 'string' ? { type: toolChoice } : { type: 'tool', toolName: toolChoice.tool },
    tools: tools.map(({ name, description, parameters, isStrict }) => ({
      type: 'function',
      name,
      ...(description !== '' && { description }),
      inputSchema: parameters,
      ...(isStrict !== undefined && { strict: isStrict }),
    })),
  };
}

/** Most characters of one answer, with what the model thought and what it called; and of the name and the id of a call. */
const mostCharacters = 1_000_000;
const mostOfName = 500;

/** What a part counts, in characters, before there is anything in it. */
const sizeOfPart = 200;

/** Most calls of one answer: far more than are run. */
const mostCalls = 128;

/** One answer as it comes: gives our part for each of the SDK's that has one, and keeps what the provider wants to see again. */
function openAnswer(options: AiSdkModelOptions, fail: (diagnosis: Diagnosis) => Failure) {
  const parts: NativePart[] = [];
  const open = new Map<string, Extract<NativePart, { text: string }>>();
  let isSaid = false;
  let hasCalled = false;
  let characters = 0;
  let calls = 0;

  const isTooLong = (text: string): boolean => {
    characters += text.length;
    return characters > mostCharacters;
  };

  /** Begins the part with this id, if it has not begun. What is to be seen again may come with any piece of it. */
  function touch(type: 'text' | 'reasoning', id: string, metadata?: SharedV4ProviderMetadata) {
    const key = `${type} ${id}`;
    const part = open.get(key) ?? { type, text: '' };
    if (!open.has(key)) {
      parts.push(part);
      characters += key.length + sizeOfPart;
    }
    open.set(key, part);
    if (metadata) {
      const size = JSON.stringify(metadata).length;
      // Many providers name the part with each word of it.
      characters += size > sizeOfPart ? size : 0;
      part.metadata = mergeMetadata(part.metadata, metadata);
    }
    return part;
  }

  function add(type: 'text' | 'reasoning', text: string, part: { text: string }): ModelPart | undefined {
    if (isTooLong(text)) return fail({ code: 'model-too-long' });
    part.text += text;
    if (type === 'text') isSaid ||= text.trim() !== '';
    return text === '' ? undefined : { type, text };
  }

  function take(part: LanguageModelV4StreamPart): ModelPart | undefined {
    if (characters > mostCharacters) return fail({ code: 'model-too-long' });
    switch (part.type) {
      case 'stream-start':
        tellIgnored(options, part.warnings);
        return undefined;
      case 'text-start':
      case 'text-end':
        touch('text', part.id, part.providerMetadata);
        return undefined;
      case 'text-delta':
        return add('text', part.delta, touch('text', part.id, part.providerMetadata));
      case 'reasoning-start':
      case 'reasoning-end':
        touch('reasoning', part.id, part.providerMetadata);
        return undefined;
      case 'reasoning-delta':
        return add('reasoning', part.delta, touch('reasoning', part.id, part.providerMetadata));
      case 'tool-input-start':
        calls += 1;
        return calls > mostCalls ? fail({ code: 'model-too-long' }) : undefined;
      case 'tool-call': {
        const { toolCallId: id, toolName: name, providerMetadata: metadata } = part;
        if (isTooLong(part.input) || id.length > mostOfName || name.length > mostOfName)
          return fail({ code: 'model-too-long' });
        const call = { id, name, input: parseInput(part.input) };
        parts.push({ type: 'tool-call', ...call, ...(metadata && { metadata }) });
        hasCalled = true;
        return { type: 'call', call };
      }
      case 'error':
        return fail(diagnoseError(part.error, isSaid));
      case 'finish':
        return finish(part);
      default:
        return undefined;
    }
  }

  function finish({ finishReason, usage }: Extract<LanguageModelV4StreamPart, { type: 'finish' }>): ModelPart {
    const reason = finishReason.unified;
    if (reason === 'interrupted') return fail(diagnoseSilence(isSaid));
    if (reason === 'error') return fail({ code: 'model-overloaded', words: 'the stream ended with an error' });
    if (!isSaid && !hasCalled && reason === 'content-filter')
      return fail({ code: 'model-refused', words: 'stopped by the content filter before any text' });
    if (!isSaid && !hasCalled) return fail({ code: 'model-empty', words: `finished with "${reason}" before any text` });
    // Google puts a signature into an empty text.
    const said = parts.filter((part) => part.type !== 'text' || part.metadata || part.text.trim() !== '');
    const native: Native = { model: options.name, parts: said };
    return {
      type: 'finish',
      reason: hasCalled ? 'calls' : reason === 'tool-calls' ? 'other' : reason,
      inputTokens: usage.inputTokens.total,
      outputTokens: usage.outputTokens.total,
      ...(hasCalled && { native: native as unknown as Json }),
    };
  }

  return { take, hasSaid: () => isSaid };
}

const mergeMetadata = (
  known: SharedV4ProviderMetadata | undefined,
  more: SharedV4ProviderMetadata,
): SharedV4ProviderMetadata => ({
  ...known,
  ...Object.fromEntries(Object.entries(more).map(([name, fields]) => [name, { ...known?.[name], ...fields }])),
});

/** What cannot be read goes to the action as it is: the model hears from it what was expected. */
export function parseInput(text: string): Json {
  if (text.trim() === '') return {};
  try {
    const input = JSON.parse(text) as Json;
    return isShallow(input) ? input : text;
  } catch {
    return text;
  }
}

type Warnings = Extract<LanguageModelV4StreamPart, { type: 'stream-start' }>['warnings'];

function tellIgnored({ name, log }: AiSdkModelOptions, warnings: Warnings): void {
  const ignored = warnings.map((warning) =>
    'feature' in warning ? `${warning.type}: ${warning.feature}` : warning.type,
  );
  if (ignored.length > 0) log?.debug({ model: name, ignored }, 'the model does not take a setting');
}
