/**
 * How agents come, change and go while the server runs, by their files and over HTTP. Nothing that was said is lost by it:
 * a turn that runs goes on as it began, the next one has the new character, and what an agent had not begun when it went
 * ends with `agent-not-running`. One change at a time; each is on the disk before it counts.
 */
import type { Character } from 'elizad-protocol';
import { eraseMemory, listAgents, upsertAgents } from '../../storage/turns/agents.ts';
import { changeAgent, createAgent, removeAgent, replaceAgents, setAgentEnabled } from './agent-changes.ts';
import { getCharacter, isKept, readStanding, type Standing, toDraft, withFile } from './agent-record.ts';
import { type AgentContext, type AgentDeps, isRunning, settleAgent } from './agent-start.ts';
import { CharacterError, type LoadedCharacter } from './characters.ts';
import { getStanding } from './kept-agents.ts';

export type AgentLife = {
  list(): Standing[];
  /** Throws `agent-not-found`. */
  get(id: string): Standing;
  isRunning(id: string): boolean;
  /** Keeps a new agent, which rests. Throws `agent-exists`, `too-many-agents` and `model-address-refused`. */
  create(character: Character): Promise<Standing>;
  /** Gives an agent another character, made from the one that it has. Throws `agent-not-found`, `agent-exists`, `model-address-refused` and what `edit` throws. */
  change(id: string, edit: (before: Character) => Character): Promise<Standing>;
  /** Lets it work, or rest, now and at every start. Throws `agent-not-found`. */
  setEnabled(id: string, isEnabled: boolean): Promise<Standing>;
  /** Deletes an agent for good. Throws `agent-not-found` and `agent-has-a-file`. */
  remove(id: string): Promise<void>;
  /**
   * Makes the agents of files those that `load` gives: new ones begin, changed ones change, the others go. Where it
   * throws, all stay as they are and the log says why.
   */
  follow(load: () => Promise<readonly LoadedCharacter[]>): Promise<void>;
};

/** Puts to work the agents of the files that are there, and those that were made over HTTP, but for those that shall rest. */
export async function openAgentLife(deps: AgentDeps, files: readonly LoadedCharacter[]): Promise<AgentLife> {
  const context: AgentContext = { ...deps, kept: { standings: new Map(), sizes: new Map() } };
  const { kept, logger } = context;
  await startAgents(context, files);
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  }

  return {
    list: () => [...kept.standings.values()],
    get: (id) => getStanding(kept, id),
    isRunning: (id) => isRunning(context, id),
    create: (character) => inTurn(() => createAgent(context, character)),
    change: (id, edit) => inTurn(() => changeAgent(context, id, edit)),
    setEnabled: (id, isEnabled) => inTurn(() => setAgentEnabled(context, id, isEnabled)),
    remove: (id) => inTurn(() => removeAgent(context, id)),
    follow: (load) =>
      inTurn(async () => {
        try {
          await replaceAgents(context, await load());
        } catch (error) {
          if (error instanceof CharacterError) logger.error(`the agents were not changed: ${error.message}`);
          else logger.error({ err: error }, 'the agents were not changed');
        }
      }),
  };
}

async function startAgents(context: AgentContext, files: readonly LoadedCharacter[]): Promise<void> {
  const { messaging, logger } = context;
  const { standings } = context.kept;
  const { db } = messaging.database;
  for (const row of await listAgents(db)) {
    if (row.deleted_at === null) standings.set(row.id, readStanding(row));
    else {
      messaging.agents.retire(row.id);
      await eraseMemory(db, row.id);
    }
  }
  for (const file of files) standings.set(file.id, withFile(standings.get(file.id), file));
  await upsertAgents(db, [...standings.values()].map(toDraft));
  for (const standing of [...standings.values()]) {
    await settleAgent(context, standing);
    if (standing.isEnabled || !isKept(standing)) continue;
    const entry = { agentId: standing.id, agentName: getCharacter(standing).name };
    logger.info(entry, `the agent stays stopped: start it with POST /api/agents/${standing.id}/start`);
  }
}
