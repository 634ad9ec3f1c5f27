/** The rooms of sockets: their limit, how one more is entered, and how one is left that somebody else takes away. */
import { ElizadError } from 'elizad-protocol';
import { roomOf } from './broadcast.ts';
import type { GatewayDeps } from './context.ts';
import type { ResumeAdapter } from './resume/resume-adapter.ts';
import type { GatewayServer, GatewaySocket } from './socket-data.ts';

/** Throws `too-many-rooms` when the socket may not enter another room than those it is in. */
export function assertRoomLeft({ limits }: GatewayDeps, { data }: GatewaySocket, channelId: string): void {
  if (channelId in data.joined || Object.keys(data.joined).length < limits.maxRooms) return;
  throw new ElizadError('too-many-rooms');
}

/** From here on the socket hears the room, as somebody; of an answer under way there, what was said so far in one piece. */
export function enterRoom(deps: GatewayDeps, socket: GatewaySocket, channelId: string, entityId: string): void {
  const { messaging, told } = deps;
  const { joined } = socket.data;
  if (!(channelId in joined)) {
    // With what was told so far, so that none of it comes a second time when the socket is cut off now.
    for (const soFar of messaging.answers.listSoFar(channelId))
      messaging.broadcast('chunk-streamed', soFar, { socketId: socket.id }, told);
  }
  joined[channelId] = { as: entityId, after: joined[channelId]?.after ?? told.position };
  void socket.join(roomOf(channelId));
}

/** From here on the socket does not hear the room. */
export function quitRoom(socket: GatewaySocket, channelId: string): void {
  delete socket.data.joined[channelId];
  void socket.leave(roomOf(channelId));
}

/**
 * No socket hears the room any more as somebody who was taken out of it, those on their way back included. What is sent in
 * the same step before this still leaves: the last of it is that they were taken out.
 */
export const createTakeOut =
  ({ io, sessions, logFeed, logger }: Pick<GatewayDeps, 'io' | 'sessions' | 'logFeed' | 'logger'>) =>
  (channelId: string, entityId: string): void => {
    const adapter = io.of('/').adapter as ResumeAdapter;
    for (const socket of adapter.closeRoom(channelId, entityId)) {
      logFeed.unfollow(socket, channelId);
      // Where it is not written down, the log still says so when the socket comes back.
      sessions.save(socket).catch((err) => logger.error({ err }, 'a socket session could not be saved'));
    }
  };

/** The ids of those whose sockets hear a room now. */
export function listPresent(io: GatewayServer, channelId: string): Set<string> {
  const socketIds = io.of('/').adapter.rooms.get(roomOf(channelId)) ?? new Set();
  const present = new Set<string>();
  for (const id of socketIds) {
    const as = io.sockets.sockets.get(id)?.data.joined[channelId]?.as;
    if (as) present.add(as);
  }
  return present;
}
