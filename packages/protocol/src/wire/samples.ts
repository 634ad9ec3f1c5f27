/**
 * One sample of each event that the server sends, and one way in which each frame would be wrong: tests and
 * documentation at once. Samples of what clients send stand in their rows in wire-in.ts.
 */
import { defaultServerId } from '../ids.ts';
import { defaultLimits } from '../limits.ts';
import type { Message, ServerEventName, ServerEvents } from './events.ts';
import type { WireOutEvent } from './wire-out.ts';

const channelId = '11111111-1111-4111-8111-111111111111';
const userId = '22222222-2222-4222-8222-222222222222';
const agentId = 'b850bc30-45f8-0041-a00a-83df46d8555d';
const messageId = '33333333-3333-4333-8333-333333333333';
const replyId = '44444444-4444-4444-8444-444444444444';
const at = 1_795_385_575_199;

const question: Message = {
  id: messageId,
  channelId,
  serverId: defaultServerId,
  seq: 1,
  senderId: userId,
  senderName: 'Ada',
  text: 'Men are all alike.',
  createdAt: at,
  source: 'socketio_client',
  thought: null,
  actions: [],
  attachments: [],
  metadata: {},
  inReplyTo: null,
};

const agent = { id: agentId, name: 'Eliza', status: 'active', bio: ['Listens.'], model: 'eliza-1966' } as const;
const channel = { id: channelId, serverId: defaultServerId, name: 'DM 11111111', type: 'DM', seq: 1 } as const;

/** What the server says, in our words; wire-out.ts makes the frames. */
export const eventSamples: { readonly [E in ServerEventName]: ServerEvents[E] } = {
  welcome: {
    entityId: userId,
    socketId: 'vdBr1n_2nLGsYD4yAAAA',
    timestamp: at,
    limits: defaultLimits,
    version: '0.1.0',
    resumed: false,
  },
  'channel-joined': { channelId, agentId, message: 'Joined DM 11111111' },
  'channel-left': { channelId, agentId, message: 'Left the room' },
  'message-posted': { message: question, clientMessageId: 'm-1' },
  'message-accepted': { channelId, messageId, seq: 1, clientMessageId: 'm-1' },
  'chunk-streamed': { channelId, agentId, messageId: replyId, chunk: 'In what ', index: 0 },
  'stream-failed': { channelId, agentId, messageId: replyId, error: 'model-cut', partialText: 'In what' },
  'message-completed': {
    channelId,
    serverId: defaultServerId,
    messageId,
    outcome: 'answered',
    turns: [{ agentId, outcome: 'answered' }],
  },
  'message-deleted': { channelId, messageId },
  'channel-cleared': { channelId },
  'channel-deleted': { channelId },
  'channel-updated': {
    channelId,
    updates: {
      name: 'Men, all alike',
      type: 'DM',
      topic: null,
      metadata: { isDm: true },
      participants: [userId, agentId],
      updatedAt: at,
    },
  },
  'input-controlled': { channelId, action: 'disable_input' },
  'session-warned': { channelId, sessionId: channelId, minutesRemaining: 5, expiresAt: '2026-11-22T20:30:00.000Z' },
  'session-ended': { channelId, sessionId: channelId, expiredAt: '2026-11-22T20:30:00.000Z' },
  'session-renewed': { channelId, sessionId: channelId, expiresAt: '2026-11-22T20:30:00.000Z', renewalCount: 1 },
  'world-state': {
    serverId: defaultServerId,
    channelId,
    seq: 1,
    timestamp: at,
    agents: [{ ...agent, bio: [...agent.bio] }],
    users: [{ id: userId, name: 'Ada' }],
    channels: [{ ...channel, createdAt: at, participants: [userId, agentId], participantCount: 2 }],
    messages: [question],
  },
  logged: { level: 30, time: at, msg: 'turn answered', agentId, agentName: 'Eliza' },
  'logged-many': { entries: [{ level: 30, time: at, msg: 'turn answered', agentId, agentName: 'Eliza' }] },
  'log-subscription': { subscribed: true },
  'log-filters': { filters: { agentName: 'Eliza', level: 'warn' } },
  'wire-watched': {
    events: [
      {
        socketId: 'vdBr1n_2nLGsYD4yAAAA',
        time: at,
        direction: 'in',
        event: 'message',
        dialect: 'documented',
        intent: 'send-message',
        roomId: channelId,
        bytes: 84,
        ack: 'ok',
        ms: 2,
      },
    ],
    dropped: 0,
  },
  'participant-joined': { channelId, entityId: userId },
  'participant-left': { channelId, entityId: userId },
  typing: { channelId, entityId: userId, isTyping: true },
  failed: { error: 'No agent has this id.', details: { code: 'agent-not-found', event: 'join', roomId: channelId } },
};

/** A change that no frame of that name may have, and the path at which its schema notices. */
export const wrongFrames: { readonly [E in WireOutEvent]: { change: Record<string, unknown>; path: string } } = {
  authenticated: { change: { entityId: 'ada' }, path: 'entityId' },
  connection_established: { change: { limits: {} }, path: 'limits.maxPayloadBytes' },
  channel_joined: { change: { roomId: undefined }, path: 'roomId' },
  room_joined: { change: { channelId: 7 }, path: 'channelId' },
  channel_left: { change: { roomId: 'lobby' }, path: 'roomId' },
  room_left: { change: { message: undefined }, path: 'message' },
  messageBroadcast: { change: { attachments: null }, path: 'attachments' },
  messageAck: { change: { seq: 0 }, path: 'seq' },
  messageStreamChunk: { change: { index: -1 }, path: 'index' },
  messageStreamError: { change: { error: undefined }, path: 'error' },
  messageComplete: { change: { outcome: 'done' }, path: 'outcome' },
  messageDeleted: { change: { messageId: undefined }, path: 'messageId' },
  channelCleared: { change: { roomId: 7 }, path: 'roomId' },
  channelDeleted: { change: { channelId: 'lobby' }, path: 'channelId' },
  channelUpdated: { change: { updates: {} }, path: 'updates.name' },
  controlMessage: { change: { action: 'enable' }, path: 'action' },
  sessionExpirationWarning: { change: { minutesRemaining: 'five' }, path: 'minutesRemaining' },
  sessionExpired: { change: { expiredAt: 7 }, path: 'expiredAt' },
  sessionRenewed: { change: { renewalCount: 0 }, path: 'renewalCount' },
  'world-state': { change: { agents: [] }, path: 'agents' },
  logEntry: { change: { level: 'info' }, path: 'level' },
  log_stream: { change: { type: 'log' }, path: 'type' },
  log_subscription_confirmed: { change: { subscribed: 'yes' }, path: 'subscribed' },
  log_filters_updated: { change: { success: 'yes' }, path: '' },
  logEntries: { change: { entries: 'none' }, path: 'entries' },
  wireEvent: { change: { dropped: -1 }, path: 'dropped' },
  userJoined: { change: { userId: null }, path: 'userId' },
  userLeft: { change: { channelId: undefined }, path: 'channelId' },
  userTyping: { change: { isTyping: 1 }, path: 'isTyping' },
  error: { change: { details: {} }, path: 'details.code' },
  messageError: { change: { error: { message: 'x' } }, path: 'error' },
};
