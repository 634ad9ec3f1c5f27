/**
 * How agents come, change and go while the server runs. Nothing that was said is lost by it: a turn that runs goes on as it
 * began, the next one has the new character, and what an agent had not begun when it went ends with `agent-not-running`.
 */
import { dirname } from 'node:path';
import type { Logger } from '../observability/logger.ts';
import type { LiveToolbox } from './actions/toolbox.ts';
import { CharacterError, type LoadedCharacter, secretsOf } from './characters.ts';
import type { LongTermMemory } from './memory/long-term-memory.ts';
import type { LiveRoster } from './roster.ts';

export type AgentLife = {
  /** Puts an agent to work, or gives one that works its new character. */
  put(loaded: LoadedCharacter): Promise<void>;
  /**
   * Makes the running agents those that `load` gives: new ones begin, changed ones change, the others go. Where it
   * throws, all stay as they are and the log says why.
   */
  follow(load: () => Promise<readonly LoadedCharacter[]>): Promise<void>;
};

export function createAgentLife(deps: {
  roster: LiveRoster;
  toolbox: LiveToolbox;
  memory: LongTermMemory;
  logger: Logger;
}): AgentLife {
  const { roster, toolbox, memory, logger } = deps;
  const running = new Map<string, LoadedCharacter>();

  async function put(loaded: LoadedCharacter): Promise<void> {
    const { id, character, from } = loaded;
    const { name, plugins = [] } = character;
    if (plugins.length > 0) {
      const entry = { agentId: id, agentName: name, plugins };
      logger.info(entry, 'plugins of a character file have no effect here: see docs/actions.md');
    }
    await toolbox.update({ id, name, character, secrets: secretsOf(character) });
    await roster.put(loaded);
    const folder = from === 'built in' ? process.cwd() : dirname(from);
    await memory.loadKnowledge(id, character.knowledge ?? [], folder);
    running.set(id, loaded);
  }

  async function remove(id: string): Promise<void> {
    roster.remove(id);
    running.delete(id);
    await toolbox.remove(id);
  }

  async function replace(wanted: readonly LoadedCharacter[]): Promise<void> {
    for (const one of wanted) {
      const { id, from, character } = one;
      const before = running.get(id);
      if (before && JSON.stringify(before) === JSON.stringify(one)) continue;
      await put(one);
      const entry = { agentId: id, agentName: character.name, from };
      logger.info(entry, before ? 'the agent has its new character' : 'the agent begins');
    }
    for (const { id, character } of [...running.values()].filter(({ id }) => !wanted.some((one) => one.id === id))) {
      await remove(id);
      logger.info({ agentId: id, agentName: character.name }, 'the agent goes: its character file is gone');
    }
  }

  return {
    put,
    async follow(load) {
      try {
        await replace(await load());
      } catch (error) {
        if (error instanceof CharacterError) logger.error(`the agents stay as they are: ${error.message}`);
        else logger.error({ err: error }, 'the agents stay as they are');
      }
    },
  };
}
