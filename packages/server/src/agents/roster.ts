/** The agents that run: each a character with a model to think with. */
import type { Character } from 'elizad-protocol';
import { z } from 'zod';
import { type AgentDirectory, type AnswerRule, answerRules } from '../messaging/agent-directory.ts';
import { listAgents, upsertAgent } from '../storage/agents.ts';
import type { Database } from '../storage/sqlite.ts';
import type { LoadedCharacter } from './characters.ts';
import { elizaModel } from './models/eliza/eliza-model.ts';
import type { Model } from './models/model.ts';
import { buildSystemPrompt } from './system-prompt.ts';
import type { Price } from './trace.ts';

export type Agent = {
  readonly id: string;
  readonly name: string;
  readonly character: Character;
  readonly model: Model;
  readonly systemPrompt: string;
  /** When it answers in a group; see `listAddressees`. */
  readonly rule: AnswerRule | undefined;
  /** Whether it takes tools, notes and structured questions: the built-in Eliza does not. */
  readonly canAct: boolean;
  readonly price: Price | undefined;
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
    const agent = toAgent(id, character, model);
    const { name } = character;
    directory.put({ id, name, status: 'active', bio: [character.bio].flat(), model: model.name }, agent.rule);
    roster.set(id, agent);
  }
  return roster;
}

/** A character ready to run. What its settings say of another form than expected counts as not said. */
function toAgent(id: string, character: Character, model: Model): Agent {
  const { respond, price } = character.settings ?? {};
  const canAct = model !== elizaModel;
  return {
    id,
    name: character.name,
    character,
    model,
    systemPrompt: buildSystemPrompt(character),
    // The built-in Eliza cannot be asked whether it wants to.
    rule: answerRules.find((rule) => rule === respond && (canAct || rule !== 'decide')),
    canAct,
    price: priceSchema.safeParse(price).data,
  };
}

const priceSchema = z.object({ input: z.number().min(0), output: z.number().min(0) });

function withoutSecrets({ secrets: _secrets, settings, ...rest }: Character): Character {
  const { secrets: _nested, ...kept } = settings ?? {};
  return { ...rest, ...(settings && { settings: kept }) };
}
