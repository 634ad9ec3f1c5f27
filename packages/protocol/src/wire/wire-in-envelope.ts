/**
 * The spellings that Eliza OS clients use in the field: `message` with `{type, payload}`, where 1 joins and 2 sends, or
 * the number itself as the event's name with the payload unwrapped. One row for each number.
 */
import { defaultServerId } from '../ids.ts';
import type { IntentInput, IntentName } from './intents.ts';
import { notAnObject, type Spelling, sampleIds } from './wire-row.ts';

const { room, user, agent } = sampleIds;
const sent = { channelId: room, senderId: user, message: 'Hello' };

const envelopeRow = <I extends IntentName, const Row extends Spelling<IntentInput<I>> & { intent: I }>(
  row: Row & { intent: I },
): Row => row;

export const envelopeRows = {
  '1': envelopeRow({
    intent: 'join-channel',
    fields: {
      channelId: 'channelId',
      roomId: 'channelId',
      agentId: 'agentId',
      entityId: 'entityId',
      messageServerId: 'serverId',
      serverId: 'serverId',
      displayName: 'name',
      username: 'name',
      'metadata.isDm': 'isDm',
      'metadata.channelType': 'channelType',
    },
    alsoTaken: { agentIds: 'agentIds' },
    about: 'Joins a room, as `join` does; also sent as `message` with `{type: 1, payload}`.',
    valid: [
      { why: 'as the official client joins', payload: { channelId: room, roomId: room, entityId: user } },
      {
        why: 'with the old field name of the server',
        payload: { roomId: room, entityId: user, serverId: defaultServerId },
      },
      {
        why: 'everything',
        payload: {
          channelId: room,
          agentId: agent,
          entityId: user,
          messageServerId: defaultServerId,
          displayName: 'Ada',
          metadata: { isDm: true, channelType: 'DM' },
        },
      },
    ],
    invalid: [
      notAnObject,
      { why: 'no room', payload: { entityId: user }, path: 'channelId' },
      { why: 'the channel is not a UUID', payload: { channelId: 'lobby' }, path: 'channelId' },
      { why: 'the room is not a UUID', payload: { roomId: 'lobby' }, path: 'roomId' },
      { why: 'the agent is not a UUID', payload: { roomId: room, agentId: 'Eliza' }, path: 'agentId' },
      { why: 'the entity is not a UUID', payload: { roomId: room, entityId: 1 }, path: 'entityId' },
      { why: 'the server is not a UUID', payload: { roomId: room, messageServerId: 'main' }, path: 'messageServerId' },
      { why: 'the old server name is not a UUID', payload: { roomId: room, serverId: 0 }, path: 'serverId' },
      { why: 'the name is not text', payload: { roomId: room, displayName: 1 }, path: 'displayName' },
      { why: 'the user name is not text', payload: { roomId: room, username: 1 }, path: 'username' },
      { why: 'isDm is not a boolean', payload: { roomId: room, metadata: { isDm: 'yes' } }, path: 'metadata.isDm' },
      {
        why: 'channelType is not text',
        payload: { roomId: room, metadata: { channelType: 1 } },
        path: 'metadata.channelType',
      },
    ],
  }),
  '2': envelopeRow({
    intent: 'send-message',
    fields: {
      message: 'text',
      channelId: 'channelId',
      roomId: 'channelId',
      senderId: 'entityId',
      senderName: 'name',
      messageId: 'clientMessageId',
      messageServerId: 'serverId',
      serverId: 'serverId',
      source: 'source',
      attachments: 'attachments',
      metadata: 'metadata',
      'metadata.targetUserId': 'targetId',
      'metadata.recipientId': 'targetId',
      targetUserId: 'targetId',
      'metadata.isDm': 'isDm',
      'metadata.channelType': 'channelType',
    },
    alsoTaken: { agentId: 'targetId', 'metadata.agentId': 'targetId' },
    about:
      'Sends a message to a room, as `message` does; also sent as `message` with `{type: 2, payload}`. For a new room, `metadata` says whether it is a DM, and with which agent or user.',
    valid: [
      { why: 'the minimum', payload: sent },
      {
        why: 'as the official client sends',
        payload: {
          ...sent,
          roomId: room,
          senderName: 'user',
          messageServerId: defaultServerId,
          messageId: 'envelope-1',
          source: 'client_chat',
          attachments: [],
          metadata: { channelType: 'DM', isDm: true, targetUserId: agent },
        },
      },
      {
        why: 'with the old field name of the server',
        payload: { ...sent, serverId: defaultServerId, attachments: null },
      },
    ],
    invalid: [
      notAnObject,
      { why: 'no text', payload: { channelId: room, senderId: user }, path: 'message' },
      { why: 'the text is a number', payload: { ...sent, message: 123 }, path: 'message' },
      { why: 'no room', payload: { senderId: user, message: 'Hello' }, path: 'channelId' },
      { why: 'the channel is not a UUID', payload: { ...sent, channelId: 'lobby' }, path: 'channelId' },
      { why: 'the room is not a UUID', payload: { message: 'Hello', senderId: user, roomId: 'lobby' }, path: 'roomId' },
      { why: 'the sender is not a UUID', payload: { ...sent, senderId: 'me' }, path: 'senderId' },
      { why: 'the name is not text', payload: { ...sent, senderName: 1 }, path: 'senderName' },
      { why: 'messageId is not text', payload: { ...sent, messageId: 1 }, path: 'messageId' },
      { why: 'the server is not a UUID', payload: { ...sent, messageServerId: 'main' }, path: 'messageServerId' },
      { why: 'the old server name is not a UUID', payload: { ...sent, serverId: 'main' }, path: 'serverId' },
      { why: 'the source is not text', payload: { ...sent, source: {} }, path: 'source' },
      { why: 'attachments is not a list', payload: { ...sent, attachments: 'cat.png' }, path: 'attachments' },
      { why: 'metadata is not an object', payload: { ...sent, metadata: 'DM' }, path: 'metadata' },
      { why: 'the target is not a UUID', payload: { ...sent, targetUserId: 'you' }, path: 'targetUserId' },
    ],
  }),
} as const;
