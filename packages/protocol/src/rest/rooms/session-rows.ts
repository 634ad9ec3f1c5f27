/** The rows of sessions: a conversation of one user with one agent that ends when nobody uses it. */
import { z } from 'zod';
import { shallowRecord, tag, wellFormed } from '../../fields.ts';
import { uuid } from '../../ids.ts';
import { attachments } from '../../wire/attachments.ts';
import { boundedRecord } from '../bounded.ts';
import { idParams, isoTime, metadata, moment, queryNumber, type RestRow } from '../rest-row.ts';
import {
  busMessage,
  documentedMessage,
  exchangeResult,
  needsWords,
  restMessage,
  saysSomething,
} from './message-shapes.ts';
import { speakerErrors } from './turn-errors.ts';

const orNone = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);

const timeoutConfig = z.object({
  timeoutMinutes: z.number(),
  autoRenew: z.boolean(),
  maxDurationMinutes: z.number(),
  warningThresholdMinutes: z.number(),
});

const askedTimeouts = z.object({
  timeoutMinutes: orNone(z.number()),
  autoRenew: orNone(z.boolean()),
  maxDurationMinutes: orNone(z.number()),
  warningThresholdMinutes: orNone(z.number()),
});

/** `channelId` is the id of the session. */
const created = z.object({
  sessionId: uuid,
  channelId: uuid,
  agentId: uuid,
  userId: uuid,
  createdAt: isoTime,
  metadata,
  expiresAt: isoTime,
  timeoutConfig,
});

/** `timeRemaining` in ms. */
const sessionInfo = created.extend({
  lastActivity: isoTime,
  renewalCount: z.int().min(0),
  timeRemaining: z.int().min(0),
  isNearExpiration: z.boolean(),
});

const sessionStatus = z.object({
  expiresAt: isoTime,
  renewalCount: z.int().min(0),
  wasRenewed: z.boolean(),
  isNearExpiration: z.boolean(),
});

const said = {
  id: uuid,
  content: z.string(),
  authorId: uuid,
  createdAt: isoTime,
  metadata,
  sessionStatus,
  userMessage: busMessage,
  ...exchangeResult,
};

const path = '/api/messaging/sessions';
const params = idParams('sessionId');
const errors = ['session-not-found', 'session-expired'] as const;
const row = { domain: 'sessions', scope: 'chat' } as const;

export const sessionRows = {
  'create-session': {
    ...row,
    method: 'POST',
    path,
    about:
      'Starts a session: a DM of a user and an agent. Its channel has the same id, and sockets `join` it as a room.',
    body: z.object({
      agentId: uuid,
      userId: uuid,
      metadata: orNone(boundedRecord(10_000)).transform((given) => given ?? {}),
      timeoutConfig: orNone(askedTimeouts)
        .transform((given) => given ?? {})
        .describe(
          "Omitted values come from the agent's settings, then from the server's; the others are moved into the allowed range.",
        ),
    }),
    spellings: { agentId: ['agent_id'], userId: ['user_id', 'entityId'], timeoutConfig: ['timeout_config'] },
    answers: { 201: created },
    errors: ['agent-not-found', ...speakerErrors, 'too-many-sessions'],
  },
  'list-sessions': {
    ...row,
    method: 'GET',
    path,
    about: 'Open sessions, newest first, and their number. With `X-Entity-Id`, only those of this user.',
    query: z.object({
      limit: queryNumber(1, 1_000).default(100),
      before: uuid.optional().describe('The `nextCursor` of the previous page.'),
    }),
    spellings: { before: ['cursor'] },
    answers: {
      200: z.object({
        sessions: z.array(sessionInfo),
        total: z.int(),
        stats: z.object({ totalSessions: z.int(), activeSessions: z.int(), expiredSessions: z.int() }),
        nextCursor: uuid.optional(),
      }),
    },
    errors: [],
  },
  'get-sessions-health': {
    ...row,
    method: 'GET',
    path: `${path}/health`,
    about:
      'The number of open sessions, of those ending soon, and of those whose agent was deleted (`invalidSessions`); `uptime` of the server in seconds.',
    answers: {
      200: z.object({
        status: z.enum(['healthy', 'degraded', 'unhealthy']),
        activeSessions: z.int(),
        timestamp: isoTime,
        expiringSoon: z.int(),
        invalidSessions: z.int(),
        uptime: z.number(),
      }),
    },
    errors: [],
  },
  'get-session': {
    ...row,
    method: 'GET',
    path: `${path}/:sessionId`,
    about: 'A session: 404 if there is none, 410 if it has ended.',
    params,
    answers: { 200: sessionInfo },
    errors,
  },
  'end-session': {
    ...row,
    method: 'DELETE',
    path: `${path}/:sessionId`,
    about: 'Ends a session. Its channel and messages stay.',
    params,
    answers: {
      200: z.object({
        success: z.literal(true),
        data: z.object({ success: z.literal(true), message: z.string() }),
        message: z.string(),
      }),
    },
    errors: ['session-not-found'],
  },
  'renew-session': {
    ...row,
    method: 'POST',
    path: `${path}/:sessionId/renew`,
    about: 'Extends a session, even if it does not renew automatically; 422 if it already lasts as long as it may.',
    params,
    answers: { 200: sessionInfo },
    errors: [...errors, 'session-not-renewable'],
  },
  'set-session-timeout': {
    ...row,
    method: 'PATCH',
    path: `${path}/:sessionId/timeout`,
    about: 'Changes how long a session lasts, counted from now. Values out of range are refused.',
    params,
    body: askedTimeouts,
    answers: { 200: sessionInfo },
    errors,
  },
  'keep-session': {
    ...row,
    method: 'POST',
    path: `${path}/:sessionId/heartbeat`,
    about: 'Marks a session as used, which extends it if it renews automatically.',
    params,
    answers: { 200: sessionInfo },
    errors,
  },
  'post-session-message': {
    ...row,
    method: 'POST',
    path: `${path}/:sessionId/messages`,
    about:
      "Posts a message of the session's user. `transport` selects how the answer is returned, as in channels. A `messageId` makes retries safe.",
    params,
    body: z
      .object({
        content: wellFormed.default(''),
        attachments: orNone(attachments),
        metadata: orNone(shallowRecord).transform((given) => given ?? {}),
        transport: z.enum(['websocket', 'http', 'sse', 'sync', 'stream']).nullish(),
        messageId: orNone(tag),
      })
      .refine(saysSomething, needsWords),
    spellings: { content: ['text', 'message'], transport: ['mode'], messageId: ['message_id', 'clientMessageId'] },
    answers: {
      201: z.object({
        success: z.literal(true),
        ...said,
        data: restMessage.extend({ message: documentedMessage, ...said }),
      }),
      200: 'events',
    },
    errors: [...errors, 'text-too-long', ...speakerErrors, 'removed-from-room', 'message-id-reused', 'storage-failed'],
  },
  'list-session-messages': {
    ...row,
    method: 'GET',
    path: `${path}/:sessionId/messages`,
    about: 'The messages of a session, newest first; with `after`, the oldest of the newer ones.',
    params,
    query: z.object({
      limit: queryNumber(1, 100)
        .default(50)
        .describe('A page ends earlier at half a megabyte, and continues through messages of the same ms.'),
      before: moment.optional().describe('`cursors.before` of a page.'),
      after: moment.optional().describe('`cursors.after` of a page.'),
    }),
    answers: {
      200: z.object({
        messages: z.array(
          z.object({
            id: uuid,
            content: z.string(),
            authorId: uuid,
            isAgent: z.boolean(),
            createdAt: isoTime,
            metadata,
          }),
        ),
        hasMore: z.boolean(),
        cursors: z.object({ before: z.int(), after: z.int() }).optional(),
      }),
    },
    errors,
  },
} as const satisfies Record<string, RestRow>;
