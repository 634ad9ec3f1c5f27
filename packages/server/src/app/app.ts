/** The composition root: this folder alone constructs the parts and connects them. */
import { loadCharacters } from '../agents/characters/characters.ts';
import type { Roster } from '../agents/characters/roster.ts';
import { loadConfigFile } from '../agents/config/file.ts';
import { type Settings, version } from '../config.ts';
import { listPresent } from '../gateway/rooms.ts';
import { createLogStream } from '../observability/log-stream.ts';
import { openLogger } from '../observability/logger.ts';
import type { RestDeps } from '../rest/http/context.ts';
import { describeUrl, type Listening } from '../rest/listen.ts';
import { explainDamage } from '../storage/engine/sqlite/sqlite.ts';
import { runStart, runStop } from './lifecycle.ts';
import { openCompany } from './open-company.ts';
import { openEdges } from './open-edges.ts';
import { openRooms } from './open-rooms.ts';
import { openStore } from './open-store.ts';
import type { Leftover, Parts } from './parts.ts';

/** A running server. */
export type App = {
  /** Where clients connect, for example `http://127.0.0.1:3000`. */
  readonly url: string;
  readonly port: number;
  readonly roster: Roster;
  /** How many sockets are connected, in rooms or not. */
  countConnections(): number;
  /** Resolves when it has stopped, whoever asked for it; as `lost` where its store was deleted, moved or replaced. */
  readonly stopped: Promise<'asked' | 'lost'>;
  /** Stops gracefully: running answers end or are handed back, the store is closed clean. May be called twice. */
  stop(): Promise<void>;
};

/**
 * Starts a server and resolves once it accepts sockets.
 * Throws `StoreError`, `CharacterError`, `CannotListen`; what was opened by then is closed again.
 */
export async function startApp(settings: Settings, options: { pretty?: boolean } = {}): Promise<App> {
  try {
    return await start(settings, options);
  } catch (error) {
    throw explainDamage(error, settings.dataDir) ?? error;
  }
}

async function start(settings: Settings, { pretty = false }: { pretty?: boolean }): Promise<App> {
  const warnings: string[] = [];
  const warn = (text: string) => void warnings.push(text);
  const characters = await loadCharacters(settings.characters, settings.dataDir, warn, settings.projects.length === 0);
  const config = await loadConfigFile({ path: settings.config, directory: process.cwd(), warn });
  const logStream = createLogStream();
  const logger = await openLogger({ level: settings.logLevel, pretty, stream: logStream });
  for (const warning of warnings) logger.warn(warning);

  const stopped = Promise.withResolvers<'asked' | 'lost'>();
  let isStarted = false;
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    if (!isStarted) return;
    stopping ??= stopAll();
    await stopping;
  };
  const stopUnasked = () => void stop().catch((err) => logger.error({ err }, 'the server could not be stopped'));
  const stopAll = async () => {
    const patienceMs = store.isLost() ? 0 : settings.stopTimeoutMs;
    await runStop(parts, { patienceMs, clearsSessions: settings.clearSessionsOnStop });
    stopped.resolve(store.isLost() ? 'lost' : 'asked');
  };

  const store = await openStore(settings, { logger, logStream }, stopUnasked);
  const rooms = openRooms(settings, store);
  const edges = openEdges(settings, store, rooms, () => describeRest(parts, stopUnasked));
  const parts: Leftover = {
    settings,
    store,
    rooms,
    edges,
    unready: new Set(['starting']),
    letGo: new AbortController(),
  };
  try {
    const serverUrl = () => parts.listening && describeUrl(settings.host, parts.listening.port) + settings.basePath;
    parts.company = await openCompany(settings, store, rooms, { config, characters, serverUrl });
    await runStart(parts as Parts);
    isStarted = true;
  } catch (error) {
    await runStop(parts, { patienceMs: 0, clearsSessions: false });
    throw error;
  }
  if (store.isLost()) stopUnasked();
  const { port } = parts.listening as Listening;
  return {
    url: describeUrl(settings.host, port) + settings.basePath,
    port,
    roster: parts.company.agents.roster,
    countConnections: () => edges.io.engine.clientsCount,
    stopped: stopped.promise,
    stop,
  };
}

function describeRest(parts: Leftover, stop: () => void): RestDeps {
  if (!parts.company) throw new Error('a request came before the agents were there');
  const { settings, store, rooms, edges, company, unready, letGo } = parts;
  const { agents, jobs, chatSessions } = company;
  return {
    settings,
    checkKey: edges.checkKey,
    refuseCaller: edges.refuseCaller,
    version,
    logger: store.logger,
    logStream: store.logStream,
    messaging: rooms.messaging,
    told: store.told,
    stopping: letGo.signal,
    agents,
    cancelTurns: agents.worker.cancel,
    chatSessions,
    jobs,
    keptLog: store.keptLog,
    meterRing: edges.meterRing,
    listSockets: edges.doctor.list,
    listPresent: (channelId) => listPresent(edges.io, channelId),
    stop,
    listUnready: () => [...unready, ...(store.database.isFailing() ? ['storage'] : [])],
  };
}
