/** The DM of two: always the same one, whoever asks first. */
import { ElizadError } from 'elizad-protocol';
import type { Principal } from '../../auth/principal.ts';
import type { ChannelRow } from '../../storage/rooms/channels.ts';
import type { Messaging } from '../ground/context.ts';
import { deriveDirectRoom } from '../ground/room-id.ts';
import { createChannel, getChannelRow } from './channel-life.ts';

/**
 * Finds it, or makes it: its id comes from the two, so that two who ask at once get one. Both are in it afterwards.
 * Throws `server-not-found`, and `not-a-participant` for somebody else who may not moderate.
 */
export async function openDirectChannel(
  messaging: Messaging,
  principal: Principal,
  serverId: string,
  two: readonly [string, string],
): Promise<ChannelRow> {
  const { agents, channels, broadcast } = messaging;
  if (!two.includes(principal.entityId) && !principal.scopes.includes('moderate'))
    throw new ElizadError('not-a-participant');
  const { id, name } = await deriveDirectRoom(serverId, two);
  const channel = await channels.find(id);
  if (!channel) {
    const [user1, user2] = two;
    const forAgent = two.find((one) => agents.find(one));
    const metadata = { isDm: true, user1, user2, ...(forAgent !== undefined && { forAgent }) };
    return createChannel(messaging, principal, { id, serverId, name, type: 'DM', participants: two, metadata });
  }
  const both = two.map((one) => {
    const agent = agents.find(one);
    return { id: one, kind: agent ? ('agent' as const) : ('user' as const), name: agent?.name ?? null };
  });
  for (const entityId of await channels.addParticipants(channel, both))
    broadcast('participant-joined', { channelId: id, entityId }, { channelId: id });
  return getChannelRow(messaging, id);
}
