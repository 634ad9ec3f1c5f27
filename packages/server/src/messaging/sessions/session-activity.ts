/** Users of sessions speak in their rooms by sockets too, and not only to the session: that is use as well. */
import type { DoorSource } from 'elizad-protocol';
import type { RoomFeed } from '../events/room-feed.ts';

/** What is said to a session itself has this as its `source`. */
export const sessionSource = 'session' satisfies DoorSource;

export type RoomUse = {
  watch(sessionId: string, userId: string): void;
  unwatch(sessionId: string): void;
  close(): void;
};

export function watchRooms(feed: RoomFeed, onUse: (sessionId: string) => void): RoomUse {
  const watched = new Map<string, () => void>();
  const unwatch = (id: string) => {
    watched.get(id)?.();
    watched.delete(id);
  };
  return {
    unwatch,
    watch(id, userId) {
      unwatch(id);
      const stop = feed.listen(id, ({ name, payload }) => {
        if (name !== 'message-posted') return;
        const { senderId, source, updatedAt } = payload.message;
        if (senderId === userId && source !== sessionSource && updatedAt === undefined) onUse(id);
      });
      watched.set(id, stop);
    },
    close() {
      for (const id of [...watched.keys()]) unwatch(id);
    },
  };
}
