/**
 * Every frame that leaves the server, one row for each of its names on the wire; encode.ts makes them of our events.
 * `channelId` is also spelled `roomId`, `serverId` also `messageServerId`: no client has to know which one we prefer.
 */
import { z } from 'zod';
import { uuid } from '../ids.ts';
import { outcomes } from './events.ts';
import { attachment } from './intents.ts';
import { wireRecord } from './wire-watch.ts';

const ms = z.int().min(0);
const seq = z.int().min(0);
const bothRooms = { channelId: uuid, roomId: uuid };
const bothServers = { serverId: uuid, messageServerId: uuid };
const json = z.record(z.string(), z.unknown());

const broadcast = z.strictObject({
  id: uuid,
  senderId: uuid,
  senderName: z.string(),
  text: z.string(),
  ...bothRooms,
  ...bothServers,
  createdAt: ms,
  source: z.string(),
  thought: z.string().nullable(),
  actions: z.array(z.string()),
  attachments: z.array(attachment),
  metadata: json,
  seq: z.int().min(1),
  inReplyTo: uuid.nullable(),
  clientMessageId: z.string().optional(),
  replay: z.literal(true).optional(),
  updatedAt: ms.optional(),
  rawMessage: json.optional(),
});

const joined = z.strictObject({ message: z.string(), ...bothRooms, agentId: uuid.optional() });
const logEntry = z.strictObject({
  level: z.int(),
  time: ms,
  msg: z.string(),
  agentId: uuid.optional(),
  agentName: z.string().optional(),
});
const presence = z.strictObject({ userId: uuid, ...bothRooms });
const session = z.strictObject({ sessionId: uuid, ...bothRooms });
const filters = z.strictObject({ agentName: z.string(), level: z.union([z.string(), z.int()]) });
const turnEnd = z.strictObject({
  agentId: uuid,
  outcome: z.enum(outcomes),
  code: z.string().optional(),
  hint: z.string().optional(),
});

/** The shape of each frame, by its name on the wire. */
export const wireOut = {
  authenticated: {
    schema: z.strictObject({ entityId: uuid, timestamp: ms }),
    about: 'The identity of this connection: the id that it sent, or the one that the server assigned.',
  },
  connection_established: {
    schema: z.strictObject({
      message: z.string(),
      socketId: z.string(),
      entityId: uuid,
      limits: z.strictObject({
        maxPayloadBytes: z.int(),
        maxTextLength: z.int(),
        maxRooms: z.int(),
        maxSendsPerSecond: z.int(),
        maxUploadBytes: z.int(),
        maxBacklogBytes: z.int(),
      }),
      version: z.string(),
      resumed: z.boolean(),
    }),
    about:
      'Follows at once, with the limits of this server. `resumed` is true if the client is back in its rooms and gets every event that it missed (`socket.recovered`).',
  },
  channel_joined: { schema: joined, about: 'You are in the room.' },
  room_joined: { schema: joined, about: 'The same in another spelling.' },
  channel_left: { schema: joined, about: 'You have left the room.' },
  room_left: { schema: joined, about: 'The same in another spelling.' },
  messageBroadcast: {
    schema: broadcast,
    about:
      "A message of a person or an agent, including your own. All keys are always present except the last four: `clientMessageId` is on the sender's own copy, `replay` on a repeated message, `updatedAt` on a changed message that replaces the one with the same `id`, and `rawMessage` on an action of an agent (`source` is `agent_action`; its `actionStatus` goes from `executing` to `completed` or `failed`).",
  },
  messageAck: {
    schema: z.strictObject({
      clientMessageId: z.string().nullable(),
      messageId: uuid,
      seq: z.int().min(1),
      status: z.literal('received_by_server_and_processing'),
      ...bothRooms,
    }),
    about: 'To the sender: the message is on disk.',
  },
  messageStreamChunk: {
    schema: z.strictObject({ messageId: uuid, chunk: z.string(), index: z.int().min(0), agentId: uuid, ...bothRooms }),
    about:
      'A piece of an answer in progress; the final messageBroadcast has this `messageId` as its `id`. `index` 0 starts the text, and restarts it if the server was killed midway. A client that joins the room gets all text so far as `index` 0. `index` ascends; slow readers get several pieces as one and see gaps.',
  },
  messageStreamError: {
    schema: z.strictObject({
      messageId: uuid,
      ...bothRooms,
      agentId: uuid,
      error: z.string(),
      partialText: z.string().optional(),
    }),
    about: 'An answer broke off while streaming.',
  },
  messageComplete: {
    schema: z.strictObject({
      ...bothRooms,
      ...bothServers,
      messageId: uuid,
      outcome: z.enum(outcomes),
      turns: z.array(turnEnd),
    }),
    about:
      'Sent once for every accepted message of a person, after all events that it caused. `messageId` is the `id` of that message.',
  },
  messageDeleted: {
    schema: z.strictObject({ messageId: uuid, ...bothRooms }),
    about:
      'A message was deleted; its `seq` is not reused. Clients that were away get this event instead of the message.',
  },
  channelCleared: {
    schema: z.strictObject(bothRooms),
    about:
      'All messages of the room were deleted; `seq` continues. Answers in progress ended before that, as `cancelled`. Clients that were away get this event instead of those messages.',
  },
  channelDeleted: {
    schema: z.strictObject(bothRooms),
    about:
      'The room and everything in it were deleted, and you are no longer in it. If someone joins it or sends a message there, it is created again, empty; its `seq` continues.',
  },
  channelUpdated: {
    schema: z.strictObject({
      ...bothRooms,
      updates: z.strictObject({
        name: z.string(),
        type: z.string(),
        topic: z.string().nullable(),
        metadata: json,
        participants: z.array(uuid),
        updatedAt: ms,
      }),
    }),
    about:
      'The name, topic, metadata or participants of a room were changed over HTTP; `updates` has the current values.',
  },
  controlMessage: {
    schema: z.strictObject({ action: z.enum(['disable_input', 'enable_input']), ...bothRooms }),
    about: 'Sent at the start and the end of a turn, so that a client can lock and unlock its input field.',
  },
  sessionExpirationWarning: {
    schema: session.extend({ minutesRemaining: z.int().min(0), expiresAt: z.iso.datetime() }),
    about:
      'Sent once to the room of a session: it ends soon unless it is used or renewed. The room has the id of the session.',
  },
  sessionExpired: {
    schema: session.extend({ expiredAt: z.iso.datetime() }),
    about: 'Sent once to the room of a session: it has ended. Its messages stay.',
  },
  sessionRenewed: {
    schema: session.extend({ expiresAt: z.iso.datetime(), renewalCount: z.int().min(1) }),
    about: 'Sent to the room of a session: it was used or renewed, and lasts longer.',
  },
  'world-state': {
    schema: z.strictObject({
      ...bothServers,
      channelId: uuid.optional(),
      roomId: uuid.optional(),
      seq,
      timestamp: ms,
      agents: z.record(
        uuid,
        z.strictObject({
          id: uuid,
          name: z.string(),
          status: z.enum(['active', 'inactive']),
          bio: z.array(z.string()),
          model: z.string().nullable(),
          tools: z
            .array(z.strictObject({ name: z.string(), state: z.enum(['ready', 'starting', 'failed']) }))
            .optional(),
        }),
      ),
      users: z.record(uuid, z.strictObject({ id: uuid, name: z.string() })),
      channels: z.record(
        uuid,
        z.strictObject({
          id: uuid,
          ...bothServers,
          name: z.string(),
          type: z.enum(['DM', 'GROUP']),
          seq,
          createdAt: ms,
          participants: z.array(uuid),
          participantCount: z.int().min(0),
        }),
      ),
      messages: z.record(uuid, broadcast),
    }),
    about:
      'Maps by id. In a room with more than 500 people and agents, `users` and `participants` hold 500: its agents, you, and the earliest participants. All rooms together hold 2,000, starting with the rooms joined last; later rooms hold only their agents and you. `participantCount` is the full number; `GET /api/messaging/channels/:channelId/participants` lists all participants. `messages` holds the latest messages of each room, oldest first, up to half a megabyte per room and 750,000 characters in total, starting with the rooms joined last; each message counts 500 characters more than its text. `seq` is the last one of the room (without a room: the largest one shown).',
  },
  logEntry: {
    schema: logEntry,
    about:
      'A log entry (pino levels), for subscribed sockets; sockets that joined with the id of an agent get its entries too. Never contains message texts or secrets.',
  },
  log_stream: {
    schema: z.strictObject({ type: z.literal('log_entry'), payload: logEntry }),
    about: 'The same in another spelling.',
  },
  logEntries: {
    schema: z.strictObject({ entries: z.array(logEntry) }),
    about: 'Log entries in order, for sockets that subscribed with `batched`; replaces `logEntry` and `log_stream`.',
  },
  log_subscription_confirmed: {
    schema: z.strictObject({ subscribed: z.boolean(), message: z.string() }),
    about: 'Sent after subscribe_logs and unsubscribe_logs.',
  },
  log_filters_updated: {
    schema: z.union([
      z.strictObject({ success: z.literal(true), filters }),
      z.strictObject({ success: z.literal(false), error: z.string() }),
    ]),
    about: 'Sent after update_log_filters.',
  },
  wireEvent: {
    schema: z.strictObject({ events: z.array(wireRecord), dropped: z.int().min(0) }),
    about:
      'For sockets that watch others (subscribe_wire): the events that those sent and received since the last `wireEvent`, oldest first, at most ten times a second. `dropped` is the number of omitted events. Log entries and `wireEvent` itself are not included. Never contains message texts or secrets.',
  },
  userJoined: {
    schema: presence,
    about: 'Sent to the others in a room of at most 500 people and agents: someone joined.',
  },
  userLeft: {
    schema: presence,
    about:
      'Sent to the others in a room of at most 500 people and agents: someone left. With your own id: you were removed. You get none of its later messages, live or after a reconnect, until you `join` it again or send a message there.',
  },
  userTyping: {
    schema: presence.extend({ isTyping: z.boolean() }),
    about: 'Sent to the others in a room of at most 500 people and agents: someone is typing, or has stopped.',
  },
  error: {
    schema: z.strictObject({
      error: z.string(),
      details: z.looseObject({ code: z.string(), hint: z.string().optional() }),
    }),
    about: 'The error of an event that you sent. Its acknowledgement has the same content.',
  },
  messageError: { schema: z.strictObject({ error: z.string() }), about: 'The same in another spelling.' },
} as const;

/** The one event that is not an object, and belongs to the connection more than to what is said. */
export const offsetEvent = {
  name: 'offset',
  schema: z.string(),
  about:
    'The position in the log up to which you have received everything; it follows the events that it covers. A stock `socket.io-client` (4.6 or newer) stores it and resumes from it automatically; other clients can ignore it.',
} as const;

export type WireOutEvent = keyof typeof wireOut;
export type WireOutPayload<E extends WireOutEvent> = z.input<(typeof wireOut)[E]['schema']>;
/** One frame to send: the event's name and its payload. */
export type Frame = { [E in WireOutEvent]: readonly [E, WireOutPayload<E>] }[WireOutEvent];
