/** Which agents there are, and which of them run: known by id to everyone who joins, addresses or speaks. */
import type { AgentView } from 'elizad-protocol';

/** When an agent answers in a group; without a rule, see `listAddressees`. */
export const answerRules = ['always', 'mentioned', 'never', 'decide'] as const;
export type AnswerRule = (typeof answerRules)[number];

export type AgentDirectory = {
  find(id: string): AgentView | undefined;
  has(id: string): boolean;
  list(): AgentView[];
  ruleOf(id: string): AnswerRule | undefined;
  put(agent: AgentView, rule?: AnswerRule): void;
};

export function createAgentDirectory(): AgentDirectory {
  const agents = new Map<string, AgentView>();
  const rules = new Map<string, AnswerRule | undefined>();
  return {
    find: (id) => agents.get(id),
    has: (id) => agents.has(id),
    list: () => [...agents.values()],
    ruleOf: (id) => rules.get(id),
    put: (agent, rule) => {
      agents.set(agent.id, agent);
      rules.set(agent.id, rule);
    },
  };
}
