/** How things are now. */
import { z } from 'zod';
import { uuid } from '../../ids.ts';
import { worldStateMessages } from '../../limits.ts';
import { count, inRow, notAnObject, sampleIds, wrongRoom } from './row.ts';

const { room } = sampleIds;

export const worldIntents = {
  'request-world-state': inRow({
    intent: 'get-world-state',
    payload: z.object({
      channelId: uuid.optional(),
      limit: z.int().min(1).max(worldStateMessages.most).default(worldStateMessages.default),
    }),
    result: z.object({ channelId: uuid.optional(), seq: count }),
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
} as const;
