/** As whom a socket acts: the id of its handshake, or, where it sent none, the first `userId` that it uses. */
import { chooseSpeaker } from '../auth/permissions.ts';
import { createPrincipal } from '../auth/principal.ts';
import { tellPresence } from '../messaging/ground/presence.ts';
import { joinChannel, leaveChannel } from '../messaging/rooms/membership.ts';
import type { GatewayDeps } from './context.ts';
import type { GatewaySocket } from './socket-data.ts';

/**
 * A client that named no id in its handshake but uses one in its events is that one from then on, in the rooms that it
 * has joined too: otherwise every such client would leave a nameless second participant behind.
 */
export async function adoptIdentity(
  deps: GatewayDeps,
  socket: GatewaySocket,
  entityId: string | undefined,
): Promise<void> {
  const { principal: before, isProvisional, joined } = socket.data;
  if (!isProvisional || entityId === undefined || entityId === before.entityId) return;
  const { messaging } = deps;
  chooseSpeaker(before, entityId, messaging.agents);
  socket.data.principal = createPrincipal(entityId, before.name, before.credential);
  socket.data.isProvisional = false;
  const rooms = Object.keys(joined).filter((channelId) => joined[channelId]?.as === before.entityId);
  for (const channelId of rooms) {
    await joinChannel(messaging, socket.data.principal, { channelId, socketId: socket.id });
    const part = joined[channelId];
    // Taken out meanwhile.
    if (part) joined[channelId] = { ...part, as: entityId };
  }
  // Whoever comes back after a kill comes back as this one, and not as one who has left.
  await deps.sessions.save(socket);
  for (const channelId of rooms) {
    const channel = await leaveChannel(messaging, channelId, before.entityId);
    const left = { channelId, entityId: before.entityId };
    if (channel) tellPresence(messaging, channel, 'participant-left', left, socket.id);
  }
}
