/** What a request in OpenAI's form holds: messages and their parts, tools, and the form of the answer. */
import { z } from 'zod';
import { wellFormed } from '../../fields.ts';
import { boundedRecord } from '../bounded.ts';

const mostParts = 100;
const mostUrl = 20_000_000;
const mostCalls = 128;
const mostTools = 128;
const mostDescription = 20_000;
const mostSchemaBytes = 100_000;
const mostCallId = 500;
const mostArguments = 1_000_000;

/** Something of the old API, or of what is not served: what to send in its place. */
export const notServed = (instead: string) => z.null({ error: `expected none: ${instead}` }).optional();

/** Words for what is no text at all; of one that is too long is said what else. */
export const whenNone = (words: string) => (issue: { code?: string }) =>
  issue.code === 'invalid_type' ? words : undefined;

const oldCalls = 'send `tools` and `tool_choice`, and results as messages with the role `tool`';
const name = z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/, 'expected 1 to 64 letters, digits, `_` or `-`');
const schema = boundedRecord(mostSchemaBytes);

const text = z.object({ type: z.literal('text', 'expected `text`'), text: wellFormed });
const refusal = z.object({ type: z.literal('refusal'), refusal: wellFormed });

const part = z.discriminatedUnion(
  'type',
  [
    text,
    refusal,
    z.object({ type: z.literal('image_url'), image_url: z.object({ url: z.string().min(1).max(mostUrl) }) }),
    z.object({
      type: z.literal('input_audio'),
      input_audio: z.object({ data: z.string().max(mostUrl), format: z.string().regex(/^[a-z0-9]{1,20}$/) }),
    }),
    z.object({
      type: z.literal('file'),
      file: z.object({
        file_data: z
          .string({
            error: whenNone(
              'expected the file itself as a `data:` URL: this server stores no files that a `file_id` could name',
            ),
          })
          .max(mostUrl),
        filename: z.string().max(500).optional(),
      }),
    }),
  ],
  { error: 'expected `text`, `refusal`, `image_url`, `input_audio` or `file`' },
);

const contentOf = <P extends z.ZodType>(one: P) =>
  z.union([wellFormed, z.array(one).max(mostParts)], { error: 'expected a text, or a list of parts' });

const call = z.object({
  id: z.string().min(1).max(mostCallId),
  type: z.literal('function', 'expected `function`').default('function'),
  function: z.object({ name, arguments: wellFormed.max(mostArguments) }),
});

export const chatMessage = z.discriminatedUnion(
  'role',
  [
    z.object({ role: z.enum(['system', 'developer', 'user']), content: contentOf(part).nullish() }),
    z.object({
      role: z.literal('assistant'),
      content: contentOf(part).nullish(),
      tool_calls: z.array(call).max(mostCalls).nullish(),
      function_call: notServed(oldCalls),
    }),
    z.object({
      role: z.literal('tool'),
      content: contentOf(text),
      tool_call_id: z.string().min(1).max(mostCallId),
    }),
  ],
  { error: 'expected `system`, `developer`, `user`, `assistant` or `tool`' },
);

const tool = z.object({
  type: z.literal('function', 'expected `function`: other tools belong to the agent'),
  function: z.object({
    name,
    description: wellFormed.max(mostDescription).nullish(),
    parameters: schema.nullish(),
    strict: z.boolean().nullish(),
  }),
});

const stopWord = wellFormed.min(1).max(500);

const toolChoice = z.union(
  [
    z.enum(['auto', 'none', 'required']),
    z.object({ type: z.literal('function'), function: z.object({ name: z.string().max(64) }) }),
  ],
  { error: 'expected `auto`, `none`, `required`, or `{type: "function", function: {name}}`' },
);

const responseFormat = z.discriminatedUnion(
  'type',
  [
    z.object({ type: z.literal('text') }),
    z.object({ type: z.literal('json_object') }),
    z.object({
      type: z.literal('json_schema'),
      json_schema: z.object({
        name,
        description: wellFormed.max(mostDescription).nullish(),
        schema: schema.nullish(),
        strict: z.boolean().nullish(),
      }),
    }),
  ],
  { error: 'expected `text`, `json_object` or `json_schema`' },
);

/** What a program demands that leads the conversation itself. */
export const demands = {
  tools: z.array(tool).max(mostTools).nullish(),
  tool_choice: toolChoice.nullish(),
  response_format: responseFormat.nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  max_tokens: z.int().min(1).max(1_000_000).nullish(),
  max_completion_tokens: z.int().min(1).max(1_000_000).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  stop: z.union([stopWord, z.array(stopWord).max(4)], { error: 'expected a text, or a list of up to 4' }).nullish(),
  seed: z.int().nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  n: z.int().min(1).max(8, 'expected at most 8 answers').nullish(),
  functions: notServed(oldCalls),
  function_call: notServed(oldCalls),
  modalities: z.array(z.literal('text', 'expected only `text`: POST /v1/audio/speech speaks a text')).max(1).nullish(),
  audio: notServed('POST /v1/audio/speech speaks a text'),
};

export type ChatRequest = {
  messages: readonly z.output<typeof chatMessage>[];
} & z.output<z.ZodObject<typeof demands>>;

/** Whether the program leads the conversation: it brings tools, results of them, a form of the answer, or wants several. */
export const isLed = ({ messages, tools, tool_choice, response_format, n }: ChatRequest): boolean =>
  (tools?.length ?? 0) > 0 ||
  (tool_choice ?? 'auto') !== 'auto' ||
  (response_format?.type ?? 'text') !== 'text' ||
  (n ?? 1) > 1 ||
  messages.some((one) => one.role === 'tool' || (one.role === 'assistant' && (one.tool_calls?.length ?? 0) > 0));

/** What one field cannot say by itself: who must be among the messages, which calls have which results, and which tool is meant. */
export function checkChat(request: ChatRequest, context: z.RefinementCtx): void {
  const { messages, tools, tool_choice: choice } = request;
  const tell = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
  if (!isLed(request)) {
    if (!messages.some(({ role }) => role === 'user')) tell(['messages'], 'expected a message whose role is `user`');
    return;
  }
  if (messages.every(({ role }) => role === 'system' || role === 'developer'))
    tell(['messages'], 'expected a message to answer, not only instructions');
  const names = new Set((tools ?? []).map((one) => one.function.name));
  if (tools && names.size < tools.length) tell(['tools'], 'expected each name only once');
  if (typeof choice === 'object' && choice && !names.has(choice.function.name))
    tell(['tool_choice', 'function', 'name'], 'expected the name of one of `tools`');
  if (choice === 'required' && names.size === 0)
    tell(['tools'], 'expected at least one tool with `tool_choice: "required"`');
  checkCalls(messages, tell);
}

/** Providers refuse a call without its result, and a result without its call. */
function checkCalls(
  messages: ChatRequest['messages'],
  tell: (path: (string | number)[], message: string) => void,
): void {
  let open = new Map<string, number>();
  let caller = 0;
  const close = () => {
    for (const index of open.values())
      tell(
        ['messages', caller, 'tool_calls', index, 'id'],
        'expected its result in the next messages, with the role `tool`',
      );
    open = new Map();
  };
  for (const [at, message] of messages.entries()) {
    if (message.role === 'tool') {
      if (!open.delete(message.tool_call_id))
        tell(['messages', at, 'tool_call_id'], 'expected the id of a call by the assistant before it, each only once');
      continue;
    }
    close();
    if (message.role !== 'assistant') continue;
    caller = at;
    open = new Map((message.tool_calls ?? []).map(({ id }, index) => [id, index]));
  }
  close();
}

export const usage = z.object({ prompt_tokens: z.int(), completion_tokens: z.int(), total_tokens: z.int() });

export const choice = z.object({
  index: z.int(),
  message: z.object({
    role: z.literal('assistant'),
    content: z.string().nullable(),
    refusal: z.null(),
    tool_calls: z
      .array(
        z.object({
          id: z.string(),
          type: z.literal('function'),
          function: z.object({ name: z.string(), arguments: z.string() }),
        }),
      )
      .optional(),
  }),
  logprobs: z.null(),
  finish_reason: z.enum(['stop', 'length', 'tool_calls', 'content_filter']),
});
