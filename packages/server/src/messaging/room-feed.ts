/** What is said in rooms, for those in this process who listen beside the sockets: requests that wait for an answer, and readers of events. */
import type { ServerEventName, ServerEvents } from 'elizad-protocol';
import type { Audience, Place } from './broadcast.ts';

/** An event of a room with its place. */
export type RoomEvent = {
  [E in ServerEventName]: { name: E; payload: ServerEvents[E]; place: Place | undefined };
}[ServerEventName];

/** Called in the order of events, synchronously; it must not throw. */
export type RoomListener = (event: RoomEvent) => void;

export type RoomFeed = {
  /** Told everything that is broadcast; passes on what a whole room hears. Costs nothing where nobody listens. */
  tell(name: ServerEventName, payload: RoomEvent['payload'], audience: Audience, place?: Place): void;
  /** Hears every event of a room from now on, each once; returns how to stop. */
  listen(channelId: string, listener: RoomListener): () => void;
};

export function createRoomFeed(): RoomFeed {
  const rooms = new Map<string, Set<RoomListener>>();
  return {
    tell(name, payload, audience, place) {
      if (rooms.size === 0 || !('channelId' in audience)) return;
      const event = { name, payload, place } as RoomEvent;
      for (const listener of rooms.get(audience.channelId) ?? []) listener(event);
    },
    listen(channelId, listener) {
      const room = rooms.get(channelId) ?? new Set();
      rooms.set(channelId, room.add(listener));
      return () => {
        room.delete(listener);
        if (room.size === 0 && rooms.get(channelId) === room) rooms.delete(channelId);
      };
    },
  };
}
