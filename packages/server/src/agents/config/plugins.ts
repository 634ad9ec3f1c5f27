/**
 * What an `elizad.config.ts` says: plugins, and actions, sources of context, hooks and MCP servers of its own. Plain
 * objects in lists; config-content.ts reads and checks them.
 */
import type { ActionDefinition } from '../actions/define-action.ts';
import type { ContextSource } from '../memory/memory.ts';
import type { Hook } from '../turn/hooks.ts';

/** What agents can do, know and obey together, under one name. */
export type Plugin = {
  /** Shown in the log and in errors; unique in a config. */
  readonly name: string;
  readonly actions?: readonly ActionDefinition[];
  readonly contextSources?: readonly ContextSource[];
  readonly hooks?: readonly Hook[];
};

/** A program that speaks MCP on its standard input and output. `${NAME}` in values is filled in from the environment. */
export type McpProgram = {
  readonly type?: 'stdio';
  readonly command: string;
  readonly args?: readonly string[];
  /** All that it gets of an environment, beside PATH and HOME. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly disabled?: boolean;
};

/** An MCP server at an address: streamable HTTP, or the older SSE. `${NAME}` is filled in from the environment. */
export type McpAddress = {
  readonly type?: 'http' | 'streamable-http' | 'sse';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly disabled?: boolean;
};

export type McpServers = Readonly<Record<string, McpProgram | McpAddress>>;

/** What a config file exports by default. Its own actions, sources and hooks are those of a plugin without a name. */
export type ElizadConfig = Omit<Plugin, 'name'> & {
  readonly plugins?: readonly Plugin[];
  /** MCP servers of all agents; a character may have its own in `settings.mcp.servers`. */
  readonly mcp?: { readonly servers?: McpServers };
};

/** Gives back what it gets; it is here for the types. */
export const definePlugin = (plugin: Plugin): Plugin => plugin;

/** Gives back what it gets; it is here for the types. */
export const defineConfig = (config: ElizadConfig): ElizadConfig => config;
