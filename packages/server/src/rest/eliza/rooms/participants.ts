/** Who is in a channel, people and agents. */
import type { participantRows } from 'elizad-protocol/rest';
import type { Room } from '../../../messaging/ground/access.ts';
import { dismissAgent, inviteAgent } from '../../../messaging/rooms/channel-life.ts';
import { listMembers } from '../../../messaging/rooms/membership.ts';
import type { RestDeps } from '../../http/context.ts';
import type { RestHandlers } from '../../http/handler.ts';

export const participantHandlers: RestHandlers<typeof participantRows> = {
  'list-channel-participants': (_deps, { room }) => ({ success: true, data: [...room.participants.keys()] }),
  'list-central-channel-participants': async (deps, { room }) => {
    const participants = await listMembers(deps.messaging, room);
    const present = deps.listPresent(room.id);
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
  'list-channel-agents': (_deps, { room }) => {
    const agents = [...room.participants.values()].filter(({ kind }) => kind === 'agent').map(({ id }) => id);
    return { success: true, data: { channelId: room.id, agents, participants: agents } };
  },
  'add-channel-agent': addAgent,
  'add-central-channel-agent': async (deps, request) => {
    const answer = await addAgent(deps, request);
    return { ...answer, message: answer.data.message };
  },
  'remove-channel-agent': async ({ messaging }, { room, params: { agentId } }) => {
    await dismissAgent(messaging, room, agentId);
    return { success: true, data: { channelId: room.id, agentId, message: 'Agent removed from channel' } };
  },
};

type Invitation = { room: Room<'manage'>; body: { agentId: string } };

async function addAgent({ messaging }: RestDeps, { room, body: { agentId } }: Invitation) {
  await inviteAgent(messaging, room, agentId);
  return { success: true as const, data: { channelId: room.id, agentId, message: 'Agent added to channel' } };
}
