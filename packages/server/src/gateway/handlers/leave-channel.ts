/** Somebody leaves a room: this socket hears no more of it; when it was their last one, they take part no more. */
import { tellPresence } from '../../messaging/ground/presence.ts';
import { leaveChannel as leaveAsParticipant } from '../../messaging/rooms/membership.ts';
import type { ResumeAdapter } from '../resume/resume-adapter.ts';
import { listPresent, quitRoom } from '../rooms.ts';
import type { GatewayServer } from '../socket-data.ts';
import type { Handler } from './handler.ts';

export const leaveChannel: Handler<'leave-channel'> = async (deps, socket, { channelId, agentId }) => {
  const { messaging, logFeed, io } = deps;
  const entityId = socket.data.joined[channelId]?.as;
  quitRoom(socket, channelId);
  logFeed.unfollow(socket, channelId);
  await deps.sessions.save(socket);
  if (entityId !== undefined && !isHeardBy(io, channelId, entityId)) {
    const channel = await leaveAsParticipant(messaging, channelId, entityId);
    if (channel) tellPresence(messaging, channel, 'participant-left', { channelId, entityId });
  }
  messaging.broadcast(
    'channel-left',
    { channelId, message: 'Left the room', ...(agentId && { agentId }) },
    { socketId: socket.id },
  );
  return { result: { channelId } };
};

/** Whether somebody still has another socket in the room, or one on its way back to it. */
function isHeardBy(io: GatewayServer, channelId: string, entityId: string): boolean {
  const adapter = io.of('/').adapter as ResumeAdapter;
  return listPresent(io, channelId).has(entityId) || adapter.isAwaited(channelId, entityId);
}
