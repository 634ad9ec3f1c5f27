/** Stop 7 of the walk: our events become the frames that clients know, and leave for the sockets of a room or for one. */
import { encodeEvent, type Frame } from 'elizad-protocol';
import type { BroadcastOptions } from 'socket.io-adapter';
import type { Audience, Broadcast } from '../messaging/events/broadcast.ts';
import { formatOffset, type Told } from '../messaging/events/log-position.ts';
import { passStop } from '../observability/walk.ts';
import type { GatewayServer } from './socket-data.ts';
import { toEventPacket } from './transport/offset-packet.ts';

/** The Socket.IO room of a channel. */
export const roomOf = (channelId: string): string => `channel:${channelId}`;

/** Who is shown every frame, while somebody watches. */
type Witness = { isWatched(): boolean; sent(frames: readonly Frame[], audience: Audience): void };

/** `told` learns what is told here; `takeOut` is called when somebody was taken out of a room, and has been told. */
export function createBroadcast(
  io: GatewayServer,
  told: Told,
  witness: Witness,
  takeOut: (channelId: string, entityId: string) => void,
): Broadcast {
  return (name, event, audience, place) => {
    if (place && 'position' in place) told.position = Math.max(told.position, place.position);
    else if (place) told.mark = place.mark;
    const options = toOptions(audience);
    const { adapter } = io.of('/');
    if (!('socketId' in audience) && 'message' in event)
      passStop('gateway/broadcast', (event.message as { id: string }).id);
    const frames = encodeEvent(name, event);
    if (witness.isWatched()) witness.sent(frames, audience);
    const last = frames.length - 1;
    frames.forEach((frame, index) => {
      // Behind the last one: who gets only some of them gets all of them again.
      const offset = place && index === last ? formatOffset(told, told) : undefined;
      adapter.broadcast(toEventPacket(frame, offset), options);
    });
    // A room that is made anew under that id is another one.
    if (name === 'channel-deleted' && 'channelId' in audience) adapterOf(io).closeRoom(audience.channelId);
    if ('wasTakenOut' in event && event.wasTakenOut) takeOut(event.channelId, event.entityId);
  };
}

/** What the adapter does beyond the public contract: see `ResumeAdapter`. */
const adapterOf = (io: GatewayServer) => io.of('/').adapter as unknown as { closeRoom(channelId: string): void };

/**
 * What `io.to(…).except(…).emit` makes of an audience, without its steps. Every socket is in the room of its own id; one
 * that is on its way back is told what is for it when it is here.
 */
const toOptions = (audience: Audience): BroadcastOptions => {
  if ('socketId' in audience) return { rooms: new Set([audience.socketId]), except: nobody, flags: {} };
  const { channelId, exceptSocketId } = audience;
  const except = exceptSocketId === undefined ? nobody : new Set([exceptSocketId]);
  return { rooms: new Set([roomOf(channelId)]), except, flags: {} };
};
const nobody = new Set<string>();
