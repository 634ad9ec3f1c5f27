/** The rows by which programs that know OpenAI's API talk to agents: an agent is a model, and a conversation is a room. */
import { z } from 'zod';
import { wellFormed } from '../../fields.ts';
import type { RestRow } from '../rest-row.ts';
import { modelErrors, speakerErrors, turnErrors } from '../rooms/turn-errors.ts';
import { chatMessage, checkChat, choice, demands, usage } from './openai-shapes.ts';

const model = z.object({
  id: z.string(),
  object: z.literal('model'),
  created: z.int(),
  owned_by: z.string(),
  /** The agent's id; `id` is its name where no other agent has that. */
  agent_id: z.string(),
});

const mostMessages = 2_000;

/** The rows of what a model does beside talking are in openai-model-rows.ts. */
export const openaiRows = {
  'list-models': {
    method: 'GET',
    path: '/v1/models',
    domain: 'openai',
    about: 'The running agents, as models.',
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
      "Asks an agent in a room, or without one. With tools or a response format, the agent's model answers the conversation in one step.",
    scope: 'chat',
    body: z
      .object({
        model: z.string().min(1).max(500),
        messages: z
          .array(chatMessage)
          .min(1)
          .max(mostMessages)
          .describe('In a room that is kept, only the last user message is read.'),
        stream: z.boolean().nullish(),
        stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
        user: wellFormed
          .min(1)
          .max(500)
          .nullish()
          .describe('One room per user and agent. The header X-Room-Id names any room instead.'),
        ...demands,
      })
      .superRefine(checkChat),
    answers: {
      200: z.object({
        id: z.string(),
        object: z.literal('chat.completion'),
        created: z.int(),
        model: z.string(),
        choices: z.array(choice),
        usage,
        /** Only if the room is kept. */
        room_id: z.string().optional(),
      }),
    },
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
      'model-cannot-act',
      'too-many-answers',
      'server-not-ready',
    ],
  },
} as const satisfies Record<string, RestRow>;
