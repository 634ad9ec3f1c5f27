/**
 * The `Model` port over the AI SDK: every real provider goes through here (stop 6 of the walk). It turns the SDK's
 * stream into ours and whatever goes wrong into one `failure` part. It speaks to the SDK's provider level: the loop, the
 * bounds and the waiting are the turn's own. A provider loads at the first stream.
 */
import type { LanguageModelV4, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { type Diagnosis, diagnoseError, diagnoseSilence, redact } from './diagnosis.ts';
import type { Json, Model, ModelPart, ModelRequest } from './model.ts';
import { type Native, type NativePart, toPrompt } from './to-prompt.ts';

export type AiSdkModelOptions = {
  readonly name: string;
  /** Called at each stream. */
  readonly languageModel: () => Promise<LanguageModelV4>;
  readonly providerOptions?: Record<string, Record<string, string | number | boolean>>;
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
    ...(words && { detail: redact(words, request, options.secrets ?? []) }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
  // Our own signal, because it must also close the socket when we leave for a reason that the caller did not give.
  const hangUp = new AbortController();
  const aborted = new Promise<'aborted'>((resolve) => {
    const onAbort = () => {
      hangUp.abort();
      resolve('aborted');
    };
    signal.addEventListener('abort', onAbort, { once: true, signal: hangUp.signal });
  });
  const answer = openAnswer(options, fail);
  try {
    const source = await Promise.race([openSource(options, request, hangUp.signal), aborted]);
    while (source !== 'aborted') {
      const step = await Promise.race([source.read(), aborted]);
      if (step === 'aborted' || signal.aborted) return;
      const part = step.done ? fail(diagnoseSilence(answer.hasSaid())) : answer.take(step.value);
      if (!part) continue;
      yield part;
      if (part.type === 'finish' || part.type === 'failure') return;
    }
  } catch (error) {
    if (!signal.aborted) yield fail(diagnoseError(error, answer.hasSaid()));
  } finally {
    hangUp.abort();
  }
}

async function openSource(
  { name, languageModel, providerOptions }: AiSdkModelOptions,
  request: ModelRequest,
  abortSignal: AbortSignal,
): Promise<ReadableStreamDefaultReader<LanguageModelV4StreamPart>> {
  const { tools = [], output, temperature, maxOutputTokens } = request;
  const model = await languageModel();
  const { stream } = await model.doStream({
    prompt: toPrompt(request, name),
    temperature,
    maxOutputTokens,
    providerOptions,
    abortSignal,
    ...(output && { responseFormat: { type: 'json', name: output.name, schema: output.schema } }),
    ...(tools.length > 0 && {
      toolChoice: { type: 'auto' },
      tools: tools.map(({ name: toolName, description, parameters }) => ({
        type: 'function',
        name: toolName,
        description,
        inputSchema: parameters,
      })),
    }),
  });
  return stream.getReader();
}

/** One answer as it comes: gives our part for each of the SDK's that has one, and keeps what the provider wants to see again. */
function openAnswer(options: AiSdkModelOptions, fail: (diagnosis: Diagnosis) => Failure) {
  const parts: NativePart[] = [];
  const open = new Map<string, Extract<NativePart, { text: string }>>();
  let isSaid = false;
  let hasCalled = false;

  function begin(type: 'text' | 'reasoning', id: string): void {
    const part = { type, text: '' };
    open.set(`${type} ${id}`, part);
    parts.push(part);
  }

  function add(type: 'text' | 'reasoning', id: string, delta: string): ModelPart | undefined {
    if (!open.has(`${type} ${id}`)) begin(type, id);
    const part = open.get(`${type} ${id}`);
    if (part) part.text += delta;
    if (type === 'text') isSaid ||= delta.trim() !== '';
    return delta === '' ? undefined : { type, text: delta };
  }

  function take(part: LanguageModelV4StreamPart): ModelPart | undefined {
    switch (part.type) {
      case 'stream-start':
        tellIgnored(options, part.warnings);
        return undefined;
      case 'text-delta':
        return add('text', part.id, part.delta);
      case 'reasoning-start':
        begin('reasoning', part.id);
        return undefined;
      case 'reasoning-delta':
        return add('reasoning', part.id, part.delta);
      case 'text-end':
      case 'reasoning-end': {
        const ended = open.get(`${part.type === 'text-end' ? 'text' : 'reasoning'} ${part.id}`);
        if (ended && part.providerMetadata) ended.metadata = part.providerMetadata;
        return undefined;
      }
      case 'tool-call': {
        const { toolCallId: id, toolName: name, providerMetadata: metadata } = part;
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
    const said = parts.filter((part) => part.type !== 'text' || part.text.trim() !== '');
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

/** What cannot be read goes to the action as it is: the model hears from it what was expected. */
function parseInput(text: string): Json {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text) as Json;
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
