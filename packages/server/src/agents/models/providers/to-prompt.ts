/** What was said in a room as a prompt of the AI SDK's provider level, in an order that strict providers take. */
import type { LanguageModelV4Message, LanguageModelV4Prompt, SharedV4ProviderOptions } from '@ai-sdk/provider';
import type { Json, ModelFile, ModelMessage, ModelRequest } from '../model.ts';

type UserContent = Extract<LanguageModelV4Message, { role: 'user' }>['content'];
type AssistantContent = Extract<LanguageModelV4Message, { role: 'assistant' }>['content'];
type ToolContent = Extract<LanguageModelV4Message, { role: 'tool' }>['content'];

/** A part of an answer as a provider gave it, with what it wants to see again. JSON. */
export type NativePart =
  | { type: 'text' | 'reasoning'; text: string; metadata?: SharedV4ProviderOptions }
  | { type: 'tool-call'; id: string; name: string; input: Json; metadata?: SharedV4ProviderOptions };

/** What a model hands back with its `finish`; `model` says whose it is. */
export type Native = { model: string; parts: NativePart[] };

/**
 * Strict providers and chat templates want the roles in turn, beginning with a user, and no empty text; a room with
 * many speakers has none of that. Names stay out: where they matter, the turn has put them into the text.
 */
export function toPrompt({ system, messages }: ModelRequest, model: string): LanguageModelV4Prompt {
  const prompt: LanguageModelV4Message[] = [];
  for (const message of messages) {
    const last = prompt.at(-1);
    if (message.role === 'user') {
      const content = toUserContent(message);
      if (content.length === 0) continue;
      if (last?.role === 'user') last.content = joinTexts([...last.content, ...content]);
      else prompt.push({ role: 'user', content });
    } else if (message.role === 'assistant') {
      const content = toAssistantContent(message, model);
      if (content.length === 0) continue;
      if (prompt.length === 0) prompt.push({ role: 'user', content: [{ type: 'text', text: '…' }] });
      if (last?.role === 'assistant') last.content = joinTexts([...last.content, ...content]);
      else prompt.push({ role: 'assistant', content });
    } else prompt.push({ role: 'tool', content: toToolContent(message) });
  }
  return system.trim() === '' ? prompt : [{ role: 'system', content: system }, ...prompt];
}

/** Texts that follow each other become one, as paragraphs: of two parts many servers take only the first. */
function joinTexts<Part extends UserContent[number] | AssistantContent[number]>(parts: readonly Part[]): Part[] {
  const joined: Part[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (last?.type === 'text' && part.type === 'text' && !last.providerOptions && !part.providerOptions)
      joined[joined.length - 1] = { ...last, text: `${last.text}\n\n${part.text}` };
    else joined.push(part);
  }
  return joined;
}

function toUserContent({ text, files = [] }: Extract<ModelMessage, { role: 'user' }>): UserContent {
  const said: UserContent = text.trim() === '' ? [] : [{ type: 'text', text }];
  return joinTexts([...said, ...files.map(toFilePart)]);
}

function toFilePart({ mediaType, data, name }: ModelFile): UserContent[number] {
  if (data && isForEyes(mediaType)) {
    const source = data instanceof URL ? { type: 'url' as const, url: data } : { type: 'data' as const, data };
    return { type: 'file', mediaType, data: source, ...(name && { filename: name }) };
  }
  const title = name ?? 'a file';
  if (data instanceof Uint8Array && mediaType.startsWith('text/'))
    return { type: 'text', text: `[${title}]\n${new TextDecoder().decode(data)}` };
  return { type: 'text', text: `[${title}: a file of the type ${mediaType}, which cannot be read here]` };
}

/** Whether a file goes to the provider as it is, and not as words. */
const isForEyes = (mediaType: string): boolean => mediaType.startsWith('image/') || mediaType === 'application/pdf';

function toAssistantContent(
  { text, calls = [], native }: Extract<ModelMessage, { role: 'assistant' }>,
  model: string,
): AssistantContent {
  const own = native as Native | undefined;
  if (own?.model === model) return own.parts.map(toNativePart);
  const said: AssistantContent = text.trim() === '' ? [] : [{ type: 'text', text }];
  const called = calls.map(({ id, name, input }) => ({
    type: 'tool-call' as const,
    toolCallId: id,
    toolName: name,
    input: toInput(input),
  }));
  return [...said, ...called];
}

function toNativePart(part: NativePart): AssistantContent[number] {
  const providerOptions = part.metadata && { providerOptions: part.metadata };
  if (part.type !== 'tool-call') return { type: part.type, text: part.text, ...providerOptions };
  const { id, name, input } = part;
  return { type: 'tool-call', toolCallId: id, toolName: name, input: toInput(input), ...providerOptions };
}

/** Providers take objects only; what a model wrote that was none is shown to it as such. */
const toInput = (input: Json): Json =>
  typeof input === 'object' && input !== null && !Array.isArray(input) ? input : { input };

const toToolContent = ({ results }: Extract<ModelMessage, { role: 'tool' }>): ToolContent =>
  results.map(({ id, name, output, isError }) => ({
    type: 'tool-result',
    toolCallId: id,
    toolName: name,
    output: { type: isError ? 'error-text' : 'text', value: output },
  }));
