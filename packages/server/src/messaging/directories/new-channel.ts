/**
 * A channel that somebody makes by joining it or speaking in it, and which agent is in it without being named. Many clients
 * of the field name none, and wait for an answer: some give the room the id of the agent that they mean, others make a group
 * where only one agent could be meant.
 */
import type { AgentView } from 'elizad-protocol';
import type { AgentDirectory } from './agent-directory.ts';
import type { Channel } from './channel.ts';
import type { Birth, ChannelDirectory } from './channel-directory.ts';
import type { Participant } from './roll.ts';

type Deps = { agents: AgentDirectory; channels: ChannelDirectory; limits: { invitesOnlyAgent: boolean } };

/** Throws `server-not-found`. */
export function makeChannel(
  deps: Deps,
  channelId: string,
  first: readonly Participant[],
  birth: Birth,
): Promise<Channel> {
  const { channels } = deps;
  if (first.some(({ kind }) => kind === 'agent')) return channels.ensure(channelId, first, birth);
  const namesake = findNamesake(deps, channelId);
  if (namesake) return channels.ensure(channelId, [...first, toParticipant(namesake)], birth);
  const only = birth.expectsAgent && !birth.isDm && birth.channelType !== 'DM' ? findOnly(deps) : undefined;
  if (!only) return channels.ensure(channelId, first, birth);
  return channels.ensure(channelId, [...first, toParticipant(only)], { ...birth, channelType: 'GROUP' });
}

/** The agent whose id a room has: it is in it, and the room is one for all who open it. */
export const findNamesake = ({ agents }: Pick<Deps, 'agents'>, channelId: string): AgentView | undefined =>
  agents.find(channelId);

/** The one that runs, where a group is to have it. */
function findOnly({ agents, limits }: Deps): AgentView | undefined {
  if (!limits.invitesOnlyAgent) return undefined;
  const running = agents.list().filter(({ status }) => status === 'active');
  return running.length === 1 ? running[0] : undefined;
}

const toParticipant = ({ id, name }: AgentView): Participant => ({ id, kind: 'agent', name });
