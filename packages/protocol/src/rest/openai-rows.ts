/** The rows by which programs that know OpenAI's API talk to agents: an agent is a model, and a conversation is a room. */
import { z } from 'zod';
import { wellFormed } from '../fields.ts';
import type { RestRow } from './rest-row.ts';
import { modelErrors, speakerErrors, turnErrors } from './turn-errors.ts';

const model = z.object({
  id: z.string(),
  object: z.literal('model'),
  created: z.int(),
  owned_by: z.string(),
  /** The agent's id; `id` is its name where no other agent has that. */
  agent_id: z.string(),
});

const mostMessages = 2_000;
const mostParts = 100;
const mostUrl = 20_000_000;

const part = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: wellFormed }),
  z.object({ type: z.literal('refusal'), refusal: wellFormed }),
  z.object({ type: z.literal('image_url'), image_url: z.object({ url: z.string().min(1).max(mostUrl) }) }),
  z.object({
    type: z.literal('input_audio'),
    input_audio: z.object({ data: z.string().max(mostUrl), format: z.string().regex(/^[a-z0-9]{1,20}$/) }),
  }),
  z.object({
    type: z.literal('file'),
    file: z.object({ file_data: z.string().max(mostUrl), filename: z.string().max(500).optional() }),
  }),
]);

const chatMessage = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content: z
    .union([wellFormed, z.array(part).max(mostParts)], { error: 'expected a text, or a list of parts' })
    .nullish(),
});

const usage = z.object({ prompt_tokens: z.int(), completion_tokens: z.int(), total_tokens: z.int() });

const completion = z.object({
  id: z.string(),
  object: z.literal('chat.completion'),
  created: z.int(),
  model: z.string(),
  choices: z.array(
    z.object({
      index: z.literal(0),
      message: z.object({ role: z.literal('assistant'), content: z.string(), refusal: z.null() }),
      logprobs: z.null(),
      finish_reason: z.literal('stop'),
    }),
  ),
  usage,
  room_id: z.string(),
});

export const openaiRows = {
  'list-models': {
    method: 'GET',
    path: '/v1/models',
    domain: 'openai',
    about: 'The agents that run, as models.',
    scope: 'chat',
    answers: { 200: z.object({ object: z.literal('list'), data: z.array(model) }) },
    errors: [],
  },
  'get-model': {
    method: 'GET',
    path: '/v1/models/:model',
    domain: 'openai',
    about: 'One agent as a model, by name or id.',
    scope: 'chat',
    params: z.object({ model: z.string().min(1).max(500) }),
    answers: { 200: model },
    errors: ['agent-not-found'],
  },
  'create-chat-completion': {
    method: 'POST',
    path: '/v1/chat/completions',
    domain: 'openai',
    about:
      "Asks an agent the last message of a user, in a room: the one that the header `X-Room-Id` names (and the answer's, too), or one for each `user` and agent; there the room is the memory, and other messages of the request are not looked at. Without either it is a room for this request, whose agent is shown the messages before. `stream`, `stream_options.include_usage` and parts with images, audio and files work; what tunes a model is the agent's own affair, and passed over.",
    scope: 'chat',
    body: z.object({
      model: z.string().min(1).max(500),
      messages: z
        .array(chatMessage)
        .min(1)
        .max(mostMessages)
        .refine((messages) => messages.some(({ role }) => role === 'user'), 'expected a message whose role is `user`'),
      stream: z.boolean().nullish(),
      stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
      user: wellFormed.min(1).max(500).nullish(),
      n: z.literal(1, 'expected 1: an agent answers once').nullish(),
    }),
    answers: { 200: completion },
    errors: [
      'agent-not-found',
      ...speakerErrors,
      'text-too-long',
      'message-id-reused',
      'storage-failed',
      'answer-pending',
      'agent-not-running',
      ...modelErrors,
      ...turnErrors,
    ],
  },
} as const satisfies Record<string, RestRow>;
