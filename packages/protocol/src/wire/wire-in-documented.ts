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
      'Enters a room and makes it when it is new: with `agentId` a DM of you and that agent, without it a GROUP. A later `agentId` invites that agent. With `since` every later message is replayed first. A room that is made by it may have a `turnPolicy`: `queue` (each message is answered in turn), `supersede` (the newest one takes the place of those before it) or `reject` (what comes while the agent is at work is not answered).',
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
      { why: 'the name is no text', payload: { roomId: room, name: {} }, path: 'name' },
      { why: 'since is no number', payload: { roomId: room, since: 'yesterday' }, path: 'since' },
      { why: 'no such policy', payload: { roomId: room, turnPolicy: 'newest' }, path: 'turnPolicy' },
    ],
  }),
  leave: wireRow({
    intent: 'leave-channel',
    fields: { roomId: 'channelId', agentId: 'agentId' },
    alsoTaken: { channelId: 'channelId' },
    about: 'Leaves a room: this socket hears no more of it. The agent stays.',
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
  'request-world-state': wireRow({
    intent: 'get-world-state',
    fields: { roomId: 'channelId', limit: 'limit' },
    alsoTaken: { channelId: 'channelId' },
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
  typing: wireRow({
    intent: 'set-typing',
    fields: { roomId: 'channelId', isTyping: 'isTyping', userId: 'entityId' },
    alsoTaken: { channelId: 'channelId' },
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
  cancel: wireRow({
    intent: 'cancel-turns',
    fields: { roomId: 'channelId', messageId: 'messageId' },
    alsoTaken: { channelId: 'channelId' },
    about: 'Stops the answers that are under way in a room, or only those to one message.',
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
      'Keeps the agents of a room quiet for a while (an hour, where `seconds` is not said): what they are saying stops, and messages are kept but not answered. The room is told. With `seconds: 0` they answer again.',
    valid: [
      { why: 'for an hour', payload: { roomId: room } },
      { why: 'for a minute', payload: { roomId: room, seconds: 60 } },
      { why: 'no longer', payload: { roomId: room, seconds: 0 } },
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
      'Answers an agent that asks before it does something: a messageBroadcast with `source` `agent_question`, whose `id` is the `approvalId`. The first answer counts; everybody hears it as a change of that message.',
    valid: [
      { why: 'yes', payload: { roomId: room, approvalId: sampleIds.message, approved: true } },
      { why: 'no', payload: { roomId: room, approvalId: sampleIds.message, approved: false, userId: user } },
    ],
    invalid: [
      notAnObject,
      { why: 'the room is not a UUID', payload: { roomId: 'lobby', approvalId: room, approved: true }, path: 'roomId' },
      { why: 'nothing is named', payload: { roomId: room, approved: true }, path: 'approvalId' },
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
      'Sends every log entry of the server to this socket from now on; with `batched` as `logEntries`, at most every 100 ms, so that thousands a second are a few events.',
    valid: [
      { why: 'no payload', payload: undefined },
      { why: 'many at a time', payload: { batched: true } },
    ],
    invalid: [notAnObject, { why: 'batched is a text', payload: { batched: 'yes' }, path: 'batched' }],
  }),
  unsubscribe_logs: wireRow({
    intent: 'unsubscribe-logs',
    fields: {},
    about: 'Stops the log entries.',
    valid: [{ why: 'no payload', payload: undefined }],
    invalid: [notAnObject],
  }),
  update_log_filters: wireRow({
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
