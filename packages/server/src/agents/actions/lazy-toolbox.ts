/** The toolbox of a server that has perhaps no actions: its code is loaded with the first one, and most servers start faster. */
import type { Logger } from '../../observability/logger.ts';
import type { LiveToolbox, SharedTools, ToolboxAgent, ToolboxOptions } from './toolbox.ts';

export function createLazyToolbox(options: {
  shared: SharedTools;
  logger: Logger;
  env: ToolboxOptions['env'];
}): LiveToolbox {
  const { shared } = options;
  const agents = new Map<string, ToolboxAgent>();
  const hasShared = shared.actions.length > 0 || Object.keys(shared.mcpServers).length > 0;
  const needs = ({ character }: ToolboxAgent) => hasShared || character.settings?.mcp !== undefined;
  let loaded: LiveToolbox | undefined;
  let loading: Promise<LiveToolbox> | undefined;

  async function load(): Promise<LiveToolbox> {
    const { createToolbox } = await import('./toolbox.ts');
    loaded = createToolbox({ ...options, agents: [...agents.values()] });
    return loaded;
  }

  return {
    list: async (agentId) => (await loading)?.list(agentId) ?? [],
    statusOf: (agentId) => loaded?.statusOf(agentId) ?? [],
    async update(agent) {
      agents.set(agent.id, agent);
      if (loading) return (await loading).update(agent);
      if (needs(agent)) loading = load();
      await loading;
    },
    async remove(agentId) {
      agents.delete(agentId);
      await (await loading)?.remove(agentId);
    },
    stop: async () => (await loading)?.stop(),
  };
}
