/** What was said and not yet stored by the server, kept in this browser: a reload in a bad moment loses nothing. */
import { app, type Pending } from './app-state.ts';
import { keep, readKept } from './kept.ts';

export type PendingByRoom = Record<string, readonly Pending[]>;

export const readPending = (): PendingByRoom => JSON.parse(readKept('pending') ?? '{}') as PendingByRoom;

/** As the conversations have it now. */
export function writePending(): void {
  const rooms = Object.entries(app.get().conversations).filter(([, { pending }]) => pending.length > 0);
  const kept = rooms.map(([roomId, { pending }]) => [roomId, pending]);
  keep('pending', kept.length > 0 ? JSON.stringify(Object.fromEntries(kept)) : undefined);
}
