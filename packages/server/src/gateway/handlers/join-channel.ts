/** Somebody enters a room: participant, socket room, and what was missed. */
import { catchUp, joinChannel as joinAsParticipant } from '../../messaging/rooms/membership.ts';
import { createPacer } from '../backlog.ts';
import { adoptIdentity } from '../identity.ts';
import { assertRoomLeft, enterRoom, quitRoom } from '../rooms.ts';
import type { Handler } from './handler.ts';

export const joinChannel: Handler<'join-channel'> = async (deps, socket, intent, { isEnvelope }) => {
  const { messaging, logFeed } = deps;
  assertRoomLeft(deps, socket, intent.channelId);
  await adoptIdentity(deps, socket, intent.entityId);
  const { channel, entityId } = await joinAsParticipant(messaging, socket.data.principal, {
    ...intent,
    expectsAgent: isEnvelope,
    socketId: socket.id,
  });
  const { channelId, agentId } = intent;
  const here = { socketId: socket.id };
  const wasIn = channelId in socket.data.joined;
  let seq = channel.lastSeq;
  const isIn = () => channel.participants.has(entityId);
  const enter = () => {
    if (!isIn()) return;
    seq = channel.lastSeq;
    enterRoom(deps, socket, channelId, entityId);
  };
  if (intent.since === undefined) enter();
  else {
    const pace = createPacer(deps, socket);
    await catchUp(
      messaging,
      channel,
      intent.since,
      async (message, bytes) => {
        messaging.broadcast('message-posted', { message, replay: true }, here);
        await pace(bytes);
        return socket.connected && isIn();
      },
      enter,
    );
  }
  // Taken out before it was in: nobody else tells it.
  if (!isIn()) messaging.broadcast('participant-left', { channelId, entityId }, here);
  else if (agentId !== undefined && !isEnvelope && socket.data.principal.scopes.includes('logs'))
    logFeed.follow(socket, agentId, channelId);
  try {
    await deps.sessions.save(socket);
  } catch (error) {
    if (!wasIn) quitRoom(socket, channelId);
    throw error;
  }
  // Else the room was deleted meanwhile, or it was taken out of it, and that is the last that is heard of it.
  if (channelId in socket.data.joined) {
    const news = { channelId, message: `Joined ${channel.name}`, ...(agentId && { agentId }) };
    // With what was told so far: what was said before this is not what a client misses when it is cut off later.
    messaging.broadcast('channel-joined', news, here, deps.told);
  }
  return {
    result: { channelId, serverId: channel.serverId, entityId, ...(agentId && { agentId }), type: channel.type, seq },
  };
};
