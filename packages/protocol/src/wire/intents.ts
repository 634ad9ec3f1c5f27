/**
 * What a client can want, in our own words: one row for each intent, whatever dialect it came in.
 * Foreign spellings are in wire-in.ts; what the server says back is in wire-out.ts.
 */
import { z } from 'zod';
import { displayName, fewValues, shallow, shallowRecord, tag, wellFormed } from '../fields.ts';
import { serverId, uuid } from '../ids.ts';
import { freezeSeconds, logLevelNames, maxAttachments, maxNameLength, worldStateMessages } from '../limits.ts';
import type { RoomRight } from '../rights.ts';

const count = z.int().min(0);

const logLevel = z.union([z.string().toLowerCase().pipe(z.enum(logLevelNames)), z.int()], {
  error: `expected a number, or one of ${logLevelNames.join(', ')}`,
});

/** A file or link that travels with a message, as Eliza OS clients shape it; unknown keys are kept. */
export const attachment = z
  .object({
    id: z.string().optional(),
    url: z.string().min(1).optional(),
    title: z.string().optional(),
    contentType: z.string().optional(),
  })
  // Optional, as a type only: in JSON there is nothing undefined, but the named keys above may be missing.
  .catchall(shallow.optional())
  .refine(({ url, text, data, name }) => (url ?? text ?? data ?? name) !== undefined, {
    path: ['url'],
    error: 'expected an address, or at least text, data or a name',
  });

/** Agents that one join may invite. */
const mostInvited = 20;

const listed = z.array(attachment).max(maxAttachments);
export const attachments = fewValues(listed);

/** What a channel becomes when it is made. */
const channelKind = { isDm: z.boolean().optional(), channelType: z.string().max(20).optional() };

const sendMessage = z
  .object({
    channelId: uuid,
    text: wellFormed,
    entityId: uuid.optional(),
    name: displayName.optional(),
    clientMessageId: tag.optional(),
    attachments: fewValues(listed.default([])),
    metadata: shallowRecord.default({}),
    source: tag.default('socketio_client'),
    serverId: serverId.optional(),
    targetId: uuid.optional(),
    ...channelKind,
  })
  .refine((message) => message.text.trim() !== '' || message.attachments.length > 0, {
    path: ['text'],
    error: 'expected some text, or at least one attachment',
  });

/** What becomes of an agent's turn when a new message comes: it waits for it, gives way to it, or has it left unanswered. */
export const turnPolicies = ['queue', 'supersede', 'reject'] as const;
export type TurnPolicy = (typeof turnPolicies)[number];

/**
 * Each intent: what it takes, and what its acknowledgement says beside `ok:true`. `right`: what the sender needs in the room of
 * `channelId`, which must exist; an intent without it makes its room, or is about none.
 */
export const intents = {
  'join-channel': {
    payload: z.object({
      channelId: uuid,
      agentId: uuid.optional(),
      agentIds: z.array(uuid).max(mostInvited).optional(),
      entityId: uuid.optional(),
      name: displayName.optional(),
      since: count.optional(),
      turnPolicy: z.enum(turnPolicies).optional(),
      serverId: serverId.optional(),
      ...channelKind,
    }),
    result: z.object({
      channelId: uuid,
      serverId: uuid,
      entityId: uuid,
      agentId: uuid.optional(),
      type: z.enum(['DM', 'GROUP']),
      seq: count,
    }),
  },
  'leave-channel': {
    payload: z.object({ channelId: uuid, agentId: uuid.optional() }),
    result: z.object({ channelId: uuid }),
  },
  'send-message': {
    payload: sendMessage,
    result: z.object({
      channelId: uuid,
      messageId: uuid,
      clientMessageId: z.string().nullable(),
      seq: z.int().min(1),
      createdAt: count,
    }),
  },
  'get-world-state': {
    payload: z.object({
      channelId: uuid.optional(),
      limit: z.int().min(1).max(worldStateMessages.most).default(worldStateMessages.default),
    }),
    result: z.object({ channelId: uuid.optional(), seq: count }),
  },
  'set-typing': {
    right: 'write',
    payload: z.object({ channelId: uuid, isTyping: z.boolean(), entityId: uuid.optional() }),
    result: z.object({ channelId: uuid }),
  },
  'cancel-turns': {
    right: 'write',
    payload: z.object({ channelId: uuid, messageId: uuid.optional() }),
    result: z.object({ channelId: uuid, cancelled: count }),
  },
  'freeze-channel': {
    right: 'write',
    payload: z.object({
      channelId: uuid,
      seconds: z.int().min(0).max(freezeSeconds.most).default(freezeSeconds.default),
    }),
    result: z.object({ channelId: uuid, frozenUntil: count.nullable() }),
  },
  'answer-approval': {
    right: 'write',
    payload: z.object({ channelId: uuid, approvalId: uuid, approved: z.boolean(), entityId: uuid.optional() }),
    result: z.object({ channelId: uuid, approvalId: uuid, approved: z.boolean() }),
  },
  'subscribe-logs': {
    payload: z.object({ batched: z.boolean().optional() }),
    result: z.object({ subscribed: z.literal(true) }),
  },
  'unsubscribe-logs': { payload: z.object({}), result: z.object({ subscribed: z.literal(false) }) },
  'subscribe-wire': {
    payload: z.object({ socketId: z.string().min(1).max(100).optional() }),
    result: z.object({ subscribed: z.literal(true) }),
  },
  'unsubscribe-wire': { payload: z.object({}), result: z.object({ subscribed: z.literal(false) }) },
  'update-log-filters': {
    payload: z.object({
      agentName: z.string().max(maxNameLength).optional(),
      level: logLevel.optional(),
    }),
    result: z.object({ filters: z.object({ agentName: z.string(), level: z.union([z.string(), z.int()]) }) }),
  },
} as const satisfies Record<string, { right?: RoomRight; payload: z.ZodType; result: z.ZodType }>;

export type IntentName = keyof typeof intents;
/** An intent after parsing: defaults filled in, ids lower-cased. */
export type Intent<I extends IntentName> = z.output<(typeof intents)[I]['payload']>;
/** What a client may leave out is optional here. */
export type IntentInput<I extends IntentName> = z.input<(typeof intents)[I]['payload']>;
/** What a handler returns, and an acknowledgement carries. */
export type IntentResult<I extends IntentName> = z.output<(typeof intents)[I]['result']>;
export type Attachment = z.output<typeof attachment>;
