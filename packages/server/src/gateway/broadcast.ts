/** Stop 7 of the walk: our events become the frames that clients know, and leave for the sockets of a room or for one. */
import { encodeEvent } from 'elizad-protocol';
import type { Broadcast } from '../messaging/broadcast.ts';
import { passStop } from '../observability/walk.ts';
import type { GatewayServer } from './socket-server.ts';

/** The Socket.IO room of a channel. */
export const roomOf = (channelId: string): string => `channel:${channelId}`;

export function createBroadcast(io: GatewayServer): Broadcast {
  return (name, event, audience) => {
    const frames = encodeEvent(name, event);
    if ('socketId' in audience) {
      const socket = io.sockets.sockets.get(audience.socketId);
      for (const [wireName, payload] of frames) socket?.emit(wireName, payload as never);
      return;
    }
    if ('message' in event) passStop('gateway/broadcast', (event.message as { id: string }).id);
    const room = io.to(roomOf(audience.channelId));
    const target = audience.exceptSocketId === undefined ? room : room.except(audience.exceptSocketId);
    for (const [wireName, payload] of frames) target.emit(wireName, payload as never);
  };
}
