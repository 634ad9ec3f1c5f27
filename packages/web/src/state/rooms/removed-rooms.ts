/** Rooms that I was taken out of. It is kept: neither a reload nor what waits to be sent brings me back, only I do. */
import { app } from '../app-state.ts';
import { keep } from '../kept.ts';
import { omit } from '../store.ts';

/** Being left from this page, which then is no news to it. */
const leaving = new Set<string>();

export const isRemovedFrom = (roomId: string): boolean => Object.hasOwn(app.get().removedRooms, roomId);

/** False where I have left it myself. */
export function markRemoved(roomId: string): boolean {
  if (leaving.has(roomId)) return false;
  put({ ...app.get().removedRooms, [roomId]: true });
  return true;
}

/** I go in again, or somebody has brought me back. */
export function unmarkRemoved(roomIds: readonly string[]): void {
  const removed = roomIds.filter(isRemovedFrom);
  if (removed.length > 0) put(removed.reduce<Readonly<Record<string, true>>>(omit, app.get().removedRooms));
}

export async function whileLeaving(roomId: string, deed: () => Promise<void>): Promise<void> {
  leaving.add(roomId);
  try {
    await deed();
  } finally {
    leaving.delete(roomId);
  }
}

function put(removedRooms: Readonly<Record<string, true>>): void {
  app.set((state) => ({ ...state, removedRooms }));
  keep('removed', Object.keys(removedRooms).length > 0 ? JSON.stringify(removedRooms) : undefined);
}
