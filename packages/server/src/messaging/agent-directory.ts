/** Which agents there are, and which of them run: known by id to everyone who joins, addresses or speaks. */
import type { AgentView } from 'elizad-protocol';

export type AgentDirectory = {
  find(id: string): AgentView | undefined;
  has(id: string): boolean;
  list(): AgentView[];
  put(agent: AgentView): void;
};

export function createAgentDirectory(): AgentDirectory {
  const agents = new Map<string, AgentView>();
  return {
    find: (id) => agents.get(id),
    has: (id) => agents.has(id),
    list: () => [...agents.values()],
    put: (agent) => {
      agents.set(agent.id, agent);
    },
  };
}
