/** The rows of what people do in a room beside talking: they stop answers, ask for quiet, type, and decide what an agent may do. */
import { uuid } from '../../ids.ts';
import { intents } from '../../wire/intents.ts';
import { enveloped, idParams, type RestRow } from '../rest-row.ts';

const mayNotSpeak = ['speaking-as-agent', 'reserved-voice'] as const;
const params = idParams('channelId');

export const roomControlRows = {
  'cancel-answers': {
    method: 'POST',
    path: '/api/messaging/channels/:channelId/cancel',
    domain: 'messaging',
    about: 'Stops the answers to one message, or all answers of a channel. Each turn ends as `cancelled`.',
    scope: 'chat',
    room: { id: 'channelId', right: 'write' },
    params,
    body: intents['cancel-turns'].payload.omit({ channelId: true }),
    answers: { 200: enveloped(intents['cancel-turns'].result) },
    errors: ['channel-not-found'],
  },
  'freeze-channel': {
    method: 'POST',
    path: '/api/messaging/channels/:channelId/freeze',
    domain: 'messaging',
    about: 'No agent answers in the channel for `seconds`; 0 lets them answer again. The room is informed.',
    scope: 'chat',
    room: { id: 'channelId', right: 'write' },
    params,
    body: intents['freeze-channel'].payload.omit({ channelId: true }),
    answers: { 200: enveloped(intents['freeze-channel'].result) },
    errors: ['channel-not-found', 'not-a-participant'],
  },
  'set-typing': {
    method: 'POST',
    path: '/api/messaging/channels/:channelId/typing',
    domain: 'messaging',
    about: 'Shows the others in the channel that somebody types, or no longer does. Nothing is stored.',
    scope: 'chat',
    room: { id: 'channelId', right: 'write' },
    params,
    body: intents['set-typing'].payload.omit({ channelId: true }),
    answers: { 200: enveloped(intents['set-typing'].result) },
    errors: ['channel-not-found', ...mayNotSpeak],
  },
  'answer-approval': {
    method: 'POST',
    path: '/api/messaging/channels/:channelId/approvals/:approvalId',
    domain: 'messaging',
    about: 'Allows or denies an action that an agent asked for. The first answer counts.',
    scope: 'chat',
    room: { id: 'channelId', right: 'write' },
    params: params.extend({ approvalId: uuid }),
    body: intents['answer-approval'].payload.omit({ channelId: true, approvalId: true }),
    answers: { 200: enveloped(intents['answer-approval'].result) },
    errors: ['channel-not-found', 'approval-not-found', 'approval-settled', 'not-a-participant', ...mayNotSpeak],
  },
} as const satisfies Record<string, RestRow>;
