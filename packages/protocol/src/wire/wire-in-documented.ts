/** The spellings of the documented protocol: flat events, one row each. */
import { notAnObject, sampleIds, wireRow } from './wire-row.ts';

const { room, user, agent } = sampleIds;
const wrongRoom = { why: 'the room is not a UUID', payload: { roomId: 'lobby' }, path: 'roomId' };

export const documentedRows = {
  join: wireRow({
    intent: 'join-channel',
    fields: {
      roomId: 'channelId',
      agentId: 'agentId',
      userId: 'entityId',
      name: 'name',
      since: 'since',
      turnPolicy: 'turnPolicy',
    },
    alsoTaken: { channelId: 'channelId', entityId: 'entityId', agentIds: 'agentIds' },
    about:
      'Joins a room and creates it if it is new: a DM of you and an agent with `agentId`, a GROUP without it. In an existing room, `agentId` invites that agent. With `since`, every later message is replayed first. A new room may get a `turnPolicy`: `queue` (the agent answers each message in turn), `supersede` (the newest message replaces earlier ones) or `reject` (messages are not answered while the agent is busy).',
    valid: [
      { why: 'as documented', payload: { roomId: room, agentId: agent } },
      {
        why: 'everything',
        payload: { roomId: room, agentId: agent, userId: user, name: 'Ada', since: 12, turnPolicy: 'queue' },
      },
    ],
    invalid: [
      notAnObject,
      { why: 'no room', payload: { agentId: agent }, path: 'roomId' },
      wrongRoom,
      { why: 'the agent is not a UUID', payload: { roomId: room, agentId: 7 }, path: 'agentId' },
      { why: 'the user is not a UUID', payload: { roomId: room, userId: 'me' }, path: 'userId' },
      { why: 'the name is not text', payload: { roomId: room, name: {} }, path: 'name' },
      { why: 'since is not a number', payload: { roomId: room, since: 'yesterday' }, path: 'since' },
      { why: 'unknown policy', payload: { roomId: room, turnPolicy: 'newest' }, path: 'turnPolicy' },
    ],
  }),
  leave: wireRow({
    intent: 'leave-channel',
    fields: { roomId: 'channelId', agentId: 'agentId' },
    alsoTaken: { channelId: 'channelId' },
    about: 'Leaves a room: this socket gets no more events from it. The agent stays.',
    valid: [{ why: 'as documented', payload: { roomId: room, agentId: agent } }],
    invalid: [
      notAnObject,
      { why: 'no room', payload: {}, path: 'roomId' },
      wrongRoom,
      { why: 'the agent is not a UUID', payload: { roomId: room, agentId: 'Eliza' }, path: 'agentId' },
    ],
  }),
  message: wireRow({
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
    alsoTaken: { channelId: 'channelId', senderId: 'entityId', senderName: 'name', agentId: 'targetId' },
    about:
      'Sends a message to a room. The server stores, acknowledges and broadcasts it, and wakes the agents of the room. Sending joins the sender to the room. Repeating a `messageId` returns the first acknowledgement and changes nothing.',
    valid: [
      { why: 'as documented', payload: { text: 'Hello', roomId: room, userId: user, name: 'Ada' } },
      { why: 'the minimum', payload: { text: 'Hello', roomId: room } },
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
      { why: 'the text is blank', payload: { text: '  ', roomId: room }, path: 'text' },
      { why: 'no room', payload: { text: 'Hello' }, path: 'roomId' },
      { why: 'the room is not a UUID', payload: { text: 'Hello', roomId: 'lobby' }, path: 'roomId' },
      { why: 'the user is not a UUID', payload: { text: 'Hello', roomId: room, userId: 42 }, path: 'userId' },
      { why: 'the name is not text', payload: { text: 'Hello', roomId: room, name: ['Ada'] }, path: 'name' },
      { why: 'messageId is not text', payload: { text: 'Hello', roomId: room, messageId: 5 }, path: 'messageId' },
      {
        why: 'attachments is not a list',
        payload: { text: 'Hello', roomId: room, attachments: {} },
        path: 'attachments',
      },
      {
        why: 'an attachment without url',
        payload: { text: 'Hello', roomId: room, attachments: [{}] },
        path: 'attachments.0.url',
      },
      { why: 'metadata is not an object', payload: { text: 'Hello', roomId: room, metadata: [] }, path: 'metadata' },
    ],
  }),
  'request-world-state': wireRow({
    intent: 'get-world-state',
    fields: { roomId: 'channelId', limit: 'limit' },
    alsoTaken: { channelId: 'channelId' },
    about:
      'Requests agents, users, channels and the latest messages of one room; without `roomId`, of all rooms you are in, with all agents of the server.',
    valid: [
      { why: 'all my rooms', payload: {} },
      { why: 'one room', payload: { roomId: room, limit: 10 } },
    ],
    invalid: [
      notAnObject,
      wrongRoom,
      { why: 'the limit is not a number', payload: { limit: 'all' }, path: 'limit' },
      { why: 'above the maximum', payload: { limit: 201 }, path: 'limit' },
    ],
  }),
  typing: wireRow({
    intent: 'set-typing',
    fields: { roomId: 'channelId', isTyping: 'isTyping', userId: 'entityId' },
    alsoTaken: { channelId: 'channelId' },
    about: 'Shows the others in the room that you are typing or have stopped. Nothing is stored.',
    valid: [{ why: 'typing', payload: { roomId: room, isTyping: true } }],
    invalid: [
      notAnObject,
      { why: 'the room is not a UUID', payload: { roomId: 'lobby', isTyping: true }, path: 'roomId' },
      { why: 'no state', payload: { roomId: room }, path: 'isTyping' },
      { why: 'the state is a word', payload: { roomId: room, isTyping: 'yes' }, path: 'isTyping' },
      { why: 'the user is not a UUID', payload: { roomId: room, isTyping: true, userId: 'me' }, path: 'userId' },
    ],
  }),
  cancel: wireRow({
    intent: 'cancel-turns',
    fields: { roomId: 'channelId', messageId: 'messageId' },
    alsoTaken: { channelId: 'channelId' },
    about: 'Stops the answers in progress in a room, or only the answers to one message.',
    valid: [{ why: 'the whole room', payload: { roomId: room } }],
    invalid: [
      notAnObject,
      wrongRoom,
      { why: 'the message is not a UUID', payload: { roomId: room, messageId: 'last' }, path: 'messageId' },
    ],
  }),
  freeze: wireRow({
    intent: 'freeze-channel',
    fields: { roomId: 'channelId', seconds: 'seconds' },
    alsoTaken: { channelId: 'channelId' },
    about:
      'Keeps the agents of a room quiet for some time (an hour without `seconds`): their current answers stop, and messages are stored but not answered. The room is notified. With `seconds: 0` they answer again.',
    valid: [
      { why: 'for an hour', payload: { roomId: room } },
      { why: 'for a minute', payload: { roomId: room, seconds: 60 } },
      { why: 'end the freeze', payload: { roomId: room, seconds: 0 } },
    ],
    invalid: [
      notAnObject,
      wrongRoom,
      { why: 'the time is a word', payload: { roomId: room, seconds: 'long' }, path: 'seconds' },
      { why: 'longer than 30 days', payload: { roomId: room, seconds: 2_592_001 }, path: 'seconds' },
    ],
  }),
  approve: wireRow({
    intent: 'answer-approval',
    fields: {
      roomId: 'channelId',
      approvalId: 'approvalId',
      approved: 'approved',
      userId: 'entityId',
    },
    alsoTaken: { channelId: 'channelId' },
    about:
      'Answers an agent that asks for approval with a messageBroadcast whose `source` is `agent_question`; its `id` is the `approvalId`. The first answer counts, and everyone in the room gets it as a change of that message.',
    valid: [
      { why: 'yes', payload: { roomId: room, approvalId: sampleIds.message, approved: true } },
      { why: 'no', payload: { roomId: room, approvalId: sampleIds.message, approved: false, userId: user } },
    ],
    invalid: [
      notAnObject,
      { why: 'the room is not a UUID', payload: { roomId: 'lobby', approvalId: room, approved: true }, path: 'roomId' },
      { why: 'no approval is named', payload: { roomId: room, approved: true }, path: 'approvalId' },
      { why: 'no answer', payload: { roomId: room, approvalId: room }, path: 'approved' },
      { why: 'the answer is a word', payload: { roomId: room, approvalId: room, approved: 'yes' }, path: 'approved' },
      {
        why: 'the user is not a UUID',
        payload: { roomId: room, approvalId: room, approved: true, userId: 'me' },
        path: 'userId',
      },
    ],
  }),
  subscribe_logs: wireRow({
    intent: 'subscribe-logs',
    fields: { batched: 'batched' },
    about:
      'Sends this socket every new log entry of the server. With `batched` they come as `logEntries`, at most every 100 ms, so that thousands of entries per second become a few events.',
    valid: [
      { why: 'no payload', payload: undefined },
      { why: 'in batches', payload: { batched: true } },
    ],
    invalid: [notAnObject, { why: 'batched is a text', payload: { batched: 'yes' }, path: 'batched' }],
  }),
  unsubscribe_logs: wireRow({
    intent: 'unsubscribe-logs',
    fields: {},
    about: 'Stops sending log entries.',
    valid: [{ why: 'no payload', payload: undefined }],
    invalid: [notAnObject],
  }),
  update_log_filters: wireRow({
    intent: 'update-log-filters',
    fields: { agentName: 'agentName', level: 'level' },
    about:
      'Filters the log entries by agent (`all` for every agent) and by lowest level (a name, a pino number, or `all`).',
    valid: [{ why: 'warnings of one agent', payload: { agentName: 'Eliza', level: 'warn' } }],
    invalid: [
      notAnObject,
      { why: 'the agent is not text', payload: { agentName: 1 }, path: 'agentName' },
      { why: 'the level is a list', payload: { level: [] }, path: 'level' },
      { why: 'unknown level', payload: { level: 'loud' }, path: 'level' },
    ],
  }),
} as const;
