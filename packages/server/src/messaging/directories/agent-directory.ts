/** Which agents there are, and which of them run: known by id to everyone who joins, addresses or speaks. */
import type { AgentView } from 'elizad-protocol';

/** When an agent answers in a group; without a rule, see `listAddressees`. */
export const answerRules = ['always', 'mentioned', 'never', 'decide'] as const;
export type AnswerRule = (typeof answerRules)[number];

/** What is known of an agent beside what everybody sees; `listTools` is asked each time. */
export type AgentTraits = { rule?: AnswerRule | undefined; listTools?: () => NonNullable<AgentView['tools']> };

export type AgentDirectory = {
  find(id: string): AgentView | undefined;
  /** Whether an id is that of an agent, also of one that was deleted: nobody may speak with it. */
  has(id: string): boolean;
  list(): AgentView[];
  ruleOf(id: string): AnswerRule | undefined;
  put(agent: AgentView, traits?: AgentTraits): void;
  /** The agent is gone for good; its id is nobody else's. */
  retire(id: string): void;
};

export function createAgentDirectory(): AgentDirectory {
  const agents = new Map<string, { agent: AgentView; traits: AgentTraits }>();
  const retired = new Set<string>();
  const show = ({ agent, traits: { listTools } }: { agent: AgentView; traits: AgentTraits }): AgentView => {
    const tools = listTools?.() ?? [];
    return tools.length > 0 ? { ...agent, tools } : agent;
  };
  return {
    find: (id) => agents.get(id)?.agent,
    has: (id) => agents.has(id) || retired.has(id),
    list: () => [...agents.values()].map(show),
    ruleOf: (id) => agents.get(id)?.traits.rule,
    put(agent, traits = {}) {
      retired.delete(agent.id);
      agents.set(agent.id, { agent, traits });
    },
    retire(id) {
      agents.delete(id);
      retired.add(id);
    },
  };
}
