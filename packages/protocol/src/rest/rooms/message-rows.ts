/** The rows of messages in a channel: its history, a new one, what happens in it, one message. */
import { z } from 'zod';
import { shallowRecord, wellFormed } from '../../fields.ts';
import { uuid } from '../../ids.ts';
import { outcomes } from '../../wire/events.ts';
import { enveloped, idParams, moment, queryFlag, type RestRow } from '../rest-row.ts';
import {
  busMessage,
  documentedMessage,
  exchangeResult,
  messageFields,
  messageSpellings,
  needsWords,
  restMessage,
  saysSomething,
} from './message-shapes.ts';
import { speakerErrors } from './turn-errors.ts';

/** Numbers below this are a `seq`, others ms since the epoch: 1e11 ms is in 1973. */
const firstTime = 1e11;

export type PagePoint = { id: string } | { seq: number } | { time: number };

/** A point in a history: the id or the `seq` of a message, or a time in ms or as ISO text. */
const pagePoint = z
  .string()
  .transform((text, ctx): PagePoint | undefined => {
    if (text === '') return undefined;
    const id = uuid.safeParse(text);
    if (id.success) return { id: id.data };
    const number = /^\d{1,16}$/.test(text) ? Number(text) : undefined;
    if (number !== undefined) return number < firstTime ? { seq: number } : { time: number };
    const time = z.iso.datetime({ offset: true }).safeParse(text).success ? Date.parse(text) : Number.NaN;
    if (!Number.isNaN(time)) return { time };
    ctx.addIssue({
      code: 'custom',
      message: 'expected the id or the seq of a message, ms since the epoch, or an ISO 8601 time',
    });
    return z.NEVER;
  })
  .optional();

/** Messages of one page: default and most. Who asks for more gets the most. */
const pageSizes = { default: 50, most: 200 } as const;

const pointWords = 'The id or the `seq` of a message, ms since the epoch, or an ISO time.';

const pageQuery = z.object({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .transform((limit) => Math.min(limit, pageSizes.most))
    .default(pageSizes.default)
    .describe('At most 200. Long messages make a page shorter, about half a megabyte: see `hasMore`.'),
  before: pagePoint.describe(pointWords),
  after: pagePoint.describe(pointWords),
});

/** How a question ended; null while it is being answered. */
const ending = z.object({ outcome: z.enum(outcomes), code: z.string().optional(), hint: z.string().optional() });

/** The channel is in the address. */
const { channelId: _channelId, ...spellingsInChannel } = messageSpellings;

export const messageRows = {
  'list-messages': {
    method: 'GET',
    path: '/api/messaging/channels/:channelId/messages',
    domain: 'messaging',
    about:
      'The messages of a channel, newest first; with `after`, the oldest of the newer ones. `endings=true` adds how each question ended.',
    scope: 'chat',
    room: { id: 'channelId', right: 'read' },
    params: idParams('channelId'),
    query: pageQuery.extend({
      endings: queryFlag
        .optional()
        .describe('Adds `endings`: for each question of the page how it ended; null while it is being answered.'),
    }),
    answers: {
      200: enveloped(
        z.object({
          messages: z.array(restMessage),
          hasMore: z.boolean(),
          endings: z.record(uuid, ending.nullable()).optional(),
        }),
      ),
    },
    errors: ['channel-not-found', 'message-not-found'],
  },
  'list-central-messages': {
    method: 'GET',
    path: '/api/messaging/central-channels/:channelId/messages',
    released: 'list-messages',
    domain: 'messaging',
    about: 'The same as a list: `data` and `messages`, times in ms.',
    scope: 'chat',
    room: { id: 'channelId', right: 'read' },
    params: idParams('channelId'),
    query: pageQuery,
    answers: {
      200: enveloped(z.array(documentedMessage), { messages: z.array(documentedMessage), hasMore: z.boolean() }),
    },
    errors: ['channel-not-found', 'message-not-found'],
  },
  'post-message': {
    method: 'POST',
    path: '/api/messaging/channels/:channelId/messages',
    aliases: ['/api/messaging/central-channels/:channelId/messages'],
    domain: 'messaging',
    about:
      'Posts a message and creates the channel if it is missing. `transport` selects how the answer is returned. A `messageId` makes retries safe.',
    scope: 'chat',
    params: idParams('channelId'),
    query: z.object({ wait: queryFlag.optional().describe('The same as `transport: http`.') }),
    body: z
      .object({
        ...messageFields,
        transport: z
          .enum(['websocket', 'http', 'sse', 'sync', 'stream'])
          .nullish()
          .describe(
            '`websocket` (the default) responds once the message is stored, `http` once it is answered; `sse` streams events.',
          ),
        targetId: uuid.nullish(),
      })
      .refine(saysSomething, needsWords),
    spellings: { ...spellingsInChannel, transport: ['mode'], targetId: ['targetUserId', 'recipientId'] },
    answers: {
      201: enveloped(restMessage.extend({ message: documentedMessage, ...exchangeResult }), {
        userMessage: busMessage,
        ...exchangeResult,
      }),
      200: 'events',
    },
    errors: [
      'text-too-long',
      ...speakerErrors,
      'server-not-found',
      'message-id-reused',
      'storage-failed',
      'message-not-found',
      'removed-from-room',
    ],
  },
  'follow-channel': {
    method: 'GET',
    path: '/api/messaging/channels/:channelId/events',
    aliases: ['/api/messaging/central-channels/:channelId/events'],
    domain: 'messaging',
    about:
      'Everything that happens in a channel, as server-sent events. `Last-Event-ID` or `since` resumes after an event, even across restarts.',
    scope: 'chat',
    room: { id: 'channelId', right: 'read' },
    params: idParams('channelId'),
    query: z.object({
      since: z.string().max(60).optional().describe('The `id` of an event; 0 starts at the first message.'),
    }),
    answers: { 200: 'events' },
    errors: ['channel-not-found', 'unknown-place', 'removed-from-room'],
  },
  'search-messages': {
    method: 'POST',
    path: '/api/messaging/messages/search',
    domain: 'messaging',
    about:
      'Messages that contain the given words, newest first: in one channel, or in the twenty that `X-Entity-Id` joined last.',
    scope: 'chat',
    body: z.object({
      query: wellFormed.trim().min(1).max(200),
      channelId: uuid.nullish(),
      authorId: uuid.nullish(),
      from: moment.nullish(),
      to: moment.nullish(),
      limit: z.coerce.number().int().min(1).max(pageSizes.most).default(pageSizes.default),
    }),
    spellings: { query: ['q', 'text'], channelId: ['channel_id', 'roomId'], authorId: ['author_id', 'userId'] },
    answers: {
      200: enveloped(
        z.object({
          messages: z.array(restMessage),
          partial: z.literal(true).optional().describe('There was more to search or to return.'),
        }),
      ),
    },
    errors: ['channel-not-found'],
  },
  'get-message': {
    method: 'GET',
    path: '/api/messaging/messages/:messageId',
    domain: 'messaging',
    about: 'One message.',
    scope: 'chat',
    params: idParams('messageId'),
    answers: { 200: enveloped(restMessage) },
    errors: ['message-not-found'],
  },
  'edit-message': {
    method: 'PATCH',
    path: '/api/messaging/messages/:messageId',
    domain: 'messaging',
    about:
      'Replaces the text or metadata of a message; the room sees `updatedAt`. With `X-Entity-Id`, only messages of that sender; without it, any message.',
    scope: 'chat',
    params: idParams('messageId'),
    body: z
      .object({
        content: wellFormed.refine((text) => text.trim() !== '', 'expected some text').optional(),
        metadata: shallowRecord.optional(),
      })
      .refine((change) => change.content !== undefined || change.metadata !== undefined, {
        error: 'expected `content` or `metadata`',
      }),
    spellings: { content: ['text'] },
    answers: { 200: enveloped(restMessage) },
    errors: ['message-not-found', 'not-the-sender', 'text-too-long', 'reserved-voice'],
  },
  'delete-message': {
    method: 'DELETE',
    path: '/api/messaging/channels/:channelId/messages/:messageId',
    aliases: ['/api/messaging/central-channels/:channelId/messages/:messageId'],
    domain: 'messaging',
    about:
      "Deletes a message, also from agents' memory. 404 if it is gone. With `X-Entity-Id`: that sender's messages and, in DMs, an agent's.",
    scope: 'chat',
    params: idParams('channelId', 'messageId'),
    answers: { 200: z.object({ success: z.literal(true) }) },
    errors: ['message-not-found', 'not-the-sender'],
  },
} as const satisfies Record<string, RestRow>;
