/** What is said in rooms, for those in this process who listen beside the sockets: requests that wait for an answer, and readers of events. */
import type { ServerEventName, ServerEvents } from 'elizad-protocol';
import { passStop } from '../../observability/walk.ts';
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
      const listeners = rooms.get(audience.channelId);
      if (!listeners) return;
      const event = { name, payload, place } as RoomEvent;
      if (event.name === 'message-completed') passStop('messaging/room-feed', event.payload.messageId);
      for (const listener of listeners) listener(event);
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

/** Whether an event takes somebody out of its room: nothing that is told there afterwards is for them. */
export const isTakingOut = ({ name, payload }: Pick<RoomEvent, 'name' | 'payload'>, entityId: string | undefined) =>
  name === 'participant-left' && 'wasTakenOut' in payload && payload.entityId === entityId;

/** Follows the events of a room: whether somebody is in it, or was taken out by one of them and did not come back. */
export function createPresence(entityId: string): (event?: RoomEvent) => boolean {
  let isIn = true;
  return (event) => {
    if (event && isTakingOut(event, entityId)) isIn = false;
    else if (event?.name === 'participant-joined' && event.payload.entityId === entityId) isIn = true;
    return isIn;
  };
}
