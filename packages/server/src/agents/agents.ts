/**
 * The agents of a server, put to work: their models, tools and memory, the breaker of their rooms, and the worker that
 * runs their turns. app/ opens it once. They change as their character files do, and over HTTP.
 */
import { readEnvironment, type Settings } from '../config.ts';
import type { Messaging } from '../messaging/ground/context.ts';
import type { Logger } from '../observability/logger.ts';
import { deleteOldTraces } from '../storage/turns/traces.ts';
import type { Toolbox } from './actions/action.ts';
import { createLazyToolbox } from './actions/lazy-toolbox.ts';
import { type AgentLife, openAgentLife } from './characters/agent-life.ts';
import { type LoadedCharacter, loadCharacters } from './characters/characters.ts';
import { createRoster, type Roster } from './characters/roster.ts';
import { watchCharacters } from './characters/watch.ts';
import type { LoadedConfig } from './config/loaded-config.ts';
import { createDirectAnswers, type DirectAnswers } from './direct-answers.ts';
import { createMemory, type LongTermMemory } from './memory/long-term-memory.ts';
import type { ModelCharacter } from './models/providers/access.ts';
import { chooseEmbedder } from './models/providers/choose-embedder.ts';
import { chooseModel, describeModelPlace } from './models/providers/choose-model.ts';
import { noProjects } from './projects/no-projects.ts';
import type { Projects } from './projects/projects.ts';
import { traceUsage } from './runs/trace.ts';
import { createTitles, type MakeTitle } from './titles.ts';
import { createBreaker } from './turn/breaker.ts';
import { createThinking } from './turn/thinking/thinking.ts';
import type { TurnDeps } from './turn/turn-deps.ts';
import { createTurnWorker, type TurnWorker } from './turn/worker.ts';

export type Agents = {
  readonly roster: Roster;
  readonly life: AgentLife;
  readonly memory: LongTermMemory;
  readonly worker: TurnWorker;
  readonly toolbox: Toolbox;
  readonly projects: Projects;
  readonly liveStages: TurnDeps['liveStages'];
  /** For who leads a conversation without a room. */
  readonly direct: DirectAnswers;
  /** A title for what was said in a room. */
  readonly makeTitle: MakeTitle;
  /** Forgets traces that are too old, or too many. */
  forgetOld(signal: AbortSignal): Promise<void>;
  /** Lets running turns end within `timeoutMs`; then everything that was opened is closed. */
  stop(timeoutMs: number): Promise<void>;
};

export type AgentsDeps = {
  messaging: Messaging;
  logger: Logger;
  settings: Settings;
  config: LoadedConfig;
  characters: readonly LoadedCharacter[];
  /** Once the server listens. */
  serverUrl(): string | undefined;
};

/** How long a project has to close what it has open, in ms. */
const projectStopMs = 700;

/** How long traces are kept, in ms, and how many at most. */
const keptTracesMs = 14 * 24 * 3_600_000;
const mostTraces = 200_000;

export async function openAgents(deps: AgentsDeps): Promise<Agents> {
  const { messaging, logger, settings, config, characters, serverUrl } = deps;
  const { database } = messaging;
  let follow = () => {};
  const ofProjects = { messaging, logger, settings, serverUrl, onAgents: () => follow() };
  const hasAny = settings.projects.length > 0;
  const projects = hasAny ? await (await import('./projects/projects.ts')).openProjects(ofProjects) : noProjects;
  const choose = (character: ModelCharacter, id: string) => {
    const hosted = projects.find(id);
    if (hosted) return { ...hosted, embedder: undefined };
    const withDefault = { ...character, settings: { model: settings.model, ...character.settings } };
    const model = chooseModel(withDefault, settings, logger);
    const modelKey = describeModelPlace(model, character, settings);
    return { model, modelKey, embedder: chooseEmbedder(character, settings, logger) };
  };
  const toolbox = createLazyToolbox({ shared: config, logger, env: readEnvironment() });
  const roster = createRoster(messaging.agents, choose, toolbox.statusOf);
  const { agents } = roster;
  const memory = createMemory({
    database,
    logger,
    modelOf: (id) => agents.get(id)?.model,
    embedderOf: (id) => agents.get(id)?.embedder,
    isRemembering: (id) => settings.memory === 'on' && agents.get(id)?.character.settings?.memory !== false,
    onUsage: (usage) => {
      const trace = traceUsage(usage, agents.get(usage.agentId));
      messaging.log
        .write({ kind: 'trace', trace })
        .catch((err) => logger.error({ err }, 'the cost could not be stored'));
    },
  });
  const life = await openAgentLife({ messaging, roster, toolbox, memory, settings, logger }, [
    ...characters,
    ...projects.listCharacters(),
  ]);
  const told = new Set<string>();
  const warn = (message: string) => {
    if (!told.has(message)) logger.warn(message);
    told.add(message);
  };
  const load = async () => [
    ...(await loadCharacters(settings.characters, settings.dataDir, warn, settings.projects.length === 0)),
    ...projects.listCharacters(),
  ];
  follow = () => void life.follow(load);
  const stopWatching = watchCharacters(settings.characters, settings.dataDir, () => life.follow(load));
  const breaker = createBreaker(messaging, settings);
  const liveStages: TurnDeps['liveStages'] = new Map();
  const titles = createTitles({ messaging, roster: agents, breaker, logger });
  const thinking = createThinking({
    messaging,
    toolbox,
    sources: [...memory.sources, ...config.contextSources],
    logger,
  });
  const worker = createTurnWorker(
    {
      messaging,
      roster: agents,
      runnerOf: (id) => projects.find(id)?.runner ?? thinking,
      hooks: { hooks: config.hooks, logger },
      breaker,
      liveStages,
      observe: memory.observe,
      logger,
    },
    { concurrency: settings.turnConcurrency, timeoutMs: settings.turnTimeoutMs },
  );
  const direct = createDirectAnswers(logger, settings.turnConcurrency);
  return {
    roster: agents,
    life,
    memory,
    worker,
    toolbox,
    projects,
    liveStages,
    direct,
    makeTitle: titles.makeTitle,
    forgetOld: (signal) =>
      deleteOldTraces(database.db, { before: Date.now() - keptTracesMs, most: mostTraces }, signal),
    async stop(timeoutMs) {
      await stopWatching();
      await titles.stop();
      await Promise.all([worker.stop(timeoutMs), direct.drain(timeoutMs)]);
      await projects.stop(projectStopMs);
      await Promise.all([memory.stop(), toolbox.stop()]);
    },
  };
}
