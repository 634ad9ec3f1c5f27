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

const pageQuery = z.object({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .transform((limit) => Math.min(limit, pageSizes.most))
    .default(pageSizes.default),
  before: pagePoint,
  after: pagePoint,
});

const pageAbout =
  'Messages of a channel, newest first. `before` and `after` take the id or the `seq` of a message, ms since the epoch, or an ISO time; with `after` the oldest of those after it come. `limit` is 50, and at most 200; of messages that are heavy, with all that is beside their words, a page has fewer, about half a megabyte: `hasMore` says that there are more. A page that was not asked for by id or `seq` goes on over messages of the same ms, so that the next one may be asked for by time.';

/** How what was asked ended; null while it is being answered. */
const ending = z.object({ outcome: z.enum(outcomes), code: z.string().optional(), hint: z.string().optional() });

/** The channel is in the address. */
const { channelId: _channelId, ...spellingsInChannel } = messageSpellings;

export const messageRows = {
  'list-messages': {
    method: 'GET',
    path: '/api/messaging/channels/:channelId/messages',
    domain: 'messaging',
    about: `${pageAbout} With \`endings=true\` also how each question of the page ended, by its id: null while it is being answered.`,
    scope: 'chat',
    params: idParams('channelId'),
    query: pageQuery.extend({ endings: queryFlag.optional() }),
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
    about: `${pageAbout} In the documented shape: a list, \`data\` and \`messages\`, with times in ms.`,
    scope: 'chat',
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
      'Says something in a channel, which is made where it is not there. `transport` (or `mode`) says how one hears what comes of it: `websocket` (as it is without) answers at once when it is stored; `http`, or `?wait=true`, when the answer is there; `sse` streams `user_message`, `chunk`, and `done` or `error`, and goes on after the header `Last-Event-ID` when it is sent again with the same `messageId`. Whichever it is, the room hears the same. A `messageId` makes it safe to send again. Without `author_id` it is said by the entity of `X-Entity-Id`.',
    scope: 'chat',
    params: idParams('channelId'),
    query: z.object({ wait: queryFlag.optional() }),
    body: z
      .object({
        ...messageFields,
        transport: z.enum(['websocket', 'http', 'sse', 'sync', 'stream']).nullish(),
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
      'Everything that happens in a channel, as server-sent events: `event` is the name that sockets know, `data` what they get. `id` is a place in the order of the server: with it in `Last-Event-ID`, or in `since`, one gets what one missed, each once and in order, also after a restart. `since=0` begins with the first message. A reader that does not read is cut off, and may go on there. With `X-Entity-Id` it ends, with `error`, when that entity is taken out of the channel, and does not go on before it has entered it again.',
    scope: 'chat',
    params: idParams('channelId'),
    query: z.object({ since: z.string().max(60).optional() }),
    answers: { 200: 'events' },
    errors: ['channel-not-found', 'unknown-place', 'removed-from-room'],
  },
  'search-messages': {
    method: 'POST',
    path: '/api/messaging/messages/search',
    domain: 'messaging',
    about:
      'Messages that have some words in them, newest first: of one channel, or of the twenty that the entity of `X-Entity-Id` joined last. The last two thousand of each channel are looked through, up to 10 MB of text in all, of which 1 MB is given: `partial` says that there was more.',
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
    answers: { 200: enveloped(z.object({ messages: z.array(restMessage), partial: z.literal(true).optional() })) },
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
      'Puts another text, or other metadata, in place of what a message has; the room hears it with `updatedAt`. With the header `X-Entity-Id` it must be a message of that sender; without, the holder of the key may change any.',
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
      'Deletes a message, and what agents remember of it; 404 when it is not there (any more). With the header `X-Entity-Id` it must be a message of that sender, or in a DM of an agent; without, the holder of the key may delete any.',
    scope: 'chat',
    params: idParams('channelId', 'messageId'),
    answers: { 200: z.object({ success: z.literal(true) }) },
    errors: ['message-not-found', 'not-the-sender'],
  },
} as const satisfies Record<string, RestRow>;
