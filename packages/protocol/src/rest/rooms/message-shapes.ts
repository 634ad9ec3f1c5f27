/** What a message looks like over HTTP. The field knows three shapes of it: of the history, of the documentation, and of the bus. */
import { z } from 'zod';
import { displayName, shallow, shallowRecord, tag, wellFormed } from '../../fields.ts';
import { serverId, uuid } from '../../ids.ts';
import { attachment, attachments } from '../../wire/attachments.ts';
import { outcomes } from '../../wire/events.ts';
import { isoTime, metadata } from '../rest-row.ts';

const ms = z.int().min(0);

/** In `metadata`, beside what its sender gave: `thought`, `actions`, `attachments`, `agentName`, `authorDisplayName`, `isAgent`, `serverId`. */
export const restMessage = z.object({
  id: uuid,
  channelId: uuid,
  authorId: uuid,
  content: z.string(),
  rawMessage: z.json(),
  sourceType: z.string(),
  sourceId: z.string().nullable(),
  metadata,
  inReplyToRootMessageId: uuid.nullable(),
  createdAt: isoTime,
  updatedAt: isoTime,
  created_at: ms,
  updated_at: ms,
  seq: z.int().min(1),
});

/** As the documentation has it, with the names of the history where those differ; times are ms since the epoch. */
export const documentedMessage = restMessage.extend({
  text: z.string(),
  userId: uuid,
  agentId: uuid.optional(),
  roomId: uuid,
  createdAt: ms,
  updatedAt: ms,
});

export const busMessage = z.object({
  id: uuid,
  channel_id: uuid,
  message_server_id: uuid,
  author_id: uuid,
  author_display_name: z.string(),
  content: z.string(),
  created_at: ms,
  source_type: z.string(),
  raw_message: z.json(),
  in_reply_to_message_id: uuid.nullable(),
  metadata,
  seq: z.int().min(1),
});

/** What an agent said; `metadata.partial` where it broke off. */
export const agentResponse = z.object({
  id: uuid,
  responseId: uuid,
  agentId: uuid,
  agentName: z.string(),
  text: z.string(),
  thought: z.string().nullable(),
  actions: z.array(z.string()),
  providers: z.array(z.string()),
  attachments: z.array(attachment),
  inReplyTo: uuid.nullable(),
  metadata,
  createdAt: ms,
  seq: z.int().min(1),
});

/** What came of a message: `pending` where the answer takes longer than one waits; it comes to the room. */
export const exchangeResult = {
  outcome: z.enum([...outcomes, 'pending']).optional(),
  code: z.string().optional(),
  hint: z.string().optional(),
  agentResponse: agentResponse.optional(),
  /** All of them, where several agents answered. */
  agentResponses: z.array(agentResponse).optional(),
};

/** Null counts as left out: older clients send it. */
const orNone = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);

/** Fields of a message that somebody sends. */
export const messageFields = {
  authorId: orNone(uuid),
  authorName: orNone(displayName),
  content: wellFormed.default(''),
  serverId: orNone(serverId),
  rawMessage: orNone(shallow),
  metadata: orNone(shallowRecord).transform((given) => given ?? {}),
  sourceType: orNone(tag),
  inReplyTo: orNone(uuid),
  attachments: orNone(attachments),
  messageId: orNone(tag),
};

export const messageSpellings = {
  channelId: ['channel_id', 'roomId', 'room_id'],
  authorId: ['author_id', 'senderId', 'sender_id', 'userId', 'user_id', 'entityId'],
  authorName: ['author_display_name', 'authorDisplayName', 'senderName', 'displayName'],
  content: ['text', 'message'],
  serverId: ['message_server_id', 'server_id', 'messageServerId'],
  rawMessage: ['raw_message'],
  sourceType: ['source_type', 'source'],
  inReplyTo: ['in_reply_to_message_id', 'inReplyToMessageId', 'inReplyToRootMessageId'],
  messageId: ['message_id', 'clientMessageId'],
} as const;

type Said = { content?: string; attachments?: unknown[] | null | undefined; metadata?: Record<string, unknown> };

/** Whether there is anything in a message. */
export const saysSomething = ({ content = '', attachments, metadata: { attachments: more } = {} }: Said): boolean =>
  content.trim() !== '' || (attachments?.length ?? 0) > 0 || (Array.isArray(more) && more.length > 0);

export const needsWords = { path: ['content'], error: 'expected some text, or at least one attachment' };
