/** Who is in a channel, people and agents. */
import type { participantRows } from 'elizad-protocol/rest';
import type { Principal } from '../../../auth/principal.ts';
import { getRoom } from '../../../messaging/ground/access.ts';
import { dismissAgent, inviteAgent } from '../../../messaging/rooms/channel-life.ts';
import { listMembers } from '../../../messaging/rooms/membership.ts';
import type { RestDeps } from '../../http/context.ts';
import type { RestHandlers } from '../../http/handler.ts';

export const participantHandlers: RestHandlers<typeof participantRows> = {
  'list-channel-participants': async ({ messaging }, { principal, params }) => ({
    success: true,
    data: [...(await getRoom(messaging, principal, params.channelId, 'read')).participants.keys()],
  }),
  'list-central-channel-participants': async (deps, { principal, params: { channelId } }) => {
    const room = await getRoom(deps.messaging, principal, channelId, 'read');
    const participants = await listMembers(deps.messaging, room);
    const present = deps.listPresent(channelId);
    const data = participants.map(({ entity_id: id, name, kind, joined_at }) => ({
      id,
      userId: id,
      name: name ?? 'User',
      isAgent: kind === 'agent',
      role: 'member' as const,
      joinedAt: joined_at,
      isOnline: kind === 'agent' ? deps.agents.roster.has(id) : present.has(id),
    }));
    return { success: true, data };
  },
  'list-channel-agents': async ({ messaging }, { principal, params: { channelId } }) => {
    const { participants } = await getRoom(messaging, principal, channelId, 'read');
    const agents = [...participants.values()].filter(({ kind }) => kind === 'agent').map(({ id }) => id);
    return { success: true, data: { channelId, agents, participants: agents } };
  },
  'add-channel-agent': addAgent,
  'add-central-channel-agent': async (deps, request) => {
    const answer = await addAgent(deps, request);
    return { ...answer, message: answer.data.message };
  },
  'remove-channel-agent': async ({ messaging }, { principal, params: { channelId, agentId } }) => {
    await dismissAgent(messaging, principal, channelId, agentId);
    return { success: true, data: { channelId, agentId, message: 'Agent removed from channel' } };
  },
};

type Invitation = { principal: Principal; params: { channelId: string }; body: { agentId: string } };

async function addAgent({ messaging }: RestDeps, { principal, params, body }: Invitation) {
  const { channelId } = params;
  const { agentId } = body;
  await inviteAgent(messaging, principal, channelId, agentId);
  return { success: true as const, data: { channelId, agentId, message: 'Agent added to channel' } };
}
