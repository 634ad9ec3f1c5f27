/** What of a character nobody is shown: its secrets, and what else in its settings is one by its name. */
import type { Character, JsonValue } from 'elizad-protocol';
import { maskedSecret, secretName } from 'elizad-protocol/secrets';
import { secretsOf } from './characters.ts';

type Settings = { [key: string]: JsonValue };

/** A character as it may be shown: of each secret its name only, in `settings.secrets`. */
export function hideSecrets({ secrets, settings = {}, ...rest }: Character): Character & { settings: Settings } {
  const names = Object.keys(secretsOf({ name: '', bio: '', secrets, settings }));
  const { secrets: _secrets, mcp, ...others } = settings;
  return {
    ...rest,
    settings: {
      ...(hide(others) as Settings),
      ...(mcp !== undefined && { mcp: hideServers(mcp) }),
      ...(names.length > 0 && { secrets: Object.fromEntries(names.map((name) => [name, maskedSecret])) }),
    },
  };
}

/** Some of the settings, as they may be shown. */
export function hide(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(hide);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      typeof inner === 'string' && inner !== '' && secretName.test(name) ? maskedSecret : hide(inner),
    ]),
  );
}

/** Of MCP servers the names: their programs, addresses and headers may hold keys anywhere. */
export function hideServers(mcp: JsonValue): JsonValue {
  const servers = typeof mcp === 'object' && mcp !== null && !Array.isArray(mcp) ? mcp.servers : undefined;
  if (typeof servers !== 'object' || servers === null || Array.isArray(servers)) return {};
  return { servers: Object.fromEntries(Object.keys(servers).map((name) => [name, {}])) };
}
