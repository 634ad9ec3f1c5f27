/** What a running server forgets, and how often. */
import { roomOf } from '../gateway/broadcast.ts';
import { sweepFiles } from '../messaging/media/files.ts';
import { forgetQuietRooms } from '../messaging/rooms/quiet-rooms.ts';
import type { Parts } from './parts.ts';
import type { Chore } from './upkeep.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** How long after it was last connected a socket may come back, in ms: 7 days, and those that are connected are noted once an hour. */
const keptSessionMs = 7 * dayMs + hourMs;

/** How many sockets may come back; of more, those that were connected last. Some 500 bytes each. */
const mostSessions = 500_000;

/**
 * Nothing is forgotten in the first minutes, in ms: clients that were connected before the start have come back by then,
 * also where the clock was set forward by weeks meanwhile.
 */
export const graceMs = 10 * minuteMs;

export function listChores({ settings, store, rooms, edges, company }: Parts): Chore[] {
  const { messaging } = rooms;
  const { io, sessions } = edges;
  const { agents, jobs } = company;
  const often = { firstMs: graceMs, everyMs: minuteMs, isByAge: true };
  return [
    {
      what: 'old sessions stay',
      ...often,
      run: (signal) => sessions.forgetBefore(Date.now() - keptSessionMs, io.of('/').sockets.values(), signal),
    },
    {
      what: 'more sessions stay than there may be',
      firstMs: graceMs,
      everyMs: hourMs,
      run: (signal) => store.sockets.forgetBeyond(mostSessions, signal),
    },
    { what: 'old traces stay', ...often, run: agents.forgetOld },
    { what: 'old jobs stay', ...often, run: jobs.forgetOld },
    {
      what: 'rooms that nobody uses stay',
      firstMs: graceMs,
      everyMs: dayMs,
      isByAge: true,
      run: (signal) =>
        forgetQuietRooms(messaging, agents.worker.cancel, {
          keptDays: settings.roomKeptDays,
          isOccupied: (id) => io.of('/').adapter.rooms.has(roomOf(id)),
          signal,
        }),
    },
    { what: 'files that nobody has stay', firstMs: 0, everyMs: dayMs, run: () => sweepFiles(messaging, store.logger) },
    {
      what: 'sessions grow old',
      firstMs: hourMs,
      everyMs: hourMs,
      run: () => sessions.keep(io.of('/').sockets.values()),
    },
  ];
}
