/** The agents that run: each a character with a model to think with. */
import type { Character } from 'elizad-protocol';
import type { AgentDirectory } from '../messaging/agent-directory.ts';
import { listAgents, upsertAgent } from '../storage/agents.ts';
import type { Database } from '../storage/sqlite.ts';
import type { LoadedCharacter } from './characters.ts';
import type { Model } from './models/model.ts';
import { buildSystemPrompt } from './system-prompt.ts';

export type Agent = {
  readonly id: string;
  readonly name: string;
  readonly character: Character;
  readonly model: Model;
  readonly systemPrompt: string;
};

/** Agents by id. */
export type Roster = ReadonlyMap<string, Agent>;

/**
 * Puts the characters to work and makes them known; agents of earlier starts stay known as `inactive`.
 * Secrets of a character are kept in memory only.
 */
export async function openRoster(
  { db }: Database,
  directory: AgentDirectory,
  characters: readonly LoadedCharacter[],
  chooseModel: (character: Character) => Model,
): Promise<Roster> {
  for (const { id, name, character } of await listAgents(db)) {
    const { bio } = JSON.parse(character) as Character;
    directory.put({ id, name, status: 'inactive', bio: [bio].flat(), model: null });
  }
  const roster = new Map<string, Agent>();
  for (const { id, character } of characters) {
    const model = chooseModel(character);
    await upsertAgent(db, { id, name: character.name, character: JSON.stringify(withoutSecrets(character)) });
    directory.put({ id, name: character.name, status: 'active', bio: [character.bio].flat(), model: model.name });
    roster.set(id, { id, name: character.name, character, model, systemPrompt: buildSystemPrompt(character) });
  }
  return roster;
}

function withoutSecrets({ secrets: _secrets, settings, ...rest }: Character): Character {
  const { secrets: _nested, ...kept } = settings ?? {};
  return { ...rest, ...(settings && { settings: kept }) };
}
