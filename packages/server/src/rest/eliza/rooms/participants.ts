/** Who is in a channel, people and agents. */
import { ElizadError } from 'elizad-protocol';
import type { participantRows } from 'elizad-protocol/rest';
import type { Principal } from '../../../auth/principal.ts';
import type { Channel } from '../../../messaging/ground/channel.ts';
import { dismissAgent, inviteAgent } from '../../../messaging/rooms/channel-life.ts';
import { findChannel, type ParticipantRow } from '../../../storage/rooms/channels.ts';
import type { RestDeps } from '../../http/context.ts';
import type { RestHandlers } from '../../http/handler.ts';

export const participantHandlers: RestHandlers<typeof participantRows> = {
  'list-channel-participants': async (deps, { params }) => ({
    success: true,
    data: [...(await getParticipants(deps, params.channelId)).keys()],
  }),
  'list-central-channel-participants': async (deps, { params: { channelId } }) => {
    const participants = await readParticipants(deps, channelId);
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
  'list-channel-agents': async (deps, { params: { channelId } }) => {
    const present = [...(await getParticipants(deps, channelId)).values()];
    const agents = present.filter(({ kind }) => kind === 'agent').map(({ id }) => id);
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

/** From memory, where messaging keeps them, in the order in which they came. Throws `channel-not-found`. */
async function getParticipants({ messaging }: RestDeps, channelId: string): Promise<Channel['participants']> {
  const channel = await messaging.channels.find(channelId);
  if (!channel) throw new ElizadError('channel-not-found', { roomId: channelId });
  return channel.participants;
}

/** With when they came. Throws `channel-not-found`. */
async function readParticipants({ messaging }: RestDeps, channelId: string): Promise<ParticipantRow[]> {
  const found = await findChannel(messaging.database.db, channelId);
  if (!found) throw new ElizadError('channel-not-found', { roomId: channelId });
  return found.participants;
}

type Invitation = { principal: Principal; params: { channelId: string }; body: { agentId: string } };

async function addAgent({ messaging }: RestDeps, { principal, params, body }: Invitation) {
  const { channelId } = params;
  const { agentId } = body;
  await inviteAgent(messaging, principal, channelId, agentId);
  return { success: true as const, data: { channelId, agentId, message: 'Agent added to channel' } };
}
