/** What of a character nobody is shown: its secrets, and what else in its settings is one by its name or by its looks. */
import type { Character, JsonValue } from 'elizad-protocol';
import { isSecretName, isSecretText, maskedSecret, openSettings } from 'elizad-protocol/secrets';
import { secretsOf } from './characters.ts';

type Settings = { [key: string]: JsonValue };

/**
 * A character as it may be shown. Who may change it sees of each secret its name, and what is not taken for one; others
 * of its settings only those that are known to be harmless.
 */
export function hideSecrets(
  { secrets, settings = {}, ...rest }: Character,
  mayOperate: boolean,
): Character & { settings: Settings } {
  const open = Object.entries(settings).filter(([name]) => openSettings.includes(name));
  const shown = open.map(([name, value]) => [name, hide(value)] as const);
  if (!mayOperate) return { ...rest, settings: Object.fromEntries(shown) };
  const names = Object.keys(secretsOf({ name: '', bio: '', secrets, settings }));
  const { secrets: _secrets, mcp, ...others } = settings;
  return {
    ...rest,
    settings: {
      ...(hide(others) as Settings),
      ...Object.fromEntries(shown),
      ...(mcp !== undefined && { mcp: hideServers(mcp) }),
      ...(names.length > 0 && { secrets: Object.fromEntries(names.map((name) => [name, maskedSecret])) }),
    },
  };
}

/** Some of the settings, as they may be shown. What stands under the name of a secret is hidden as a whole. */
export function hide(value: JsonValue): JsonValue {
  if (typeof value === 'string') return isSecretText(value) ? maskedSecret : value;
  if (Array.isArray(value)) return value.map(hide);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      isSecretName(name) && mayHide(name, inner) ? maskedSecret : hide(inner),
    ]),
  );
}

/** What is empty, or only yes or no, tells nothing; and of numbers most are such as a `maxTokens`. */
function mayHide(name: string, value: JsonValue): boolean {
  if (typeof value === 'number') return /(?:passw(?:or)?d|passcode|pwd|secret|(?:^|_)pin)$/i.test(name);
  return typeof value === 'string' ? value !== '' : isFull(value);
}

const isFull = (value: JsonValue): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0;

/** Of MCP servers the names: their programs, addresses and headers may hold keys anywhere. */
export function hideServers(mcp: JsonValue): JsonValue {
  const servers = typeof mcp === 'object' && mcp !== null && !Array.isArray(mcp) ? mcp.servers : undefined;
  if (typeof servers !== 'object' || servers === null || Array.isArray(servers)) return {};
  return { servers: Object.fromEntries(Object.keys(servers).map((name) => [name, {}])) };
}
