/** Stop 7 of the walk: our events become the frames that clients know, and leave for the sockets of a room or for one. */
import { encodeEvent } from 'elizad-protocol';
import type { Broadcast } from '../messaging/broadcast.ts';
import { formatOffset, type Told } from '../messaging/offset.ts';
import { passStop } from '../observability/walk.ts';
import type { GatewayServer } from './socket-server.ts';

/** The Socket.IO room of a channel. */
export const roomOf = (channelId: string): string => `channel:${channelId}`;

/** `told` learns what is told here. */
export function createBroadcast(io: GatewayServer, told: Told): Broadcast {
  return (name, event, audience, place) => {
    if (place && 'position' in place) told.position = Math.max(told.position, place.position);
    else if (place) told.mark = place.mark;
    const frames = encodeEvent(name, event);
    const target = findTarget(io, audience);
    if (!('socketId' in audience) && 'message' in event)
      passStop('gateway/broadcast', (event.message as { id: string }).id);
    // A stock client keeps a text behind the payload as its place in the log, and sends it when it comes back.
    const offset = place ? [formatOffset(told, told)] : [];
    for (const [wireName, payload] of frames) target?.emit(wireName, ...([payload, ...offset] as [never]));
    // A room that is made anew under that id is another one.
    if (name === 'channel-deleted' && 'channelId' in audience) adapterOf(io).closeRoom(audience.channelId);
  };
}

/** What the adapter does beyond the public contract: see `ResumeAdapter`. */
const adapterOf = (io: GatewayServer) => io.of('/').adapter as unknown as { closeRoom(channelId: string): void };

function findTarget(io: GatewayServer, audience: Parameters<Broadcast>[2]) {
  if ('socketId' in audience) return io.sockets.sockets.get(audience.socketId);
  const room = io.to(roomOf(audience.channelId));
  return audience.exceptSocketId === undefined ? room : room.except(audience.exceptSocketId);
}
