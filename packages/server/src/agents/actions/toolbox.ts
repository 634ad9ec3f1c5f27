/**
 * All actions of a server: those of the config, and the tools of MCP servers, shared by all agents or an agent's own.
 * The turn (stop 6 of the walk) asks it what an agent may use.
 */
import type { Character } from 'elizad-protocol';
import { settingsTable } from '../../config.ts';
import type { Logger } from '../../observability/logger.ts';
import type { Action, Toolbox, ToolboxStatus } from './action.ts';
import { type Choice, readChoice } from './choice.ts';
import type { ActionDefinition } from './define-action.ts';
import { McpServer } from './mcp/mcp-server.ts';
import type { McpServerConfig } from './mcp/server-config.ts';
import { markName } from './mcp/tool-action.ts';
import { readOwnServers } from './own-servers.ts';
import { toAction } from './run-action.ts';

/** What a toolbox has to know of an agent. `secrets` fill `${NAME}` in its own MCP servers; they are not kept in any log. */
export type ToolboxAgent = {
  readonly id: string;
  readonly name: string;
  readonly character: Character;
  readonly secrets: Readonly<Record<string, unknown>>;
};

/** What every agent may use. */
export type SharedTools = {
  readonly plugins: readonly string[];
  readonly actions: readonly ActionDefinition[];
  readonly mcpServers: Readonly<Record<string, McpServerConfig>>;
};

export type ToolboxOptions = {
  /** Of the config file, for all agents. */
  readonly shared: SharedTools;
  readonly agents: readonly ToolboxAgent[];
  readonly logger: Logger;
  /** The server's environment, for `${NAME}`. */
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** A toolbox that follows when a character is changed while the server runs. */
export type LiveToolbox = Toolbox & {
  /** A new agent, or one with a new character. Its own MCP servers go on when nothing about them is different. */
  update(agent: ToolboxAgent): Promise<void>;
  /** Ends what was the agent's own. */
  remove(agentId: string): Promise<void>;
};

type Owned = {
  readonly choice: Choice;
  readonly servers: readonly McpServer[];
  /** What was wrong with its servers, before any was started. */
  readonly faults: readonly ToolboxStatus[];
  /** Tells whether its servers are still the same. */
  readonly key: string;
};

/** Opens the toolbox; MCP servers begin to connect in the background. Throws for an action without a JSON Schema. */
export function createToolbox({
  shared: { plugins, actions: definitions, mcpServers },
  agents,
  logger,
  env,
}: ToolboxOptions): LiveToolbox {
  const actions = definitions.map((definition) => toAction(definition, logger));
  const shared = Object.entries(mcpServers)
    .filter(([, server]) => !server.disabled)
    .map(([name, server]) => new McpServer({ name, config: server, variables: env, logger }));
  const owned = new Map<string, Owned>();
  let isOpen = true;

  const open = ({ id, name, character, secrets }: ToolboxAgent, before?: Owned): Owned => {
    const log = logger.child({ agentId: id, agentName: name });
    const { servers, faults } = readOwnServers(character, log);
    const variables = { ...withoutKeys(env), ...onlyTexts(secrets) };
    const key = JSON.stringify([servers, variables]);
    const kept = before?.key === key ? before.servers : undefined;
    return {
      choice: readChoice(character, { actions, servers: shared.map((server) => server.name) }, log),
      servers:
        kept ??
        Object.entries(servers)
          .filter(([, server]) => !server.disabled)
          .map(([serverName, server]) => new McpServer({ name: serverName, config: server, variables, logger: log })),
      faults,
      key,
    };
  };
  for (const agent of agents) owned.set(agent.id, open(agent));

  return {
    async list(agentId) {
      const agent = owned.get(agentId);
      if (!agent || !isOpen) return [];
      const [common, own] = await Promise.all([listAll(shared), listAll(agent.servers)]);
      const chosen = [...actions, ...common.flat()].filter(({ name }) => agent.choice(name));
      return makeUnique([...chosen, ...own.flat()]);
    },
    statusOf(agentId) {
      const agent = owned.get(agentId);
      if (!agent) return [];
      const ready = plugins.map((name): ToolboxStatus => ({ name, state: 'ready' }));
      const servers = [...shared, ...agent.servers].map((server) => server.status());
      return [...ready, ...servers, ...agent.faults];
    },
    async update(agent) {
      if (!isOpen) return;
      const before = owned.get(agent.id);
      const after = open(agent, before);
      owned.set(agent.id, after);
      if (before && before.servers !== after.servers) await stopAll(before.servers);
    },
    async remove(agentId) {
      const agent = owned.get(agentId);
      owned.delete(agentId);
      if (agent) await stopAll(agent.servers);
    },
    async stop() {
      isOpen = false;
      await stopAll([...shared, ...[...owned.values()].flatMap(({ servers }) => servers)]);
    },
  };
}

const listAll = (servers: readonly McpServer[]) => Promise.all(servers.map((server) => server.list()));
const stopAll = (servers: readonly McpServer[]) => Promise.all(servers.map((server) => server.stop())).then(() => {});

/** Two servers may come to the same name: the later one gets a mark, and still calls its own tool. */
function makeUnique(actions: readonly Action[]): Action[] {
  const byName = new Map<string, Action>();
  for (const action of actions) {
    const name = byName.has(action.name) ? markName(action.name, action.name, action.description) : action.name;
    if (!byName.has(name)) byName.set(name, name === action.name ? action : { ...action, name });
  }
  return [...byName.values()];
}

/** The server's own keys never go to a server that came with a character. */
function withoutKeys(env: ToolboxOptions['env']): Record<string, string | undefined> {
  const keys = new Set(
    Object.values(settingsTable).flatMap((row) => ('secret' in row ? [...row.env] : [])) as string[],
  );
  return Object.fromEntries(Object.entries(env).filter(([name]) => !keys.has(name)));
}

function onlyTexts(secrets: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(secrets).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
