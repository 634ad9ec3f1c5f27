/** A conversation that a program leads, as an agent's model is asked: as the character, with the program's messages and tools. */
import { ElizadError } from 'elizad-protocol';
import type { Agent } from '../../agents/characters/roster.ts';
import type { ModelMessage, ModelOutput, ModelRequest, ModelTool, ToolChoice } from '../../agents/models/model.ts';
import { parseInput } from '../../agents/models/providers/ai-sdk-model.ts';
import { toFile } from '../../agents/turn/thinking/files.ts';
import type { CompletionRequest } from './answering.ts';
import { type ChatMessage, toAttachments, toParts, toText } from './question.ts';

type Body = CompletionRequest['body'];

export function toModelRequest(body: Body, { systemPrompt, character }: Agent): ModelRequest {
  const { temperature: ownTemperature, maxTokens: ownMost } = character.settings ?? {};
  const temperature = body.temperature ?? ownTemperature;
  const maxOutputTokens = body.max_completion_tokens ?? body.max_tokens ?? ownMost;
  const output = toOutput(body.response_format);
  const tools = (body.tools ?? []).map(toTool);
  const demands = body.messages.filter(isDemand).map(({ content }) => toText(toParts(content)));
  const now = `It is ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC.`;
  return {
    system: [systemPrompt, now, ...demands].filter((text) => text.trim() !== '').join('\n\n'),
    messages: toMessages(body.messages.filter((one) => !isDemand(one))),
    ...(tools.length > 0 && { tools, toolChoice: toChoice(body.tool_choice) }),
    ...(output && { output }),
    ...(typeof temperature === 'number' && { temperature }),
    ...(typeof maxOutputTokens === 'number' && { maxOutputTokens }),
    sampling: toSampling(body),
  };
}

function toSampling({ top_p, stop, seed, presence_penalty, frequency_penalty }: Body): ModelRequest['sampling'] {
  return {
    ...(typeof top_p === 'number' && { topP: top_p }),
    ...(stop && { stopSequences: [stop].flat() }),
    ...(typeof seed === 'number' && { seed }),
    ...(typeof presence_penalty === 'number' && { presencePenalty: presence_penalty }),
    ...(typeof frequency_penalty === 'number' && { frequencyPenalty: frequency_penalty }),
  };
}

/** What of the request a model that only talks could not do; nothing where it could. */
export function findDemand({ tools, tool_choice, response_format, messages }: Body): string | undefined {
  if (tools && tools.length > 0) return 'tools';
  if ((tool_choice ?? 'auto') !== 'auto') return 'tool_choice';
  if ((response_format?.type ?? 'text') !== 'text') return 'response_format';
  const at = messages.findIndex((one) => one.role === 'tool' || (one.role === 'assistant' && one.tool_calls?.length));
  return at === -1 ? undefined : `messages.${at}`;
}

const isDemand = ({ role }: ChatMessage): boolean => role === 'system' || role === 'developer';

function toMessages(given: readonly ChatMessage[]): ModelMessage[] {
  const messages: ModelMessage[] = [];
  const names = new Map<string, string>();
  for (const message of given) {
    const parts = toParts(message.content);
    const text = toText(parts);
    if (message.role === 'tool') {
      const id = message.tool_call_id;
      const result = { id, name: names.get(id) ?? '', output: text, isError: false };
      const last = messages.at(-1);
      if (last?.role === 'tool') messages[messages.length - 1] = { ...last, results: [...last.results, result] };
      else messages.push({ role: 'tool', results: [result] });
    } else if (message.role === 'assistant') {
      const calls = (message.tool_calls ?? []).map(({ id, function: { name, arguments: input } }) => {
        names.set(id, name);
        return { id, name, input: parseInput(input) };
      });
      messages.push({ role: 'assistant', text, ...(calls.length > 0 && { calls }) });
    } else {
      const files = parts.flatMap(toAttachments).map(toFile);
      messages.push({ role: 'user', text, ...(files.length > 0 && { files }) });
    }
  }
  if (messages.every((one) => one.role !== 'tool' && one.text.trim() === '' && !hasMore(one)))
    throw new ElizadError('invalid-payload', {
      issues: [{ path: 'messages', message: 'expected a message that is not empty' }],
    });
  return messages;
}

const hasMore = (message: ModelMessage): boolean =>
  (message.role === 'user' && message.files !== undefined) ||
  (message.role === 'assistant' && message.calls !== undefined);

const noParameters = { type: 'object', properties: {}, additionalProperties: false };

const toTool = ({
  function: { name, description, parameters, strict },
}: NonNullable<Body['tools']>[number]): ModelTool => ({
  name,
  description: description ?? '',
  parameters: parameters ?? noParameters,
  ...(typeof strict === 'boolean' && { isStrict: strict }),
});

const toChoice = (choice: Body['tool_choice']): ToolChoice =>
  typeof choice === 'object' && choice ? { tool: choice.function.name } : (choice ?? 'auto');

function toOutput(format: Body['response_format']): ModelOutput | undefined {
  if (!format || format.type === 'text') return undefined;
  if (format.type === 'json_object') return {};
  const { name, description, schema, strict } = format.json_schema;
  return {
    name,
    ...(description && { description }),
    ...(schema && { schema }),
    // Where a program says nothing, OpenAI is not strict; its SDK would be.
    isStrict: strict ?? false,
  };
}
