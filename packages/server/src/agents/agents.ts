/**
 * The agents of a server, put to work: their models, tools and memory, the breaker of their rooms, and the worker that
 * runs their turns. app.ts opens it once.
 */
import { dirname } from 'node:path';
import type { Character } from 'elizad-protocol';
import { readEnvironment, type Settings } from '../config.ts';
import type { Messaging } from '../messaging/messages.ts';
import type { Logger } from '../observability/logger.ts';
import { createId } from '../storage/ids.ts';
import { deleteOldTraces } from '../storage/traces.ts';
import type { Toolbox } from './actions/action.ts';
import { createBreaker } from './breaker.ts';
import type { LoadedCharacter } from './characters.ts';
import type { LoadedConfig } from './config-file.ts';
import type { Usage } from './memory/facts.ts';
import { createMemory } from './memory/long-term-memory.ts';
import { chooseEmbedder } from './models/choose-embedder.ts';
import { chooseModel } from './models/choose-model.ts';
import { openRoster, type Roster } from './roster.ts';
import { costOf } from './trace.ts';
import { createTurnWorker, type TurnWorker } from './turn-worker.ts';

export type Agents = {
  readonly roster: Roster;
  readonly worker: TurnWorker;
  readonly toolbox: Toolbox;
  /** Forgets traces that are too old, or too many. */
  forgetOld(): Promise<void>;
  /** Lets running turns end within `timeoutMs`; then everything that was opened is closed. */
  stop(timeoutMs: number): Promise<void>;
};

export type AgentsDeps = {
  messaging: Messaging;
  logger: Logger;
  settings: Settings;
  config: LoadedConfig;
  characters: readonly LoadedCharacter[];
};

/** How long traces are kept, in ms, and how many at most. */
const keptTracesMs = 14 * 24 * 3_600_000;
const mostTraces = 200_000;

export async function openAgents({ messaging, logger, settings, config, characters }: AgentsDeps): Promise<Agents> {
  const { database } = messaging;
  const choose = ({ settings: own, ...character }: Character) =>
    chooseModel({ ...character, settings: { model: settings.model, ...own } }, settings, logger);
  const roster = await openRoster(database, messaging.agents, characters, choose);
  const toolbox = await openToolbox(config, characters, logger);
  const spend = ({ agentId, channelId, inputTokens, outputTokens }: Usage) => {
    const { model, price } = roster.get(agentId) ?? {};
    const now = Date.now();
    const trace = {
      turn_id: createId(),
      agent_id: agentId,
      channel_id: channelId,
      message_id: '',
      started_at: now,
      ended_at: now,
      outcome: 'answered' as const,
      model: model?.name ?? '',
      input_tokens: inputTokens,
      output_tokens: outputTokens,
      cost: costOf(price, inputTokens, outputTokens),
      stages: '[]',
    };
    messaging.log.write({ trace }).catch((err) => logger.error({ err }, 'what was spent is not written down'));
  };
  const embedders = new Map(
    characters.map(({ id, character }) => [id, chooseEmbedder(character, settings, logger)] as const),
  );
  const memory = createMemory({
    database,
    logger,
    modelOf: (id) => roster.get(id)?.model,
    embedderOf: (id) => embedders.get(id),
    isRemembering: (id) => settings.memory === 'on' && roster.get(id)?.character.settings?.memory !== false,
    onUsage: spend,
  });
  for (const { id, character, from } of characters)
    await memory.loadKnowledge(id, character.knowledge ?? [], from === 'built in' ? process.cwd() : dirname(from));
  const worker = createTurnWorker(
    {
      messaging,
      roster,
      toolbox,
      sources: [...memory.sources, ...config.contextSources],
      hooks: { hooks: config.hooks, logger },
      breaker: createBreaker(messaging, settings),
      observe: memory.observe,
      logger,
    },
    { concurrency: settings.turnConcurrency, timeoutMs: settings.turnTimeoutMs },
  );
  return {
    roster,
    worker,
    toolbox,
    forgetOld: () => deleteOldTraces(database.db, Date.now() - keptTracesMs, mostTraces),
    async stop(timeoutMs) {
      await worker.stop(timeoutMs);
      await Promise.all([memory.stop(), toolbox.stop()]);
    },
  };
}

const noToolbox: Toolbox = { list: async () => [], statusOf: () => [], stop: async () => {} };

/** Loaded only where there is something in it: most servers have none, and start faster. */
async function openToolbox(
  config: LoadedConfig,
  characters: readonly LoadedCharacter[],
  logger: Logger,
): Promise<Toolbox> {
  const hasShared = config.actions.length > 0 || Object.keys(config.mcpServers).length > 0;
  if (!hasShared && !characters.some(({ character }) => character.settings?.mcp !== undefined)) return noToolbox;
  const { createToolbox } = await import('./actions/toolbox.ts');
  const agents = characters.map(({ id, character }) => {
    const nested = character.settings?.secrets;
    const secrets = { ...character.secrets, ...(typeof nested === 'object' && nested !== null ? nested : {}) };
    return { id, name: character.name, character, secrets: secrets as Record<string, unknown> };
  });
  return createToolbox({ config, agents, logger, env: readEnvironment() });
}
