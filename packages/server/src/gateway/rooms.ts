/** The rooms of one socket: their limit, and how one more is entered. */
import { ElizadError } from 'elizad-protocol';
import { roomOf } from './broadcast.ts';
import type { GatewayDeps } from './context.ts';
import type { GatewaySocket } from './socket-server.ts';

/** Throws `too-many-rooms` when the socket may not enter another room than those it is in. */
export function assertRoomLeft({ limits }: GatewayDeps, { data }: GatewaySocket, channelId: string): void {
  if (channelId in data.joined || Object.keys(data.joined).length < limits.maxRooms) return;
  throw new ElizadError('too-many-rooms');
}

/** From here on the socket hears the room, as somebody; an answer under way there from its beginning. */
export function enterRoom(
  { messaging }: GatewayDeps,
  socket: GatewaySocket,
  channelId: string,
  entityId: string,
): void {
  if (!(channelId in socket.data.joined)) {
    for (const { chunk } of messaging.answers.list([channelId]))
      messaging.broadcast('chunk-streamed', chunk, { socketId: socket.id });
  }
  socket.data.joined[channelId] = entityId;
  void socket.join(roomOf(channelId));
}

/** From here on the socket does not hear the room. */
export function quitRoom(socket: GatewaySocket, channelId: string): void {
  delete socket.data.joined[channelId];
  void socket.leave(roomOf(channelId));
}
