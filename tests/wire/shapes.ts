/**
 * What PROTOCOL.md says about each payload, written down once more by hand: the types that tests read by, and the checks
 * of keys and values. Nothing here is derived from the server's own tables, so that the two can disagree.
 */
import assert from 'node:assert/strict';

export type Json = Record<string, unknown>;
export type Rooms = { channelId: string; roomId: string };
export type Broadcast = Rooms & {
  id: string;
  senderId: string;
  senderName: string;
  text: string;
  serverId: string;
  messageServerId: string;
  createdAt: number;
  source: string;
  thought: string | null;
  actions: string[];
  attachments: Json[];
  metadata: Json;
  seq: number;
  inReplyTo: string | null;
  clientMessageId?: string;
  replay?: true;
};
export type Outcome = 'answered' | 'ignored' | 'no-agent' | 'failed' | 'cancelled' | 'timed-out' | 'superseded';
export type Complete = Rooms & {
  serverId: string;
  messageServerId: string;
  messageId: string;
  outcome: Outcome;
  turns: { agentId: string; outcome: Outcome; code?: string; hint?: string }[];
};
export type LogEntry = { level: number; time: number; msg: string; agentId?: string; agentName?: string };
export type WorldState = Partial<Rooms> & {
  serverId: string;
  messageServerId: string;
  seq: number;
  timestamp: number;
  agents: Record<string, { id: string; name: string; status: string; bio: string[]; model: string | null }>;
  users: Record<string, { id: string; name: string }>;
  channels: Record<string, Channel>;
  messages: Record<string, Broadcast>;
};
export type Channel = {
  id: string;
  serverId: string;
  messageServerId: string;
  name: string;
  type: 'DM' | 'GROUP';
  seq: number;
  createdAt: number;
  participants: string[];
};
export type Issue = { path: string; message: string };
export type Details = {
  code: string;
  event: string;
  hint: string;
  roomId?: string;
  clientMessageId?: string;
  issues?: Issue[];
};
export type Failure = { ok: false; error: string; details: Details };
export type Limits = {
  maxPayloadBytes: number;
  maxTextLength: number;
  maxRooms: number;
  maxSendsPerSecond: number;
  maxBacklogBytes: number;
  maxUploadBytes: number;
};

/** Payloads of what arrives, the connection's own events included. */
export type Payloads = {
  connect: undefined;
  connect_error: Error & { data?: { code?: string; hint?: string } };
  disconnect: string;
  authenticated: { entityId: string; timestamp: number };
  connection_established: {
    message: string;
    socketId: string;
    entityId: string;
    limits: Limits;
    version: string;
    resumed: boolean;
  };
  channel_joined: Rooms & { message: string; agentId?: string };
  room_joined: Rooms & { message: string; agentId?: string };
  channel_left: Rooms & { message: string; agentId?: string };
  room_left: Rooms & { message: string; agentId?: string };
  messageBroadcast: Broadcast;
  messageAck: Rooms & { clientMessageId: string | null; messageId: string; seq: number; status: string };
  messageStreamChunk: Rooms & { messageId: string; chunk: string; index: number; agentId: string };
  messageComplete: Complete;
  controlMessage: Rooms & { action: string };
  'world-state': WorldState;
  logEntry: LogEntry;
  log_stream: { type: string; payload: LogEntry };
  log_subscription_confirmed: { subscribed: boolean; message: string };
  log_filters_updated: { success: boolean; filters?: { agentName: string; level: string | number }; error?: string };
  error: { error: string; details: Details };
  messageError: { error: string };
  userJoined: Rooms & { userId: string };
  userLeft: Rooms & { userId: string };
  userTyping: Rooms & { userId: string; isTyping: boolean };
};
export type EventName = keyof Payloads;

/** Acknowledgements of success, beside `ok: true`. */
export type Acks = {
  join: Rooms & { serverId: string; entityId: string; agentId?: string; type: 'DM' | 'GROUP'; seq: number };
  leave: Rooms;
  message: Rooms & { messageId: string; clientMessageId: string | null; seq: number; createdAt: number };
  'request-world-state': Partial<Rooms> & { seq: number };
  typing: Rooms;
  cancel: Rooms & { cancelled: number };
  subscribe_logs: { subscribed: true };
  unsubscribe_logs: { subscribed: false };
  update_log_filters: { filters: { agentName: string; level: string | number } };
};
export type ClientEvent = keyof Acks;
export const clientEvents: readonly ClientEvent[] = [
  'join',
  'leave',
  'message',
  'request-world-state',
  'typing',
  'cancel',
  'subscribe_logs',
  'unsubscribe_logs',
  'update_log_filters',
];

export const defaultServerId = '00000000-0000-0000-0000-000000000000';
export const outcomes: readonly Outcome[] = [
  'answered',
  'ignored',
  'no-agent',
  'failed',
  'cancelled',
  'timed-out',
  'superseded',
];
export const broadcastKeys = [
  'id',
  'senderId',
  'senderName',
  'text',
  'roomId',
  'channelId',
  'serverId',
  'messageServerId',
  'createdAt',
  'source',
  'thought',
  'actions',
  'attachments',
  'metadata',
  'seq',
  'inReplyTo',
] as const;

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function assertUuid(value: unknown, what: string): void {
  assert.ok(typeof value === 'string' && uuidPattern.test(value), `${what} is no UUID: ${JSON.stringify(value)}`);
}

/** Integer ms since the epoch, of these years. */
export function assertTime(value: unknown, what: string): void {
  const isTime = Number.isInteger(value) && (value as number) > 1_600_000_000_000 && (value as number) < 5e12;
  assert.ok(isTime, `${what} is no time in ms: ${JSON.stringify(value)}`);
}

/** Exactly these keys, in any order. */
export function assertKeys(value: object, keys: readonly string[], what: string): void {
  assert.deepEqual(Object.keys(value).sort(), [...keys].sort(), `keys of ${what}`);
}

export function assertBothRooms(value: Partial<Rooms>, roomId: string, what: string): void {
  assert.deepEqual([value.roomId, value.channelId], [roomId, roomId], `roomId and channelId of ${what}`);
}

/** Every key that a `messageBroadcast` always has, each of its documented type, and no other but `extra`. */
export function assertBroadcast(message: Broadcast, extra: readonly string[] = []): void {
  assertKeys(message, [...broadcastKeys, ...extra], 'messageBroadcast');
  for (const key of ['id', 'senderId', 'roomId', 'serverId'] as const) assertUuid(message[key], key);
  for (const key of ['senderName', 'text', 'source'] as const) assert.equal(typeof message[key], 'string', key);
  assert.equal(message.channelId, message.roomId);
  assert.equal(message.messageServerId, message.serverId);
  assertTime(message.createdAt, 'createdAt');
  assert.ok(message.thought === null || typeof message.thought === 'string', 'thought');
  assert.ok(Array.isArray(message.actions) && message.actions.every((action) => typeof action === 'string'), 'actions');
  assert.ok(Array.isArray(message.attachments), 'attachments');
  assert.equal(Object.prototype.toString.call(message.metadata), '[object Object]', 'metadata');
  assert.ok(Number.isInteger(message.seq) && message.seq >= 1, 'seq');
  if (message.inReplyTo !== null) assertUuid(message.inReplyTo, 'inReplyTo');
}

/** The exact shape of a `messageComplete`, and that it belongs to this message of this room. */
export function assertComplete(complete: Complete, roomId: string, messageId: string): void {
  const keys = ['channelId', 'roomId', 'serverId', 'messageServerId', 'messageId', 'outcome', 'turns'];
  assertKeys(complete, keys, 'messageComplete');
  assertBothRooms(complete, roomId, 'messageComplete');
  assertUuid(complete.serverId, 'serverId');
  assert.equal(complete.messageServerId, complete.serverId);
  assert.equal(complete.messageId, messageId);
  assert.ok(outcomes.includes(complete.outcome), `outcome ${complete.outcome}`);
  for (const turn of complete.turns) {
    assertUuid(turn.agentId, 'agentId of a turn');
    assert.ok(outcomes.includes(turn.outcome), `outcome ${turn.outcome} of a turn`);
  }
}
