/** The agents that run: each a character with a model to think with. Stop 6 of the walk looks here for whose turn it is. */
import type { Character } from 'elizad-protocol';
import { z } from 'zod';
import { type AgentDirectory, type AnswerRule, answerRules } from '../../messaging/directories/agent-directory.ts';
import type { Toolbox } from '../actions/action.ts';
import { elizaModel } from '../models/eliza/eliza-model.ts';
import type { Embedder } from '../models/embedder.ts';
import type { Model } from '../models/model.ts';
import type { ModelCharacter } from '../models/providers/access.ts';
import type { Price } from '../runs/trace.ts';
import { shortenBio } from './brief.ts';
import type { LoadedCharacter } from './characters.ts';
import { buildSystemPrompt } from './system-prompt.ts';

export type Agent = {
  readonly id: string;
  readonly name: string;
  readonly character: Character;
  /** What says which models it has, and by whose word: all are chosen by this. */
  readonly modelCharacter: ModelCharacter;
  readonly model: Model;
  /** Agents of the same have the same model at the same address: where it hangs, it hangs for all of them. */
  readonly modelKey: string;
  /** What gives the meaning of what it remembers; without, its memories are found by their words. */
  readonly embedder: Embedder | undefined;
  readonly systemPrompt: string;
  /** When it answers in a group; see `listAddressees`. */
  readonly rule: AnswerRule | undefined;
  /** Whether it takes tools, notes and structured questions: the built-in Eliza does not. */
  readonly canAct: boolean;
  readonly price: Price | undefined;
};

/** Agents by id. */
export type Roster = ReadonlyMap<string, Agent>;

/** A roster that follows when agents come, change and go. What runs keeps the agent that it began with. */
export type LiveRoster = {
  readonly agents: Roster;
  /** Puts an agent to work, or one that works already under its new character. */
  put(agent: Pick<LoadedCharacter, 'id' | 'character'> & Pick<ModelCharacter, 'foreign'>): void;
  /** The agent is known as `inactive`; a turn that it has not begun ends with `agent-not-running`. */
  rest(agent: Pick<LoadedCharacter, 'id' | 'character'>): void;
  /** The agent is gone for good. */
  retire(id: string): void;
};

/** A roster of nobody. */
export function createRoster(
  directory: AgentDirectory,
  choose: (character: ModelCharacter, id: string) => Pick<Agent, 'model' | 'modelKey' | 'embedder'>,
  statusOf: Toolbox['statusOf'],
): LiveRoster {
  const agents = new Map<string, Agent>();
  return {
    agents,
    put({ id, character, foreign = [] }) {
      const { name, bio } = character;
      const modelCharacter = { ...character, foreign };
      const agent = toAgent(id, character, { modelCharacter, ...choose(modelCharacter, id) });
      const view = { id, name, status: 'active' as const, bio: shortenBio(bio), model: agent.model.name };
      // Without the details: they are for whoever runs the server, and are in the log.
      const listTools = () => statusOf(id).map((tool) => ({ name: tool.name, state: tool.state }));
      directory.put(view, { rule: agent.rule, listTools });
      agents.set(id, agent);
    },
    rest({ id, character: { name, bio } }) {
      agents.delete(id);
      directory.put({ id, name, status: 'inactive', bio: shortenBio(bio), model: null });
    },
    retire(id) {
      agents.delete(id);
      directory.retire(id);
    },
  };
}

/** A character ready to run. What its settings say of another form than expected counts as not said. */
function toAgent(
  id: string,
  character: Character,
  chosen: Pick<Agent, 'modelCharacter' | 'model' | 'modelKey' | 'embedder'>,
): Agent {
  const { respond, price } = character.settings ?? {};
  const { model } = chosen;
  const canAct = model !== elizaModel;
  return {
    id,
    name: character.name,
    character,
    ...chosen,
    systemPrompt: buildSystemPrompt(character),
    // The built-in Eliza cannot be asked whether it wants to.
    rule: answerRules.find((rule) => rule === respond && (canAct || rule !== 'decide')),
    canAct,
    price: priceSchema.safeParse(price).data,
  };
}

const priceSchema = z.object({ input: z.number().min(0), output: z.number().min(0) });
