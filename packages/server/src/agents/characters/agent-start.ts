/** Puts an agent to work with the character that counts, or to rest. It is on the disk before it counts. */
import { dirname } from 'node:path';
import type { Settings } from '../../config.ts';
import type { Messaging } from '../../messaging/ground/context.ts';
import type { Logger } from '../../observability/logger.ts';
import { upsertAgent } from '../../storage/turns/agents.ts';
import { cut } from '../actions/outcome.ts';
import type { LiveToolbox } from '../actions/toolbox.ts';
import type { LongTermMemory } from '../memory/long-term-memory.ts';
import { getCharacter, isKept, listForeign, type Standing, toDraft } from './agent-record.ts';
import { secretsOf } from './characters.ts';
import { type KeptAgents, measure } from './kept-agents.ts';
import type { LiveRoster } from './roster.ts';

export type AgentDeps = {
  messaging: Messaging;
  roster: LiveRoster;
  toolbox: LiveToolbox;
  memory: LongTermMemory;
  settings: Pick<Settings, 'modelAddresses'>;
  logger: Logger;
};

/** What the agents of a server need, and those that there are. */
export type AgentContext = AgentDeps & { kept: KeptAgents };

/** Plugins of a character that the log names. */
const mostNamed = 20;

export const isRunning = ({ roster }: AgentContext, id: string): boolean => roster.agents.has(id);

/** Keeps a standing, then starts the agent or lets it rest, as the standing says. */
export async function settleAgent(context: AgentContext, wanted: Standing): Promise<Standing> {
  const { messaging, kept } = context;
  const { id } = wanted;
  const draft = toDraft(wanted);
  const row = await upsertAgent(messaging.database.db, draft);
  kept.sizes.set(id, measure(draft));
  const standing = { ...wanted, createdAt: row.created_at, updatedAt: row.updated_at };
  const before = kept.standings.get(id);
  kept.standings.set(id, standing);
  const { name } = row;
  if (before && getCharacter(before).name !== name) await messaging.channels.rename(id, name);
  if (isKept(standing) && standing.isEnabled) await begin(context, standing);
  else await rest(context, standing);
  return standing;
}

async function begin({ toolbox, roster, memory, logger }: AgentContext, standing: Standing): Promise<void> {
  const { id, file } = standing;
  const character = getCharacter(standing);
  const { name, plugins = [], knowledge = [] } = character;
  if (plugins.length > 0 && !file?.isHosted) {
    const entry = { agentId: id, agentName: name, plugins: plugins.slice(0, mostNamed).map((one) => cut(one, 100)) };
    logger.info(entry, 'plugins in a character file have no effect here: see docs/actions.md');
  }
  await toolbox.update({ id, name, character, secrets: secretsOf(character) });
  roster.put({ id, character, foreign: listForeign(standing) });
  // One without a file names no others.
  await memory.loadKnowledge(id, knowledge, file && file.from !== 'built in' ? dirname(file.from) : process.cwd());
}

async function rest(context: AgentContext, standing: Standing): Promise<void> {
  const { roster, toolbox } = context;
  const wasRunning = isRunning(context, standing.id);
  roster.rest({ id: standing.id, character: getCharacter(standing) });
  if (wasRunning) await toolbox.remove(standing.id);
}
