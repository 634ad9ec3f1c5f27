/** An agent of an Eliza OS project as elizad shows it: who it is, without what its project alone has to do with. */

import type { ProjectAgent } from 'elizad-eliza';
import type { Character } from 'elizad-protocol';
import type { LoadedCharacter } from '../characters/characters.ts';
import { checkCharacter } from '../characters/check.ts';

/** What is shown of a character. Its knowledge and MCP servers are its project's: here they would be there twice. */
const shown = ['username', 'system', 'bio', 'lore', 'topics', 'adjectives', 'style', 'messageExamples'] as const;

/** Settings that mean something here as well. */
const settingsOfBoth = ['avatar', 'respond', 'price', 'voice'] as const;

const pick = (from: Readonly<Record<string, unknown>>, names: readonly string[]) =>
  Object.fromEntries(names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]]));

/**
 * What of it does not fit a character of ours is left out: a project says what its runtime takes, which is more. `memory` is off:
 * what a project's agent remembers is its plugins' affair.
 */
export function toLoadedCharacter({ id, character, plugins }: ProjectAgent, project: string): LoadedCharacter {
  const settings = { ...pick(asRecord(character.settings), settingsOfBoth), memory: false };
  const name = String(character.name);
  const wanted = { name, bio: [], ...pick(character, shown), settings, plugins: [...plugins] };
  const checked = checkCharacter(wanted);
  const fitting: Character = checked.ok ? checked.character : { name, bio: [], settings: { memory: false } };
  return { id, character: fitting, from: `project ${project}`, isHosted: true };
}

const asRecord = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
