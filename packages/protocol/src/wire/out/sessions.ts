/** The life of a session, which its room hears. `sessionId` is the id of its channel too; times are ISO text. */
import { z } from 'zod';
import { uuid } from '../../ids.ts';
import { bothRooms, channelId, type InChannel, inRoom, outRow } from './row.ts';

const session = z.strictObject({ sessionId: uuid, ...bothRooms });

type OfSession = InChannel & { sessionId: string };

export const sessionEvents = {
  'session-warned': outRow<OfSession & { minutesRemaining: number; expiresAt: string }>()({
    sample: { channelId, sessionId: channelId, minutesRemaining: 5, expiresAt: '2026-11-22T20:30:00.000Z' },
    frames: {
      sessionExpirationWarning: {
        schema: session.extend({ minutesRemaining: z.int().min(0), expiresAt: z.iso.datetime() }),
        about:
          'Sent once to the room of a session: it ends soon unless it is used or renewed. The room has the id of the session.',
        wrong: { change: { minutesRemaining: 'five' }, path: 'minutesRemaining' },
      },
    },
    encode: (event) => [['sessionExpirationWarning', inRoom(event)]],
  }),
  'session-ended': outRow<OfSession & { expiredAt: string }>()({
    sample: { channelId, sessionId: channelId, expiredAt: '2026-11-22T20:30:00.000Z' },
    frames: {
      sessionExpired: {
        schema: session.extend({ expiredAt: z.iso.datetime() }),
        about: 'Sent once to the room of a session: it has ended. Its messages stay.',
        wrong: { change: { expiredAt: 7 }, path: 'expiredAt' },
      },
    },
    encode: (event) => [['sessionExpired', inRoom(event)]],
  }),
  'session-renewed': outRow<OfSession & { expiresAt: string; renewalCount: number }>()({
    sample: { channelId, sessionId: channelId, expiresAt: '2026-11-22T20:30:00.000Z', renewalCount: 1 },
    frames: {
      sessionRenewed: {
        schema: session.extend({ expiresAt: z.iso.datetime(), renewalCount: z.int().min(1) }),
        about: 'Sent to the room of a session: it was used or renewed, and lasts longer.',
        wrong: { change: { renewalCount: 0 }, path: 'renewalCount' },
      },
    },
    encode: (event) => [['sessionRenewed', inRoom(event)]],
  }),
};
