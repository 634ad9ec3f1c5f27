/** What may be done to an agent: it is made, changed, started, stopped and deleted over HTTP, and follows its character file. */
import { type Character, deriveId, ElizadError } from 'elizad-protocol';
import { deleteFilesOf } from '../../messaging/media/files.ts';
import { endWaitingTurns } from '../../messaging/posts/leaving-agent.ts';
import { buryAgent, eraseMemory } from '../../storage/turns/agents.ts';
import { getCharacter, type Standing, withEdit, withFile } from './agent-record.ts';
import { type AgentContext, isRunning, settleAgent } from './agent-start.ts';
import { type LoadedCharacter, withoutSecrets } from './characters.ts';
import { assertAddresses } from './foreign-addresses.ts';
import { assertFreeName, assertNew, assertRoom, getOwnStanding, getStanding } from './kept-agents.ts';

export async function createAgent(context: AgentContext, character: Character): Promise<Standing> {
  const { kept, settings, logger } = context;
  const id = character.id ?? (await deriveId(character.name));
  assertNew(kept, id, character.name);
  const times = { createdAt: 0, updatedAt: 0 };
  const fresh = { id, file: undefined, edit: undefined, last: character, isEnabled: false, ...times };
  const wanted = withEdit(fresh, character);
  assertRoom(kept, wanted);
  await assertAddresses(fresh, wanted, settings.modelAddresses);
  const made = await settleAgent(context, wanted);
  logger.info({ agentId: id, agentName: character.name }, 'an agent was created over HTTP');
  return made;
}

export async function changeAgent(
  context: AgentContext,
  id: string,
  edit: (before: Character) => Character,
): Promise<Standing> {
  const { kept, settings, logger } = context;
  const before = getOwnStanding(kept, id);
  const had = getCharacter(before);
  const character = edit(had);
  if (character.name !== had.name) assertFreeName(kept, character.name, id);
  const wanted = withEdit(before, character);
  assertRoom(kept, wanted);
  await assertAddresses(before, wanted, settings.modelAddresses);
  const changed = await settleAgent(context, wanted);
  logger.info({ agentId: id, agentName: character.name }, 'the agent was changed over HTTP');
  return changed;
}

export async function setAgentEnabled(context: AgentContext, id: string, isEnabled: boolean): Promise<Standing> {
  const { kept, logger } = context;
  const before = getStanding(kept, id);
  if (before.isEnabled === isEnabled && isRunning(context, id) === isEnabled) return before;
  const changed = await settleAgent(context, { ...(isEnabled ? getOwnStanding(kept, id) : before), isEnabled });
  const entry = { agentId: id, agentName: getCharacter(changed).name };
  logger.info(entry, isEnabled ? 'the agent was started over HTTP' : 'the agent was stopped over HTTP');
  return changed;
}

export async function removeAgent(context: AgentContext, id: string): Promise<void> {
  const { messaging, kept, roster, toolbox, logger } = context;
  const { db } = messaging.database;
  const standing = getStanding(kept, id);
  if (standing.file) throw new ElizadError('agent-has-a-file');
  await buryAgent(db, id);
  kept.standings.delete(id);
  kept.sizes.delete(id);
  roster.retire(id);
  await toolbox.remove(id);
  await endWaitingTurns(messaging, id);
  await messaging.channels.removeEverywhere(id);
  await deleteFilesOf(messaging, { kind: 'agent', id });
  await eraseMemory(db, id);
  logger.info({ agentId: id, agentName: getCharacter(standing).name }, 'the agent was deleted over HTTP');
}

/** Makes the agents of files those that are wanted: new ones begin, changed ones change, the others go. */
export async function replaceAgents(context: AgentContext, wanted: readonly LoadedCharacter[]): Promise<void> {
  const { standings } = context.kept;
  const { logger } = context;
  for (const one of wanted) {
    const before = standings.get(one.id);
    if (before?.file && JSON.stringify(before.file) === JSON.stringify(one)) continue;
    const wasRunning = isRunning(context, one.id);
    const { isEnabled } = await settleAgent(context, withFile(before, one));
    const entry = { agentId: one.id, agentName: one.character.name, from: one.from };
    if (!isEnabled) logger.info(entry, 'the agent has a new character and stays stopped');
    else logger.info(entry, wasRunning ? 'the agent has a new character' : 'the agent starts');
  }
  for (const standing of [...standings.values()]) {
    const { id, file } = standing;
    if (!file || wanted.some((one) => one.id === id)) continue;
    await settleAgent(context, { ...standing, file: undefined, last: withoutSecrets(getCharacter(standing)) });
    logger.info({ agentId: id, agentName: file.character.name }, 'the agent was removed: its character file is gone');
  }
}
