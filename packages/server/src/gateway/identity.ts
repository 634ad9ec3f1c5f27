/** As whom a socket acts: the id of its handshake, or, where it sent none, the first `userId` that it uses. */
import { assertMaySpeakAs } from '../auth/permissions.ts';
import { leaveChannel } from '../messaging/membership.ts';
import type { Connection, GatewayDeps } from './context.ts';

/**
 * A client that named no id in its handshake but uses one in its events is that one from then on, in the rooms that it
 * has joined too: otherwise every such client would leave a nameless second participant behind.
 */
export async function adoptIdentity(
  { database, messaging }: GatewayDeps,
  connection: Connection,
  entityId: string | undefined,
): Promise<void> {
  const { socket, joined } = connection;
  const { principal, isProvisional } = socket.data;
  if (!isProvisional || entityId === undefined || entityId === principal.entityId) return;
  assertMaySpeakAs(principal, entityId, (id) => messaging.agents.find(id) !== undefined);
  socket.data = { principal: { ...principal, entityId }, isProvisional: false };
  for (const [channelId, as] of joined) {
    if (as !== principal.entityId) continue;
    joined.set(channelId, entityId);
    const channel = await messaging.channels.find(channelId);
    if (channel)
      await messaging.channels.addParticipants(channel, [{ id: entityId, kind: 'user', name: principal.name ?? null }]);
    await leaveChannel({ ...messaging, database }, channelId, principal.entityId);
  }
}
