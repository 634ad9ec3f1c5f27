/** The row of the X-ray of a message. */
import { z } from 'zod';
import { uuid } from '../../ids.ts';
import { outcomes } from '../../wire/events.ts';
import { enveloped, idParams, type RestRow } from '../rest-row.ts';

const why = { code: z.string().optional(), hint: z.string().optional() };

/** `name` is one of those in docs/inside.md; the rest are its numbers and names. */
const stage = z.looseObject({ name: z.string(), at: z.number() });

const xrayTurn = z.object({
  turnId: uuid,
  agentId: uuid,
  agentName: z.string(),
  hops: z.int().min(0),
  state: z.enum(['queued', 'running', 'waiting', 'ended']),
  attempts: z.int().min(0),
  outcome: z.enum(outcomes).nullable(),
  ...why,
  model: z.string().optional(),
  inputTokens: z.number().optional(),
  outputTokens: z.number().optional(),
  cost: z.number().optional(),
  answerId: uuid.nullable(),
  endedAt: z.number().nullable(),
  stages: z.array(stage),
});

export const xrayRows = {
  'get-message-xray': {
    method: 'GET',
    path: '/api/messaging/channels/:channelId/messages/:messageId/xray',
    domain: 'messaging',
    about:
      'How a question was answered, turn by turn: stages in ms since it was received. For an answer or card: its question. Contains no text.',
    scope: 'chat',
    room: { id: 'channelId', right: 'read' },
    params: idParams('channelId', 'messageId'),
    answers: {
      200: enveloped(
        z.object({
          messageId: uuid,
          channelId: uuid,
          receivedAt: z.int().min(0),
          ending: z.object({ outcome: z.enum(outcomes), ...why }).nullable(),
          turns: z.array(xrayTurn),
        }),
      ),
    },
    errors: ['channel-not-found', 'message-not-found'],
  },
} as const satisfies Record<string, RestRow>;
