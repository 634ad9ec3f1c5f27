/** Character files: found, read and checked; what is wrong is named by file, path and what is expected there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Character, deriveId } from 'elizad-protocol';
import { findForeignHand, findForeignHandIn } from '../../settings/own-files.ts';
import { checkCharacter } from './check.ts';

/** A character that is ready to be run; the id is its own or derived from its name. */
export type LoadedCharacter = {
  id: string;
  character: Character;
  from: string;
  /** It runs in a project of Eliza OS, which has its plugins. */
  isHosted?: true;
};

/** A character file that cannot be used; the message is made for people. */
export class CharacterError extends Error {}

/** Who answers when no character is given. */
const builtIn: Character = {
  name: 'Eliza',
  bio: ['The first of us: a Rogerian psychotherapist of 1966, built in, needing no key.'],
  settings: { model: 'eliza' },
};

/**
 * The characters of the given files and of `characters/` beside the data directory; the built-in Eliza when there are none, and
 * `isAlone`: no project brings others. `warn` is told of those that somebody else may have written.
 */
export async function loadCharacters(
  paths: readonly string[],
  dataDir: string,
  warn: (message: string) => void = () => {},
  isAlone = true,
): Promise<LoadedCharacter[]> {
  for (const path of paths) {
    const reason = existsSync(path) ? findForeignHand(path) : undefined;
    if (reason !== undefined) warn(`a named character file can be changed by other users: ${reason}`);
  }
  const loaded = listCharacterFiles(paths, dataDir, (reason) => warn(`left out and not watched: ${reason}`)).map(
    (path) => ({ character: readCharacter(path), from: path }),
  );
  if (loaded.length === 0 && isAlone) loaded.push({ character: builtIn, from: 'built in' });
  const byId = new Map<string, LoadedCharacter>();
  for (const one of loaded) {
    const id = one.character.id ?? (await deriveId(one.character.name));
    const other = byId.get(id);
    if (other)
      throw new CharacterError(
        `${one.from}: has the same id as ${other.from} (${id}). Give one of them another name or id.`,
      );
    byId.set(id, { id, ...one });
  }
  return [...byId.values()];
}

/** What is said of a directory that is not there, or not for us. All else, such as that no descriptor is left, says nothing of it. */
const noDirectory = ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM'];

/**
 * The given files, then those of `characters/` beside the data directory, by name, but for what somebody else may have
 * written: `tell` is told of that. Throws where the directory cannot be looked at now.
 */
export function listCharacterFiles(
  paths: readonly string[],
  dataDir: string,
  tell: (reason: string) => void = () => {},
): string[] {
  const directory = join(dirname(dataDir), 'characters');
  const isOurs = (reason: string | undefined) => {
    if (reason !== undefined) tell(reason);
    return reason === undefined;
  };
  try {
    const found = readdirSync(directory).filter((name) => name.endsWith('.json'));
    if (found.length === 0 || !isOurs(findForeignHandIn(directory))) return [...paths];
    const files = found.sort().map((name) => join(directory, name));
    return [...paths, ...files.filter((path) => isOurs(findForeignHand(path)))];
  } catch (error) {
    if (!noDirectory.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return [...paths];
  }
}

/** What a character keeps for itself, from both places where Eliza OS characters have it. */
export function secretsOf({ secrets, settings }: Character): Record<string, unknown> {
  const nested = settings?.secrets;
  return { ...secrets, ...(typeof nested === 'object' && nested !== null ? nested : {}) };
}

/** A character without what it keeps for itself. */
export function withoutSecrets({ secrets: _secrets, settings, ...rest }: Character): Character {
  const { secrets: _nested, ...kept } = settings ?? {};
  return { ...rest, ...(settings && { settings: kept }) };
}

/** One character file. Throws `CharacterError` with every fault on a line of its own. */
export function readCharacter(path: string): Character {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new CharacterError(isMissing ? `${path}: the file does not exist.` : `${path}: ${(error as Error).message}`);
  }
  const checked = checkCharacter(content);
  if (checked.ok) return checked.character;
  const faults = checked.issues.map((issue) => `${path}: ${issue.path || '(the file)'}: ${issue.message}`);
  throw new CharacterError(faults.join('\n'));
}
