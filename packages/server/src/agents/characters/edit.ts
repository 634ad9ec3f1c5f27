/**
 * Characters as they come over HTTP: a new one, or some fields of one that is there. Clients send along what they were
 * shown, so what is no part of a character is passed over, and a masked secret stays as it is.
 */
import { isDeepStrictEqual } from 'node:util';
import { type Character, ElizadError, hasFewValues, type Issue, maxKeys, maxValues } from 'elizad-protocol';
import { listOwnVariables } from '../actions/own-servers.ts';
import { secretsOf, withoutSecrets } from './characters.ts';
import { checkCharacter, mostIssues } from './check.ts';
import { type Fields, isRecord, merge } from './merge.ts';
import { hideServers } from './secrets.ts';

/** Largest character, as JSON. */
const mostCharacters = 1_000_000;

/** What agents have beside their character. */
const ofTheAgent = [
  'status',
  'enabled',
  'characterName',
  'createdAt',
  'updatedAt',
  'created_at',
  'updated_at',
  'server_id',
  'owner_id',
];

/** A new character. Throws `invalid-payload` with every fault. */
export function readDraft(draft: Fields): Character {
  const given = Object.entries(draft).filter(([name, value]) => value !== null && !ofTheAgent.includes(name));
  return edit(undefined, Object.fromEntries(given));
}

/** A character with some fields changed: null takes one away. Throws `invalid-payload` with every fault. */
export function editCharacter(before: Character, id: string, { id: named = id, ...patch }: Fields): Character {
  if (typeof named !== 'string' || named.toLowerCase() !== id)
    throw refuse([{ path: 'id', message: 'expected the id in the address: an id never changes' }]);
  const given = Object.entries(patch).filter(
    ([name, value]) => !ofTheAgent.includes(name) && !(value === null && (name === 'name' || name === 'bio')),
  );
  return edit(before, Object.fromEntries(given));
}

function edit(before: Character | undefined, { settings, secrets, ...fields }: Fields): Character {
  const { settings: had = {}, ...rest } = before ? withoutSecrets(before) : {};
  const { secrets: nested, mcp, ...others } = asRecord(settings, 'settings');
  const faults = findFaults(before, fields, mcp);
  if (faults.length > 0) throw refuse(faults);
  const hadOwn = settings === null ? {} : before ? secretsOf(before) : {};
  const lost: Issue[] = [];
  const outer = merge(hadOwn, asRecord(secrets, 'secrets'), 'secrets', lost);
  const own = merge(outer, asRecord(nested, 'settings.secrets'), 'settings.secrets', lost);
  const kept = settings === null ? {} : merge(had, others, 'settings', lost);
  if (lost.length > 0) throw refuse(lost.slice(0, mostIssues));
  assertFewValues(kept, 'settings');
  assertFewValues(own, 'secrets');
  if (mcp === null) delete kept.mcp;
  const changed = {
    ...Object.fromEntries(Object.entries({ ...rest, ...fields }).filter(([, value]) => value !== null)),
    ...(Object.keys(kept).length > 0 && { settings: kept }),
    ...(Object.keys(own).length > 0 && secrets !== null && { secrets: own }),
  };
  const checked = checkCharacter(changed);
  if (!checked.ok) throw refuse(checked.issues);
  const strays = before ? findStrays(before, checked.character) : [];
  if (strays.length > 0) throw refuse(strays);
  if (JSON.stringify(checked.character).length > mostCharacters)
    throw refuse([{ path: '', message: `expected at most ${mostCharacters} characters of JSON in total` }]);
  return checked.character;
}

/** What would open files, or run programs, of the server. */
function findFaults(before: Character | undefined, { knowledge }: Fields, mcp: unknown): Issue[] {
  const items: unknown[] = Array.isArray(knowledge) ? knowledge : [];
  const had = (before?.knowledge ?? []).filter(isRecord);
  const faults: Issue[] = [];
  // The strict check, which knows how many there may be, comes behind.
  for (const [index, item] of items.entries()) {
    if (faults.length === mostIssues) break;
    if (typeof item === 'object' && item !== null && !had.some((one) => isDeepStrictEqual(one, item)))
      faults.push({ path: `knowledge.${index}`, message: 'expected a text: only character files may name files' });
  }
  const hadMcp = before?.settings?.mcp;
  const isSame = [hadMcp, hadMcp === undefined ? undefined : hideServers(hadMcp)].some((one) =>
    isDeepStrictEqual(one, mcp),
  );
  if (mcp !== undefined && mcp !== null && !isSame)
    faults.push({
      path: 'settings.mcp',
      message: 'only character files and elizad.config.ts may name MCP servers',
    });
  return faults;
}

/** Addresses of model providers, and the keys that go there. */
const keysOf: Readonly<Record<string, readonly string[]>> = {
  OPENAI_BASE_URL: ['OPENAI_API_KEY'],
  ANTHROPIC_BASE_URL: ['ANTHROPIC_API_KEY'],
  GOOGLE_BASE_URL: ['GOOGLE_GENERATIVE_AI_API_KEY', 'GEMINI_API_KEY', 'GOOGLE_API_KEY'],
};

/**
 * Who may not see a key may not have it sent to an address of their own: a new address takes a new key. And what is filled
 * into an MCP server may not be set, changed or taken away: it would be run, or sent elsewhere.
 */
function findStrays(before: Character, after: Character): Issue[] {
  const had = secretsOf(before);
  const has = secretsOf(after);
  const isSame = (name: string) => isDeepStrictEqual(has[name], had[name]);
  const isNew = (name: string) => has[name] !== undefined && !isSame(name);
  const moved = Object.entries(keysOf).flatMap(([address, keys]) => {
    const key = isNew(address) && keys.find((one) => had[one] !== undefined && !isNew(one) && has[one] !== undefined);
    return key
      ? [{ path: `settings.secrets.${address}`, message: `a key is valid for one address: send ${key} too` }]
      : [];
  });
  const fixed = listOwnVariables(after).filter((name) => !isSame(name));
  return [
    ...moved,
    ...fixed.map((name) => ({
      path: `settings.secrets.${name}`,
      message: 'belongs to an MCP server: change it in the character file',
    })),
  ];
}

function asRecord(value: unknown, path: string): Fields {
  if (value === undefined || value === null) return {};
  // Before it is merged: the strict check comes behind.
  if (isRecord(value) && Object.keys(value).length > maxKeys)
    throw refuse([{ path, message: `expected at most ${maxKeys} keys` }]);
  if (!isRecord(value)) throw refuse([{ path, message: 'expected an object' }]);
  assertFewValues(value, path);
  return value;
}

function assertFewValues(value: Fields, path: string): void {
  if (!hasFewValues(value))
    throw refuse([{ path, message: `expected at most ${maxValues} values, within each other` }]);
}

const refuse = (issues: Issue[]): ElizadError => new ElizadError('invalid-payload', { issues });
