/** What a config file brings, once it is read. */
import type { ActionDefinition } from '../actions/define-action.ts';
import type { McpServerConfig } from '../actions/mcp/server-config.ts';
import type { ContextSource } from '../memory/memory.ts';
import type { NamedHook } from '../turn/hooks.ts';

/** A config file that cannot be used; the message is made for people, one line for each fault. */
export class ConfigFileError extends Error {}

/** Everything that a config brings, in its order: the plugins' first, then its own. */
export type LoadedConfig = {
  /** The file, or undefined where there is none. */
  readonly from: string | undefined;
  readonly plugins: readonly string[];
  readonly actions: readonly ActionDefinition[];
  readonly contextSources: readonly ContextSource[];
  readonly hooks: readonly NamedHook[];
  readonly mcpServers: Readonly<Record<string, McpServerConfig>>;
};
