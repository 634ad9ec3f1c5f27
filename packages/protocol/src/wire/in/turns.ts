/** What people tell the agents of a room beside messages, and each other. */
import { z } from 'zod';
import { uuid } from '../../ids.ts';
import { freezeSeconds } from '../../limits.ts';
import { count, inRow, notAnObject, sampleIds, wrongRoom } from './row.ts';

const { room, user } = sampleIds;

export const turnIntents = {
  typing: inRow({
    intent: 'set-typing',
    right: 'write',
    payload: z.object({ channelId: uuid, isTyping: z.boolean(), entityId: uuid.optional() }),
    result: z.object({ channelId: uuid }),
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
  cancel: inRow({
    intent: 'cancel-turns',
    right: 'write',
    payload: z.object({ channelId: uuid, messageId: uuid.optional() }),
    result: z.object({ channelId: uuid, cancelled: count }),
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
  freeze: inRow({
    intent: 'freeze-channel',
    right: 'write',
    payload: z.object({
      channelId: uuid,
      seconds: z.int().min(0).max(freezeSeconds.most).default(freezeSeconds.default),
    }),
    result: z.object({ channelId: uuid, frozenUntil: count.nullable() }),
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
  approve: inRow({
    intent: 'answer-approval',
    right: 'write',
    payload: z.object({ channelId: uuid, approvalId: uuid, approved: z.boolean(), entityId: uuid.optional() }),
    result: z.object({ channelId: uuid, approvalId: uuid, approved: z.boolean() }),
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
} as const;
