/** What is said in a room. */
import { z } from 'zod';
import { displayName, fewValues, shallowRecord, tag, wellFormed } from '../../fields.ts';
import { serverId, uuid } from '../../ids.ts';
import { listed } from '../attachments.ts';
import { channelKind, count, inRow, notAnObject, sampleIds } from './row.ts';

const { room, user } = sampleIds;

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

export const messageIntents = {
  message: inRow({
    intent: 'send-message',
    payload: sendMessage,
    result: z.object({
      channelId: uuid,
      messageId: uuid,
      clientMessageId: z.string().nullable(),
      seq: z.int().min(1),
      createdAt: count,
    }),
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
} as const;
