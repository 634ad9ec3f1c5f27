/** The MCP servers of one character: `settings.mcp.servers`, in the shape that Eliza OS and most MCP hosts use. */
import type { Character } from 'elizad-protocol';
import type { Logger } from '../../observability/logger.ts';
import type { ToolboxStatus } from './action.ts';
import { listVariables, type McpServerConfig, mcpServers } from './mcp/server-config.ts';

/** What can be used of them. A fault costs the agent that server, not its life: it is logged, and a status. */
export function readOwnServers(
  { settings }: Pick<Character, 'settings'>,
  logger?: Pick<Logger, 'warn'>,
): { servers: Readonly<Record<string, McpServerConfig>>; faults: ToolboxStatus[] } {
  const given = asRecord(asRecord(settings?.mcp)?.servers);
  const faults: ToolboxStatus[] = [];
  const servers: Record<string, McpServerConfig> = {};
  for (const [name, value] of Object.entries(given ?? {}).slice(0, maxServers)) {
    const parsed = mcpServers.safeParse({ [name]: value });
    if (parsed.success) {
      Object.assign(servers, parsed.data);
      continue;
    }
    const detail = parsed.error.issues
      .map(({ path, message }) => `${path.slice(1).join('.') || name}: ${message}`)
      .join('; ');
    faults.push({ name: name.slice(0, 64), state: 'failed', detail });
    logger?.warn({ mcpServer: name.slice(0, 64), detail }, 'an MCP server of the character cannot be used');
  }
  return { servers, faults };
}

/** The names of all variables that are filled into the servers of a character. */
export const listOwnVariables = (character: Pick<Character, 'settings'>): string[] => [
  ...new Set(Object.values(readOwnServers(character).servers).flatMap(listVariables)),
];

/** Servers of one character, at most. */
const maxServers = 32;

const asRecord = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
