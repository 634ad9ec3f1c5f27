/** As whom a socket acts: the id of its handshake, or, where it sent none, the first `userId` that it uses. */
import { assertMaySpeakAs } from '../auth/permissions.ts';
import { joinChannel, leaveChannel } from '../messaging/membership.ts';
import type { GatewayDeps } from './context.ts';
import type { GatewaySocket } from './socket-server.ts';

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
  assertMaySpeakAs(before, entityId, messaging.agents);
  socket.data.principal = { ...before, entityId };
  socket.data.isProvisional = false;
  for (const [channelId, part] of Object.entries(joined)) {
    if (part.as !== before.entityId) continue;
    part.as = entityId;
    const others = { channelId, exceptSocketId: socket.id };
    const { isNew } = await joinChannel(messaging, socket.data.principal, { channelId });
    if (isNew) messaging.broadcast('participant-joined', { channelId, entityId }, others);
    await leaveChannel(messaging, channelId, before.entityId);
    messaging.broadcast('participant-left', { channelId, entityId: before.entityId }, others);
  }
  // Whoever comes back after a kill comes back as this one.
  await deps.sessions.save(socket);
}
