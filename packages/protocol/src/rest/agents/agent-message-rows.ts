/** The rows by which programs outside speak in rooms: agents that run elsewhere, and bridges to other platforms. */
import { z } from 'zod';
import { shallow, shallowRecord, tag, wellFormed } from '../../fields.ts';
import { uuid } from '../../ids.ts';
import { attachments } from '../../wire/attachments.ts';
import { enveloped, idParams, type RestRow } from '../rest-row.ts';
import {
  documentedMessage,
  messageFields,
  messageSpellings,
  needsWords,
  saysSomething,
} from '../rooms/message-shapes.ts';
import { modelErrors, speakerErrors, turnErrors } from '../rooms/turn-errors.ts';

const submission = z.object({ ...messageFields, channelId: uuid, authorId: uuid });

const ingested = enveloped(
  z.object({
    messageId: uuid,
    response: z.string().optional(),
    processed: z.int().optional(),
    messageIds: z.array(uuid).optional(),
  }),
);

/** An agent that runs elsewhere is named as one, too. */
const submissionSpellings = { ...messageSpellings, authorId: [...messageSpellings.authorId, 'agentId', 'agent_id'] };

const mostPlatformId = 500;
/** Of one call. */
const mostIngested = 100;
const platformId = wellFormed.min(1).max(mostPlatformId);

/** What comes from another platform has that one's id, as `sourceId`, and answers nothing here. */
const { inReplyTo: _inReplyTo, messageId: _messageId, ...ingestedSpellings } = messageSpellings;

export const agentMessageRows = {
  'submit-message': {
    method: 'POST',
    path: '/api/messaging/submit',
    domain: 'messaging',
    about:
      'Posts a message of an agent that runs elsewhere; it wakes no agent. `messageId` makes retries safe and, as a UUID, becomes its id.',
    scope: 'operate',
    body: submission.refine(saysSomething, needsWords),
    spellings: submissionSpellings,
    answers: { 201: enveloped(documentedMessage) },
    errors: [
      'channel-not-found',
      'server-not-found',
      ...speakerErrors,
      'text-too-long',
      'message-id-reused',
      'storage-failed',
    ],
  },
  'post-action': {
    method: 'POST',
    path: '/api/messaging/action',
    domain: 'messaging',
    about: 'Posts a card for an action: `raw_message` describes the action, and its field `actionStatus` the progress.',
    scope: 'operate',
    body: submission,
    spellings: submissionSpellings,
    answers: { 201: enveloped(documentedMessage) },
    errors: ['channel-not-found', 'reserved-voice', 'text-too-long', 'message-id-reused', 'storage-failed'],
  },
  'edit-action': {
    method: 'PATCH',
    path: '/api/messaging/action/:messageId',
    domain: 'messaging',
    about: 'Replaces the given fields of an action card; the room sees `updatedAt`.',
    scope: 'operate',
    params: idParams('messageId'),
    body: z.object({
      content: wellFormed.optional(),
      rawMessage: shallow.optional(),
      metadata: shallowRecord.optional(),
    }),
    spellings: { content: ['text'], rawMessage: ['raw_message'] },
    answers: { 200: enveloped(documentedMessage) },
    errors: ['message-not-found', 'text-too-long'],
  },
  'complete-message': {
    method: 'POST',
    path: '/api/messaging/complete',
    domain: 'messaging',
    about:
      'Without `prompt`: tells the room that a message causes nothing more. With `prompt`: asks `agentId` in `roomId` as `userId` and returns the answer.',
    scope: 'operate',
    body: z
      .object({
        channelId: uuid.optional(),
        messageId: uuid.optional().describe('Without it, the last message of the channel.'),
        agentId: uuid.optional(),
        userId: uuid.optional(),
        prompt: wellFormed.min(1).optional(),
      })
      .superRefine(({ channelId, messageId, prompt, agentId, userId }, ctx) => {
        const needed = prompt === undefined ? { channelId: channelId ?? messageId } : { channelId, agentId, userId };
        for (const [name, value] of Object.entries(needed))
          if (value === undefined) ctx.addIssue({ code: 'custom', path: [name], message: 'expected a UUID' });
      }),
    spellings: {
      channelId: messageSpellings.channelId,
      messageId: ['message_id', 'in_reply_to_message_id'],
      agentId: ['agent_id'],
      userId: ['user_id', 'author_id'],
    },
    answers: {
      200: enveloped(
        z.object({ response: z.string().optional(), channelId: uuid, messageId: uuid, answerId: uuid.optional() }),
      ),
    },
    errors: [
      'channel-not-found',
      'message-not-found',
      'agent-not-found',
      ...speakerErrors,
      'text-too-long',
      'answer-pending',
      'agent-not-running',
      ...modelErrors,
      ...turnErrors,
    ],
  },
  'ingest-message': {
    method: 'POST',
    path: '/api/messaging/ingest-external',
    aliases: ['/api/messaging/external-messages'],
    domain: 'messaging',
    about:
      'Posts a message from another platform. Repeating a `source_id` posts nothing new. `messages` posts several, each with its `id`.',
    scope: 'chat',
    body: z
      .object({
        channelId: platformId.describe('An id that is not a UUID is mapped to one.'),
        authorId: platformId.optional(),
        authorName: messageFields.authorName,
        content: wellFormed.default(''),
        serverId: messageFields.serverId,
        agentId: uuid.nullish().describe('Joins the room. A new room without it gets the first running agent.'),
        rawMessage: messageFields.rawMessage,
        metadata: messageFields.metadata,
        sourceId: tag.nullish(),
        sourceType: tag.default('external'),
        attachments: attachments.nullish(),
        platform: tag.optional().describe('Waits for the answer and returns it in `response`.'),
        roomId: z.string().optional(),
        messages: z
          .array(
            z.object({
              id: tag,
              authorId: platformId,
              content: wellFormed.min(1),
              metadata: messageFields.metadata,
            }),
          )
          .min(1)
          .max(mostIngested)
          .optional(),
      })
      .superRefine((body, ctx) => {
        if (body.messages) return;
        if (body.authorId === undefined)
          ctx.addIssue({ code: 'custom', path: ['authorId'], message: 'expected a text' });
        if (!saysSomething(body)) ctx.addIssue({ code: 'custom', path: ['content'], message: needsWords.error });
      }),
    spellings: {
      ...ingestedSpellings,
      sourceType: ['source_type', 'platform', 'source'],
      sourceId: ['source_id', 'messageId', 'message_id'],
      agentId: ['agent_id'],
    },
    answers: {
      202: ingested,
      200: ingested,
    },
    errors: [
      'agent-not-found',
      'server-not-found',
      ...speakerErrors,
      'text-too-long',
      'message-id-reused',
      'storage-failed',
      'removed-from-room',
    ],
  },
} as const satisfies Record<string, RestRow>;
