/**
 * How an agent stands: what its character file says, what was changed over HTTP, and which of the two counts. A change
 * counts as long as the file is the one that was changed; an agent that was made over HTTP has none.
 */
import { hash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Character } from 'elizad-protocol';
import type { AgentDraft, AgentRow } from '../../storage/turns/agents.ts';
import { type LoadedCharacter, secretsOf, withoutSecrets } from './characters.ts';

type Secrets = Readonly<Record<string, unknown>>;

/** A character as it was made or changed over HTTP: without its secrets, and how those differ from the file's. */
type Edit = {
  /** A digest of the file that was changed; empty: none. */
  readonly of: string;
  readonly character: Character;
  /** Null for one that was taken away. */
  readonly secrets: Secrets;
};

export type Standing = {
  readonly id: string;
  readonly file: LoadedCharacter | undefined;
  readonly edit: Edit | undefined;
  /** Where neither is there: the character that it had last, without its secrets. */
  readonly last: Character;
  /** Whether it starts with the server. */
  readonly isEnabled: boolean;
  /** In ms since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
};

export const digestOf = (character: Character): string =>
  hash('sha256', JSON.stringify(character), 'base64url').slice(0, 22);

/** The agent as it was left by an earlier start; its file is still to come. */
export function readStanding(row: AgentRow): Standing {
  const character: Character = { bio: [], ...JSON.parse(row.character), name: row.name };
  return {
    id: row.id,
    file: undefined,
    edit: row.edit_of === null ? undefined : { of: row.edit_of, character, secrets: JSON.parse(row.secrets) },
    last: character,
    isEnabled: row.is_enabled === 1,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** With the character file that is there now: a change counts no more where it was of another one. */
export function withFile(before: Standing | undefined, file: LoadedCharacter): Standing {
  const { id, character } = file;
  const edit = before?.edit?.of === digestOf(character) ? before.edit : undefined;
  const fresh = { isEnabled: true, createdAt: Date.now(), updatedAt: Date.now() };
  return { ...fresh, ...before, id, file, edit, last: withoutSecrets(character) };
}

/** With a character that was given over HTTP, secrets and all. */
export function withEdit(before: Standing, character: Character): Standing {
  const own = secretsOf(character);
  const ofFile = before.file ? secretsOf(before.file.character) : {};
  const changed = Object.entries(own).filter(([name, value]) => !isDeepStrictEqual(value, ofFile[name]));
  const gone = Object.keys(ofFile).filter((name) => !Object.hasOwn(own, name));
  const secrets = Object.fromEntries([...changed, ...gone.map((name): [string, null] => [name, null])]);
  const of = before.file ? digestOf(before.file.character) : '';
  return { ...before, edit: { of, character: withoutSecrets(character), secrets } };
}

/** Without its file the agent goes, unless it was made over HTTP. */
export const isKept = ({ file, edit }: Standing): boolean => file !== undefined || edit?.of === '';

/**
 * An agent that had lost its file, as one that needs none; it rests. The files and programs that the file named are not
 * its own any more.
 */
export function adopt(before: Standing): Standing {
  const { knowledge = [], settings = {}, ...rest } = getCharacter(before);
  const { mcp: _mcp, ...kept } = settings;
  const texts = knowledge.filter((item) => typeof item === 'string');
  return { ...withEdit(before, { ...rest, knowledge: texts, settings: kept }), isEnabled: false };
}

/** The character that counts, with its secrets. */
export function getCharacter({ file, edit, last }: Standing): Character {
  if (!edit) return file?.character ?? last;
  const secrets = Object.entries({ ...(file && secretsOf(file.character)), ...edit.secrets });
  const left = secrets.filter(([, value]) => value !== null) as [string, NonNullable<Character['secrets']>[string]][];
  return { ...edit.character, ...(left.length > 0 && { secrets: Object.fromEntries(left) }) };
}

/** The names of those of its secrets that came over HTTP, after a restart too: whose word an address is goes by it. */
export const listForeign = ({ edit }: Standing): string[] => Object.keys(edit?.secrets ?? {});

/** As it is stored: what a file keeps for itself stays there. */
export function toDraft(standing: Standing): AgentDraft {
  const { id, edit, isEnabled } = standing;
  const character = withoutSecrets(getCharacter(standing));
  return {
    id,
    name: character.name,
    character: JSON.stringify(character),
    secrets: JSON.stringify(edit?.secrets ?? {}),
    is_enabled: isEnabled ? 1 : 0,
    edit_of: edit?.of ?? null,
  };
}
