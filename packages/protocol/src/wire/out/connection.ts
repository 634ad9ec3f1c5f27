/** What a connection hears of itself: who it is, and what of its own events was refused. */
import { z } from 'zod';
import type { ErrorDetails } from '../../errors.ts';
import { uuid } from '../../ids.ts';
import { defaultLimits, type Limits } from '../../limits.ts';
import { at, channelId, ms, outRow, userId } from './row.ts';

type Welcome = {
  entityId: string;
  socketId: string;
  timestamp: number;
  limits: Limits;
  version: string;
  /** Whether the client is back where it was, with everything it missed. */
  resumed: boolean;
};

export const connectionEvents = {
  welcome: outRow<Welcome>()({
    sample: {
      entityId: userId,
      socketId: 'vdBr1n_2nLGsYD4yAAAA',
      timestamp: at,
      limits: defaultLimits,
      version: '0.1.0',
      resumed: false,
    },
    frames: {
      authenticated: {
        schema: z.strictObject({ entityId: uuid, timestamp: ms }),
        about: 'The identity of this connection: the id that it sent, or the one that the server assigned.',
        wrong: { change: { entityId: 'ada' }, path: 'entityId' },
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
          'Follows at once, with the limits of this server. `resumed` is true if the client is back in its rooms and gets every event that it missed (`socket.recovered`).',
        wrong: { change: { limits: {} }, path: 'limits.maxPayloadBytes' },
      },
    },
    encode: ({ entityId, timestamp, socketId, limits, version, resumed }) => [
      ['authenticated', { entityId, timestamp }],
      [
        'connection_established',
        { message: `Connected to elizad ${version}`, socketId, entityId, limits, version, resumed },
      ],
    ],
  }),
  failed: outRow<{ error: string; details: ErrorDetails }>()({
    sample: {
      error: 'No agent has this id.',
      details: { code: 'agent-not-found', event: 'join', roomId: channelId },
    },
    frames: {
      error: {
        schema: z.strictObject({
          error: z.string(),
          details: z.looseObject({ code: z.string(), hint: z.string().optional() }),
        }),
        about: 'The error of an event that you sent. Its acknowledgement has the same content.',
        wrong: { change: { details: {} }, path: 'details.code' },
      },
      messageError: {
        schema: z.strictObject({ error: z.string() }),
        about: 'The same in another spelling.',
        wrong: { change: { error: { message: 'x' } }, path: 'error' },
      },
    },
    encode: (event) => [
      ['error', event],
      ['messageError', { error: event.error }],
    ],
  }),
};
