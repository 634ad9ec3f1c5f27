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
    about: 'Who this connection is: the id it sent, or the one the server assigned.',
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
      'Follows at once, with the limits of this server. `resumed`: the client is back in its rooms, with everything that it missed (`socket.recovered`).',
  },
  channel_joined: { schema: joined, about: 'You are in the room.' },
  room_joined: { schema: joined, about: 'The same, in the other spelling.' },
  channel_left: { schema: joined, about: 'You have left the room.' },
  room_left: { schema: joined, about: 'The same, in the other spelling.' },
  messageBroadcast: {
    schema: broadcast,
    about:
      "A message of a person or an agent, your own included. Every key is always there but the last four: `clientMessageId` on the sender's own copy, `replay` on a repeated one, `updatedAt` on one that was changed and now stands in place of what had this `id`, `rawMessage` on what an agent does (`source` is `agent_action`; `actionStatus` in it goes from `executing` to `completed` or `failed`).",
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
      'A piece of an answer while it is made; the final messageBroadcast has this `messageId` as its `id`. `index` 0 begins the text (anew, when the server was killed in the middle), and is all that was said so far to whoever enters the room. It ascends, with gaps for whoever reads slowly: such a reader gets several pieces as one.',
  },
  messageStreamError: {
    schema: z.strictObject({
      messageId: uuid,
      ...bothRooms,
      agentId: uuid,
      error: z.string(),
      partialText: z.string().optional(),
    }),
    about: 'An answer that had begun to stream broke off.',
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
      'Once for every accepted message of a person, after everything that it caused. `messageId` is the `id` of that message.',
  },
  messageDeleted: {
    schema: z.strictObject({ messageId: uuid, ...bothRooms }),
    about: 'A message was deleted; its `seq` is not used again. Who was away hears this instead of the message.',
  },
  channelCleared: {
    schema: z.strictObject(bothRooms),
    about:
      'Every message of the room was deleted, and `seq` goes on counting. Answers under way have ended before, as `cancelled`. Who was away hears this instead of those messages.',
  },
  channelDeleted: {
    schema: z.strictObject(bothRooms),
    about:
      'The room is gone, with everything in it, and you are no longer in it. It is made anew, empty, where somebody enters it or says something; its `seq` goes on counting.',
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
      'The name of a room, what is kept with it, or who takes part was changed over HTTP; `updates` is how it is now.',
  },
  controlMessage: {
    schema: z.strictObject({ action: z.enum(['disable_input', 'enable_input']), ...bothRooms }),
    about: 'Round a turn: an input field may lock and unlock by it.',
  },
  sessionExpirationWarning: {
    schema: session.extend({ minutesRemaining: z.int().min(0), expiresAt: z.iso.datetime() }),
    about:
      'To the room of a session, once: it ends soon, unless it is used or renewed. The room has the id of the session.',
  },
  sessionExpired: {
    schema: session.extend({ expiredAt: z.iso.datetime() }),
    about: 'To the room of a session, once: it has ended. What was said stays.',
  },
  sessionRenewed: {
    schema: session.extend({ expiresAt: z.iso.datetime(), renewalCount: z.int().min(1) }),
    about: 'To the room of a session: it was used or renewed, and lasts longer.',
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
      "Maps by id. Of a room with more than 500 people and agents, `users` and `participants` hold 500: its agents, you, and the first who came; of all rooms in the answer together 2,000, the rooms joined last first, and of those after them its agents and you. `participantCount` is how many there are; `GET /api/messaging/channels/:channelId/participants` lists all. `messages` holds the last ones of each room in the answer, oldest first, up to half a megabyte of a room and 750,000 characters in all, of which each takes 500 beside what it says; the rooms joined last come first. `seq` is the room's last one (without a room: the largest of those shown).",
  },
  logEntry: {
    schema: logEntry,
    about:
      "A log entry (pino levels), to sockets that subscribed, and of one agent to sockets that joined with its id. Never a message's text, never a secret.",
  },
  log_stream: {
    schema: z.strictObject({ type: z.literal('log_entry'), payload: logEntry }),
    about: 'The same, in the other spelling.',
  },
  logEntries: {
    schema: z.strictObject({ entries: z.array(logEntry) }),
    about:
      'Log entries, in their order, to sockets that subscribed with `batched`: in the place of `logEntry` and `log_stream`.',
  },
  log_subscription_confirmed: {
    schema: z.strictObject({ subscribed: z.boolean(), message: z.string() }),
    about: 'After subscribe_logs and unsubscribe_logs.',
  },
  log_filters_updated: {
    schema: z.union([
      z.strictObject({ success: z.literal(true), filters }),
      z.strictObject({ success: z.literal(false), error: z.string() }),
    ]),
    about: 'After update_log_filters.',
  },
  wireEvent: {
    schema: z.strictObject({ events: z.array(wireRecord), dropped: z.int().min(0) }),
    about:
      "To sockets that watch others (subscribe_wire): what those sent and got since the last one, oldest first, at most ten times a second. `dropped` is how many were left out. Log entries and `wireEvent` itself are not in it. Never a message's text, never a secret.",
  },
  userJoined: {
    schema: presence,
    about: 'To the others in a room: somebody came in. In a room of more than 500 people and agents nobody is told.',
  },
  userLeft: {
    schema: presence,
    about:
      'To the others in a room, unless it has more than 500 people and agents: somebody left. With your own id: you were taken out. Nothing that is said there afterwards comes to you, live or when you come back, until you `join` it again or say something in it.',
  },
  userTyping: {
    schema: presence.extend({ isTyping: z.boolean() }),
    about: 'To the others in a room, unless it has more than 500 people and agents: somebody types, or has stopped.',
  },
  error: {
    schema: z.strictObject({
      error: z.string(),
      details: z.looseObject({ code: z.string(), hint: z.string().optional() }),
    }),
    about: 'What was wrong with something you sent. The same goes to its acknowledgement.',
  },
  messageError: { schema: z.strictObject({ error: z.string() }), about: 'The same, in the other spelling.' },
} as const;

/** The one event that is not an object, and belongs to the connection more than to what is said. */
export const offsetEvent = {
  name: 'offset',
  schema: z.string(),
  about:
    'The place in the log up to which you have heard everything, behind what was sent with it. A stock `socket.io-client` (4.6 or newer) keeps it and comes back to it by itself; other clients pass over it.',
} as const;

export type WireOutEvent = keyof typeof wireOut;
export type WireOutPayload<E extends WireOutEvent> = z.input<(typeof wireOut)[E]['schema']>;
/** One frame to send: the event's name and its payload. */
export type Frame = { [E in WireOutEvent]: readonly [E, WireOutPayload<E>] }[WireOutEvent];
