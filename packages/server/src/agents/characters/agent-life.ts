/**
 * How agents come, change and go while the server runs, by their files and over HTTP. Nothing that was said is lost by it:
 * a turn that runs goes on as it began, the next one has the new character, and what an agent had not begun when it went
 * ends with `agent-not-running`. One change at a time; each is on the disk before it counts.
 */
import { dirname } from 'node:path';
import { type Character, deriveId, ElizadError } from 'elizad-protocol';
import type { Settings } from '../../config.ts';
import type { Messaging } from '../../messaging/ground/context.ts';
import { deleteFilesOf } from '../../messaging/media/files.ts';
import { endWaitingTurns } from '../../messaging/posts/leaving-agent.ts';
import type { Logger } from '../../observability/logger.ts';
import { buryAgent, eraseMemory, listAgents, upsertAgent, upsertAgents } from '../../storage/turns/agents.ts';
import { cut } from '../actions/outcome.ts';
import type { LiveToolbox } from '../actions/toolbox.ts';
import type { LongTermMemory } from '../memory/long-term-memory.ts';
import {
  adopt,
  getCharacter,
  isKept,
  listForeign,
  readStanding,
  type Standing,
  toDraft,
  withEdit,
  withFile,
} from './agent-record.ts';
import { CharacterError, type LoadedCharacter, secretsOf, withoutSecrets } from './characters.ts';
import { assertAddresses } from './foreign-addresses.ts';
import type { LiveRoster } from './roster.ts';

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

/** Agents that are kept, at most, and letters of all their characters: they are kept in memory too. */
const mostAgents = 1_000;
const mostLetters = 32_000_000;

/** Plugins of a character that the log names. */
const mostNamed = 20;

type LifeDeps = {
  messaging: Messaging;
  roster: LiveRoster;
  toolbox: LiveToolbox;
  memory: LongTermMemory;
  settings: Pick<Settings, 'modelAddresses'>;
  logger: Logger;
};

/** Puts to work the agents of the files that are there, and those that were made over HTTP, but for those that shall rest. */
export async function openAgentLife(deps: LifeDeps, files: readonly LoadedCharacter[]): Promise<AgentLife> {
  const { messaging, roster, toolbox, memory, settings, logger } = deps;
  const { db } = messaging.database;
  const standings = new Map<string, Standing>();
  const sizes = new Map<string, number>();
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  }

  function get(id: string): Standing {
    const found = standings.get(id);
    if (!found) throw new ElizadError('agent-not-found');
    return found;
  }

  const isRunning = (id: string): boolean => roster.agents.has(id);

  /** Keeps a standing, then makes it count. */
  async function settle(wanted: Standing): Promise<Standing> {
    const { id } = wanted;
    const draft = toDraft(wanted);
    const row = await upsertAgent(db, draft);
    sizes.set(id, measure(draft));
    const standing = { ...wanted, createdAt: row.created_at, updatedAt: row.updated_at };
    const before = standings.get(id);
    standings.set(id, standing);
    const { name } = row;
    if (before && getCharacter(before).name !== name) await messaging.channels.rename(id, name);
    if (isKept(standing) && standing.isEnabled) await begin(standing);
    else await rest(standing);
    return standing;
  }

  async function begin(standing: Standing): Promise<void> {
    const { id, file } = standing;
    const character = getCharacter(standing);
    const { name, plugins = [], knowledge = [] } = character;
    if (plugins.length > 0) {
      const entry = { agentId: id, agentName: name, plugins: plugins.slice(0, mostNamed).map((one) => cut(one, 100)) };
      logger.info(entry, 'plugins in a character file have no effect here: see docs/actions.md');
    }
    await toolbox.update({ id, name, character, secrets: secretsOf(character) });
    roster.put({ id, character, foreign: listForeign(standing) });
    // One without a file names no others.
    await memory.loadKnowledge(id, knowledge, file && file.from !== 'built in' ? dirname(file.from) : process.cwd());
  }

  async function rest(standing: Standing): Promise<void> {
    const wasRunning = isRunning(standing.id);
    roster.rest({ id: standing.id, character: getCharacter(standing) });
    if (wasRunning) await toolbox.remove(standing.id);
  }

  async function replace(wanted: readonly LoadedCharacter[]): Promise<void> {
    for (const one of wanted) {
      const before = standings.get(one.id);
      if (before?.file && JSON.stringify(before.file) === JSON.stringify(one)) continue;
      const wasRunning = isRunning(one.id);
      const { isEnabled } = await settle(withFile(before, one));
      const entry = { agentId: one.id, agentName: one.character.name, from: one.from };
      if (!isEnabled) logger.info(entry, 'the agent has a new character and stays stopped');
      else logger.info(entry, wasRunning ? 'the agent has a new character' : 'the agent starts');
    }
    for (const standing of [...standings.values()]) {
      const { id, file } = standing;
      if (!file || wanted.some((one) => one.id === id)) continue;
      await settle({ ...standing, file: undefined, last: withoutSecrets(getCharacter(standing)) });
      logger.info({ agentId: id, agentName: file.character.name }, 'the agent was removed: its character file is gone');
    }
  }

  function assertNew(name: string, id?: string): void {
    for (const standing of standings.values())
      if (standing.id !== id && getCharacter(standing).name === name)
        throw new ElizadError('agent-exists', { issues: [{ path: 'name', message: `${name} is ${standing.id}` }] });
  }

  /** Throws `too-many-agents` where an agent would become larger than there is room for. */
  function assertRoom(wanted: Standing): void {
    const before = sizes.get(wanted.id) ?? 0;
    const size = measure(toDraft(wanted));
    const all = [...sizes.values()].reduce((sum, one) => sum + one, size - before);
    if (size > before && all > mostLetters) throw new ElizadError('too-many-agents');
  }

  /** As it may be changed or started: one that had lost its file needs none from then on. */
  function getOwn(id: string): Standing {
    const found = get(id);
    return isKept(found) ? found : adopt(found);
  }

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
    await settle(standing);
    if (standing.isEnabled || !isKept(standing)) continue;
    const entry = { agentId: standing.id, agentName: getCharacter(standing).name };
    logger.info(entry, `the agent stays stopped: start it with POST /api/agents/${standing.id}/start`);
  }

  return {
    list: () => [...standings.values()],
    get,
    isRunning,
    create: (character) =>
      inTurn(async () => {
        const id = character.id ?? (await deriveId(character.name));
        if (standings.has(id))
          throw new ElizadError('agent-exists', { issues: [{ path: 'id', message: `${id} is there` }] });
        assertNew(character.name);
        if (standings.size >= mostAgents) throw new ElizadError('too-many-agents');
        const times = { createdAt: 0, updatedAt: 0 };
        const fresh = { id, file: undefined, edit: undefined, last: character, isEnabled: false, ...times };
        const wanted = withEdit(fresh, character);
        assertRoom(wanted);
        await assertAddresses(fresh, wanted, settings.modelAddresses);
        const made = await settle(wanted);
        logger.info({ agentId: id, agentName: character.name }, 'an agent was created over HTTP');
        return made;
      }),
    change: (id, edit) =>
      inTurn(async () => {
        const before = getOwn(id);
        const had = getCharacter(before);
        const character = edit(had);
        if (character.name !== had.name) assertNew(character.name, id);
        const wanted = withEdit(before, character);
        assertRoom(wanted);
        await assertAddresses(before, wanted, settings.modelAddresses);
        const changed = await settle(wanted);
        logger.info({ agentId: id, agentName: character.name }, 'the agent was changed over HTTP');
        return changed;
      }),
    setEnabled: (id, isEnabled) =>
      inTurn(async () => {
        const before = get(id);
        if (before.isEnabled === isEnabled && isRunning(id) === isEnabled) return before;
        const changed = await settle({ ...(isEnabled ? getOwn(id) : before), isEnabled });
        const entry = { agentId: id, agentName: getCharacter(changed).name };
        logger.info(entry, isEnabled ? 'the agent was started over HTTP' : 'the agent was stopped over HTTP');
        return changed;
      }),
    remove: (id) =>
      inTurn(async () => {
        const standing = get(id);
        if (standing.file) throw new ElizadError('agent-has-a-file');
        await buryAgent(db, id);
        standings.delete(id);
        sizes.delete(id);
        roster.retire(id);
        await toolbox.remove(id);
        await endWaitingTurns(messaging, id);
        await messaging.channels.removeEverywhere(id);
        await deleteFilesOf(messaging, { kind: 'agent', id });
        await eraseMemory(db, id);
        logger.info({ agentId: id, agentName: getCharacter(standing).name }, 'the agent was deleted over HTTP');
      }),
    follow: (load) =>
      inTurn(async () => {
        try {
          await replace(await load());
        } catch (error) {
          if (error instanceof CharacterError) logger.error(`the agents were not changed: ${error.message}`);
          else logger.error({ err: error }, 'the agents were not changed');
        }
      }),
  };
}

const measure = ({ character, secrets }: ReturnType<typeof toDraft>): number =>
  character.length + (secrets?.length ?? 0);
