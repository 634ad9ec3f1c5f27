/** The rows by which programs outside speak in rooms: agents that run elsewhere, and bridges to other platforms. */
import { z } from 'zod';
import { shallow, shallowRecord, tag, wellFormed } from '../../fields.ts';
import { uuid } from '../../ids.ts';
import { attachments } from '../../wire/intents.ts';
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
      'A message of an agent that runs elsewhere, told to its room; it wakes nobody. `messageId` becomes its id where it is a UUID, and makes it safe to send again. `raw_message` may have `thought`, `actions` and `attachments`. An author who is no agent, with another `source_type` than `agent_response`, asks the agents of the room like everyone.',
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
    about: 'A card of something that an agent does: `raw_message` says what, and `actionStatus` in it how far it is.',
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
    about: 'Puts what is given in place of what a card has; the room hears it with `updatedAt`.',
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
      'With `channel_id`, `message_id` or both: tells the room that nothing more comes of that message, or of its last one. With `prompt`: asks the agent `agentId` something in the room `roomId` as `userId`, and answers with what it says.',
    scope: 'operate',
    body: z
      .object({
        channelId: uuid.optional(),
        messageId: uuid.optional(),
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
      'A message from another platform, said in a room as everything else; a second one with the same `source_id` is the same message. Ids of the platform that are no UUIDs become one each. With `agentId` that agent takes part; a new room without one gets the first agent that runs. 202 for `channel_id`, 200 for `roomId`; with `platform` it answers when the agent has, with what it said in `response`. Several at once go into `messages`, each with its `id` there.',
    scope: 'chat',
    body: z
      .object({
        channelId: platformId,
        authorId: platformId.optional(),
        authorName: messageFields.authorName,
        content: wellFormed.default(''),
        serverId: messageFields.serverId,
        agentId: uuid.nullish(),
        rawMessage: messageFields.rawMessage,
        metadata: messageFields.metadata,
        sourceId: tag.nullish(),
        sourceType: tag.default('external'),
        attachments: attachments.nullish(),
        platform: tag.optional(),
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
