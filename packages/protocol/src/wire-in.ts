/**
 * Every spelling that a client may use, one row each: the event's name and its fields, and which intent they mean.
 * Stop 1 of the walk reads this table; a new dialect is new rows.
 */
import type { Issue } from './errors.ts';
import { type Intent, type IntentInput, type IntentName, intents } from './intents.ts';

type Sample = { why: string; payload: unknown };

type Row<I extends IntentName> = {
  intent: I;
  /** Wire field → field of the intent. Where two spell the same one, the first that is present wins. */
  fields: Readonly<Record<string, keyof IntentInput<I> & string>>;
  about: string;
  valid: readonly [Sample, ...Sample[]];
  invalid: readonly [Sample & { path: string }, ...(Sample & { path: string })[]];
};

const row = <I extends IntentName, const R extends Row<I>>(declared: R & { intent: I }): R => declared;

const room = '11111111-1111-4111-8111-111111111111';
const user = '22222222-2222-4222-8222-222222222222';
const agent = 'b850bc30-45f8-0041-a00a-83df46d8555d';
const notAnObject = { why: 'no object', payload: 'hello', path: '' };
const wrongRoom = { why: 'the room is not a UUID', payload: { roomId: 'lobby' }, path: 'roomId' };

export const wireIn = {
  join: row({
    intent: 'join-channel',
    fields: { roomId: 'channelId', agentId: 'agentId', userId: 'entityId', name: 'name', since: 'since' },
    about:
      'Enters a room and makes it when it is new: with `agentId` a DM of you and that agent, without it a GROUP. A later `agentId` invites that agent. With `since` every later message is replayed first.',
    valid: [
      { why: 'as documented', payload: { roomId: room, agentId: agent } },
      { why: 'everything', payload: { roomId: room, agentId: agent, userId: user, name: 'Ada', since: 12 } },
    ],
    invalid: [
      notAnObject,
      { why: 'no room', payload: { agentId: agent }, path: 'roomId' },
      wrongRoom,
      { why: 'the agent is not a UUID', payload: { roomId: room, agentId: 7 }, path: 'agentId' },
      { why: 'the user is not a UUID', payload: { roomId: room, userId: 'me' }, path: 'userId' },
      { why: 'the name is no text', payload: { roomId: room, name: {} }, path: 'name' },
      { why: 'since is no number', payload: { roomId: room, since: 'yesterday' }, path: 'since' },
    ],
  }),
  leave: row({
    intent: 'leave-channel',
    fields: { roomId: 'channelId', agentId: 'agentId' },
    about: 'Leaves a room: this socket hears no more of it. The agent stays.',
    valid: [{ why: 'as documented', payload: { roomId: room, agentId: agent } }],
    invalid: [
      notAnObject,
      { why: 'no room', payload: {}, path: 'roomId' },
      wrongRoom,
      { why: 'the agent is not a UUID', payload: { roomId: room, agentId: 'Eliza' }, path: 'agentId' },
    ],
  }),
  message: row({
    intent: 'send-message',
    fields: {
      text: 'text',
      roomId: 'channelId',
      userId: 'entityId',
      name: 'name',
      messageId: 'clientMessageId',
      attachments: 'attachments',
      metadata: 'metadata',
    },
    about:
      'Says something in a room. It is stored, acknowledged, broadcast, and wakes the agents of the room. Sending joins the sender. The same `messageId` again returns the first acknowledgement and does nothing twice.',
    valid: [
      { why: 'as documented', payload: { text: 'Hello', roomId: room, userId: user, name: 'Ada' } },
      { why: 'the least', payload: { text: 'Hello', roomId: room } },
      {
        why: 'everything',
        payload: {
          text: '',
          roomId: room,
          messageId: 'm-1',
          attachments: [{ url: 'https://example.com/cat.png', contentType: 'image' }],
          metadata: { mood: 'curious' },
        },
      },
    ],
    invalid: [
      notAnObject,
      { why: 'no text', payload: { roomId: room }, path: 'text' },
      { why: 'text is a number', payload: { text: 123, roomId: room }, path: 'text' },
      { why: 'nothing said', payload: { text: '  ', roomId: room }, path: 'text' },
      { why: 'no room', payload: { text: 'Hello' }, path: 'roomId' },
      { why: 'the room is not a UUID', payload: { text: 'Hello', roomId: 'lobby' }, path: 'roomId' },
      { why: 'the user is not a UUID', payload: { text: 'Hello', roomId: room, userId: 42 }, path: 'userId' },
      { why: 'the name is no text', payload: { text: 'Hello', roomId: room, name: ['Ada'] }, path: 'name' },
      { why: 'messageId is no text', payload: { text: 'Hello', roomId: room, messageId: 5 }, path: 'messageId' },
      { why: 'attachments is no list', payload: { text: 'Hello', roomId: room, attachments: {} }, path: 'attachments' },
      {
        why: 'an attachment without url',
        payload: { text: 'Hello', roomId: room, attachments: [{}] },
        path: 'attachments.0.url',
      },
      { why: 'metadata is no object', payload: { text: 'Hello', roomId: room, metadata: [] }, path: 'metadata' },
    ],
  }),
  'request-world-state': row({
    intent: 'get-world-state',
    fields: { roomId: 'channelId', limit: 'limit' },
    about:
      'Asks for agents, users, channels and last messages: of one room, or, without `roomId`, of all rooms you take part in and all agents of the server.',
    valid: [
      { why: 'everything of mine', payload: {} },
      { why: 'one room', payload: { roomId: room, limit: 10 } },
    ],
    invalid: [
      notAnObject,
      wrongRoom,
      { why: 'the limit is no number', payload: { limit: 'all' }, path: 'limit' },
      { why: 'more than the most', payload: { limit: 201 }, path: 'limit' },
    ],
  }),
  typing: row({
    intent: 'set-typing',
    fields: { roomId: 'channelId', isTyping: 'isTyping', userId: 'entityId' },
    about: 'Tells the others in the room that you are typing, or have stopped. Nothing is stored.',
    valid: [{ why: 'typing', payload: { roomId: room, isTyping: true } }],
    invalid: [
      notAnObject,
      { why: 'the room is not a UUID', payload: { roomId: 'lobby', isTyping: true }, path: 'roomId' },
      { why: 'no state', payload: { roomId: room }, path: 'isTyping' },
      { why: 'the state is a word', payload: { roomId: room, isTyping: 'yes' }, path: 'isTyping' },
      { why: 'the user is not a UUID', payload: { roomId: room, isTyping: true, userId: 'me' }, path: 'userId' },
    ],
  }),
  cancel: row({
    intent: 'cancel-turns',
    fields: { roomId: 'channelId', messageId: 'messageId' },
    about: 'Stops the answers that are under way in a room, or only those to one message.',
    valid: [{ why: 'the whole room', payload: { roomId: room } }],
    invalid: [
      notAnObject,
      wrongRoom,
      { why: 'the message is not a UUID', payload: { roomId: room, messageId: 'last' }, path: 'messageId' },
    ],
  }),
  subscribe_logs: row({
    intent: 'subscribe-logs',
    fields: {},
    about: 'Sends every log entry of the server to this socket from now on.',
    valid: [{ why: 'no payload', payload: undefined }],
    invalid: [notAnObject],
  }),
  unsubscribe_logs: row({
    intent: 'unsubscribe-logs',
    fields: {},
    about: 'Stops the log entries.',
    valid: [{ why: 'no payload', payload: undefined }],
    invalid: [notAnObject],
  }),
  update_log_filters: row({
    intent: 'update-log-filters',
    fields: { agentName: 'agentName', level: 'level' },
    about:
      'Narrows the log entries by agent (`all` for every one) and by least level (a name, a pino number, or `all`).',
    valid: [{ why: 'warnings of one agent', payload: { agentName: 'Eliza', level: 'warn' } }],
    invalid: [
      notAnObject,
      { why: 'the agent is no text', payload: { agentName: 1 }, path: 'agentName' },
      { why: 'the level is a list', payload: { level: [] }, path: 'level' },
      { why: 'no such level', payload: { level: 'loud' }, path: 'level' },
    ],
  }),
} as const;

export type WireInEvent = keyof typeof wireIn;

/** Wire fields in, intent's fields out; `issues` speak of the wire's own names. */
export function parseWireIn(
  event: WireInEvent,
  payload: unknown,
): { intent: IntentName; value: Intent<IntentName> } | { issues: Issue[] } {
  const { intent, fields } = wireIn[event] as Row<IntentName>;
  const given = payload === undefined || payload === null ? {} : payload;
  if (typeof given !== 'object' || Array.isArray(given))
    return { issues: [{ path: '', message: 'expected an object' }] };
  const renamed: Record<string, unknown> = {};
  const spelledAs: Record<string, string> = {};
  for (const [wire, ours] of Object.entries(fields)) {
    spelledAs[ours] ??= wire;
    const value = (given as Record<string, unknown>)[wire];
    if (value === undefined || value === null || ours in renamed) continue;
    renamed[ours] = value;
    spelledAs[ours] = wire;
  }
  const parsed = intents[intent].payload.safeParse(renamed);
  if (parsed.success) return { intent, value: parsed.data as Intent<IntentName> };
  const issues = new Map<string, Issue>();
  for (const issue of parsed.error.issues) {
    const [first = '', ...rest] = issue.path.map(String);
    const path = [spelledAs[first] ?? first, ...rest].join('.');
    // The first one says what is wrong; what follows from it is noise.
    if (!issues.has(path)) issues.set(path, { path, message: issue.message });
  }
  return { issues: [...issues.values()] };
}

type RequiredKey<T> = { [K in keyof T]-?: Record<never, never> extends Pick<T, K> ? never : K }[keyof T];
type Spelled<T, F extends Readonly<Record<string, string>>> = {
  [K in keyof F as F[K] extends RequiredKey<T> ? K : never]: T[F[K] & keyof T];
} & { [K in keyof F as F[K] extends RequiredKey<T> ? never : K]?: T[F[K] & keyof T] };

/** The payload of an event as a client writes it. */
export type WireInPayload<E extends WireInEvent> = Spelled<
  IntentInput<(typeof wireIn)[E]['intent']>,
  (typeof wireIn)[E]['fields']
>;
