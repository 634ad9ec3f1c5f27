/** Agents as models, by name or id. */
import { type AgentView, ElizadError } from 'elizad-protocol';
import type { RestDeps } from '../http/context.ts';

export const listActive = ({ messaging }: Pick<RestDeps, 'messaging'>): AgentView[] =>
  messaging.agents.list().filter(({ status }) => status === 'active');

const nameOf = ({ name }: AgentView) => name.toLowerCase();

/** By id, or by name in any case. Throws `agent-not-found`. */
export function findModel(deps: Pick<RestDeps, 'messaging'>, model: string): AgentView {
  const wanted = model.toLowerCase();
  const agents = listActive(deps);
  const agent = agents.find(({ id }) => id === wanted) ?? agents.find((one) => nameOf(one) === wanted);
  if (!agent)
    throw new ElizadError('agent-not-found', {
      issues: [{ path: 'model', message: 'expected the name or id of a running agent, as listed by GET /v1/models' }],
    });
  return agent;
}

/** When agents came here, in seconds since the epoch. */
export const listBirths = ({ agents }: RestDeps): Map<string, number> =>
  new Map(agents.life.list().map(({ id, createdAt }) => [id, Math.floor(createdAt / 1000)]));

export function toModel(agent: AgentView, agents: readonly AgentView[], born: Map<string, number>) {
  const isUnique = agents.filter((one) => nameOf(one) === nameOf(agent)).length === 1;
  return {
    id: isUnique ? agent.name : agent.id,
    object: 'model' as const,
    created: born.get(agent.id) ?? 0,
    owned_by: 'elizad',
    agent_id: agent.id,
  };
}
