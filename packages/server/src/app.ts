/** The composition root: the only file that constructs the parts and connects them. */
import { join } from 'node:path';
import { type Agents, openAgents } from './agents/agents.ts';
import { loadCharacters } from './agents/characters/characters.ts';
import type { Roster } from './agents/characters/roster.ts';
import { loadConfigFile } from './agents/config/file.ts';
import type { TurnWorker } from './agents/turn/worker.ts';
import { createKeyGuard } from './auth/key-guard.ts';
import { createRefuseCaller } from './auth/refused-callers.ts';
import { type Settings, version } from './config.ts';
import { createBroadcast, roomOf } from './gateway/broadcast.ts';
import { serveConnections } from './gateway/connection.ts';
import { openLogFeed } from './gateway/log-feed.ts';
import { createMissedReader } from './gateway/resume/missed.ts';
import { createResumeAdapter } from './gateway/resume/resume-adapter.ts';
import { openSessions } from './gateway/resume/socket-sessions.ts';
import { createTakeOut, listPresent } from './gateway/rooms.ts';
import { createSendRate } from './gateway/send-rate.ts';
import { closeSocketServer, openSocketServer, type SocketServerOptions } from './gateway/socket-server.ts';
import { openWireDoctor } from './gateway/wire-doctor/wire-doctor.ts';
import { createAgentDirectory } from './messaging/ground/agent-directory.ts';
import { createAnswers } from './messaging/ground/answers.ts';
import type { Broadcast } from './messaging/ground/broadcast.ts';
import { openChannelDirectory } from './messaging/ground/channel-directory.ts';
import type { Messaging } from './messaging/ground/context.ts';
import { startTelling } from './messaging/ground/log-position.ts';
import { createRoomFeed } from './messaging/ground/room-feed.ts';
import { type Jobs, openJobs } from './messaging/jobs.ts';
import { sweepFiles } from './messaging/media/files.ts';
import { defaultUnreadLimits, watchUnread } from './messaging/pacing/unread.ts';
import { finishErasures } from './messaging/rooms/erase-room.ts';
import { forgetQuietRooms } from './messaging/rooms/quiet-rooms.ts';
import { type ChatSessions, openChatSessions } from './messaging/sessions/chat-sessions.ts';
import { createLogStream } from './observability/log-stream.ts';
import { openLogger } from './observability/logger.ts';
import { openMeterRing } from './observability/meter-ring.ts';
import { createMeters } from './observability/meters.ts';
import { createRecentTimes } from './observability/recent-times.ts';
import { openStrangerLog } from './observability/stranger-log.ts';
import { takeOffBasePath } from './rest/base-path.ts';
import { createAddressFinder } from './rest/http/address.ts';
import { limitArrival } from './rest/http/arrival.ts';
import { limitDeparture } from './rest/http/departure.ts';
import { hintAtProxy } from './rest/http/proxy-hint.ts';
import { createHttpServer } from './rest/http-server.ts';
import { describeUrl, listen } from './rest/listen.ts';
import { describeOpenDir } from './storage/disk/data-dir.ts';
import { openDiskFiles } from './storage/disk/file-store.ts';
import type { Engine } from './storage/engine/engine.ts';
import { describeTrouble } from './storage/engine/sqlite/disk-guard.ts';
import { explainDamage, openSqlite } from './storage/engine/sqlite/sqlite.ts';
import { getLastPosition } from './storage/journal/history.ts';
import { openMessageLog } from './storage/journal/message-log.ts';
import { openKeptLog } from './storage/kept/server-log-lines.ts';
import { deleteSessionsBeyond } from './storage/rooms/socket-sessions.ts';
import { createClockWatch, startUpkeep } from './storage/upkeep.ts';

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

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** How long after it was last connected a socket may come back, in ms: 7 days, and those that are connected are noted once an hour. */
const keptSessionMs = 7 * dayMs + hourMs;

/** How many sockets may come back; of more, those that were connected last. Some 500 bytes each. */
const mostSessions = 500_000;

/**
 * Nothing is forgotten in the first minutes, in ms: whoever was connected before the start has come back by then, also
 * where the clock was set forward by weeks meanwhile.
 */
const graceMs = 10 * minuteMs;

/** How long a server that has lost its store still refuses what comes, in ms. */
const answerMs = 200;

/** How long HTTP requests have to end when the server stops, in ms. */
const letGoMs = 700;

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

/** Where the log ends. A store that cannot be read there is closed again. */
async function findEnd(database: Engine): Promise<number> {
  try {
    return await getLastPosition(database.db);
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function start(settings: Settings, options: { pretty?: boolean }): Promise<App> {
  const warnings: string[] = [];
  const warn = (text: string) => void warnings.push(text);
  const characters = await loadCharacters(settings.characters, settings.dataDir, warn);
  const config = await loadConfigFile({ path: settings.config, directory: process.cwd(), warn });
  const logStream = createLogStream();
  const logger = await openLogger({ level: settings.logLevel, pretty: options.pretty ?? false, stream: logStream });
  for (const warning of warnings) logger.warn(warning);
  const strangers = openStrangerLog(logger);
  let stopOnce = async () => {};
  const stopUnasked = () => void stopOnce().catch((err) => logger.error({ err }, 'the server could not be stopped'));
  let isLost = false;
  const database = await openSqlite(settings.dataDir, (trouble) => {
    logger[trouble === 'synced-again' ? 'warn' : 'fatal'](describeTrouble(trouble, settings.dataDir));
    if (trouble !== 'lost') return;
    isLost = true;
    // Whoever waits for an answer gets it.
    setTimeout(stopUnasked, answerMs);
  });
  const told = startTelling(await findEnd(database));
  const openDir = describeOpenDir(settings.dataDir);
  if (openDir !== undefined) logger.warn(openDir);
  const keptLog = openKeptLog(database, logStream, settings.logKept);
  const checkKey = createKeyGuard(settings.apiKey);
  const refuseCaller = createRefuseCaller(strangers, settings);
  const findAddress = createAddressFinder(settings.trustProxy);
  const unready = new Set(['starting']);
  const letGo = new AbortController();
  const http = createHttpServer({ logger, strangers }, () => {
    if (!company || !jobs || !chatSessions) throw new Error('a request came before the agents were there');
    return {
      settings,
      checkKey,
      refuseCaller,
      version,
      logger,
      logStream,
      messaging,
      told,
      stopping: letGo.signal,
      agents: company,
      cancelTurns: company.worker.cancel,
      chatSessions,
      jobs,
      keptLog,
      meterRing,
      listSockets: doctor.list,
      listPresent: (channelId) => listPresent(io, channelId),
      stop: stopUnasked,
      listUnready: () => [...unready, ...(database.isFailing() ? ['storage'] : [])],
    };
  });
  const agents = createAgentDirectory();
  const feed = createRoomFeed();
  const broadcast: Broadcast = (...event) => {
    broadcastToSockets(...event);
    feed.tell(...event);
  };
  const answers = createAnswers(broadcast);
  const mostMissedBytes = 4 * settings.maxBacklogBytes;
  const readMissed = createMissedReader({
    database,
    told,
    answers,
    logger,
    mostMissedBytes,
  });
  const adapter = createResumeAdapter(readMissed, settings.fanOut, 2 * mostMissedBytes);
  const onRefused: SocketServerOptions['onRefused'] = (...refusal) => doctor.refuse(...refusal);
  const io = openSocketServer(http, {
    ...settings,
    checkKey,
    findAddress,
    agents,
    strangers,
    refuseCaller,
    adapter,
    onRefused,
  });
  limitArrival(http);
  const unread = watchUnread(defaultUnreadLimits(settings.maxBacklogBytes));
  limitDeparture(http, unread, ({ remoteAddress: address }) =>
    strangers.note({ kind: 'an answer was not read', address }),
  );
  hintAtProxy(http, settings, logger);
  takeOffBasePath(http, settings.basePath);
  const doctor = openWireDoctor(io, { roomOf, findRoom: (id) => messaging.channels.find(id) });
  const sessions = openSessions(database);
  const logFeed = openLogFeed(io, logStream);
  const broadcastToSockets = createBroadcast(io, told, doctor, createTakeOut({ io, sessions, logFeed, logger }));
  const meters = createMeters();
  const meterRing = openMeterRing(meters, () => io.of('/').sockets.size);
  let company: Agents | undefined;
  let turns: TurnWorker | undefined;
  let jobs: Jobs | undefined;
  let chatSessions: ChatSessions | undefined;
  const messaging: Messaging = {
    database,
    files: openDiskFiles(join(settings.dataDir, 'files')),
    agents,
    channels: openChannelDirectory(database),
    log: openMessageLog(
      database,
      (outcome) => {
        meters.turnsEnded[outcome] += 1;
      },
      { inRoom: settings.maxRoomTurns, inAll: settings.maxOpenTurns },
    ),
    broadcast,
    feed,
    answers,
    meters,
    storedAt: createRecentTimes(),
    wake: (...lanes) => turns?.wake(...lanes),
    supersede: (...event) => {
      turns?.supersede(...event).catch((err) => logger.error({ err }, 'earlier turns go on'));
    },
    limits: settings,
  };
  const closeStore = async () => {
    unread.stop();
    meterRing.stop();
    await messaging.log.drain();
    strangers.stop();
    await keptLog.stop();
    await database.close();
  };
  try {
    company = await openAgents({ messaging, logger, settings, config, characters });
    const { roster, worker } = company;
    turns = worker;
    jobs = openJobs({
      messaging,
      cancelTurns: worker.cancel,
      onError: (err) => logger.error({ err }, 'a job could not be looked after'),
    });
    chatSessions = openChatSessions({
      messaging,
      limits: {
        timeoutMinutes: settings.sessionTimeoutMinutes,
        minTimeoutMinutes: settings.sessionMinTimeoutMinutes,
        maxTimeoutMinutes: settings.sessionMaxTimeoutMinutes,
        maxDurationMinutes: settings.sessionMaxDurationMinutes,
        warningThresholdMinutes: settings.sessionWarningMinutes,
        autoRenew: settings.sessionAutoRenew,
      },
      keptMs: settings.sessionKeptMinutes * 60_000,
      settingsOf: (id) => roster.get(id)?.character.settings,
      onError: (err) => logger.error({ err }, 'sessions could not be looked after'),
    });
    const { maxPayloadBytes, maxTextLength, maxRooms, maxSendsPerSecond, maxUploadBytes, maxBacklogBytes } = settings;
    serveConnections({
      io,
      told,
      messaging,
      worker,
      sessions,
      checkSendRate: createSendRate(settings.maxSendsPerSecond),
      logFeed,
      doctor,
      logger,
      unread,
      limits: { maxPayloadBytes, maxTextLength, maxRooms, maxSendsPerSecond, maxUploadBytes, maxBacklogBytes },
      version,
    });
    await finishErasures(messaging, worker.cancel);
    const listening = await listen(http, settings);
    await worker.start();
    await jobs.start();
    unready.clear();
    const { forgetOld: forgetTraces } = company;
    const { forgetOld: forgetJobs } = jobs;
    const often = { firstMs: graceMs, everyMs: minuteMs, isByAge: true };
    const upkeep = startUpkeep(
      [
        {
          what: 'old sessions stay',
          ...often,
          run: (signal) => sessions.forgetBefore(Date.now() - keptSessionMs, io.of('/').sockets.values(), signal),
        },
        {
          what: 'more sessions stay than there may be',
          firstMs: graceMs,
          everyMs: hourMs,
          run: (signal) => deleteSessionsBeyond(database.db, mostSessions, signal),
        },
        { what: 'old traces stay', ...often, run: forgetTraces },
        { what: 'old jobs stay', ...often, run: forgetJobs },
        {
          what: 'rooms that nobody uses stay',
          firstMs: graceMs,
          everyMs: dayMs,
          isByAge: true,
          run: (signal) =>
            forgetQuietRooms(messaging, worker.cancel, {
              keptDays: settings.roomKeptDays,
              isOccupied: (id) => io.of('/').adapter.rooms.has(roomOf(id)),
              signal,
            }),
        },
        { what: 'files that nobody has stay', firstMs: 0, everyMs: dayMs, run: () => sweepFiles(messaging, logger) },
        {
          what: 'sessions grow old',
          firstMs: hourMs,
          everyMs: hourMs,
          run: () => sessions.keep(io.of('/').sockets.values()),
        },
      ],
      logger,
      createClockWatch(graceMs),
    );
    let stopping: Promise<void> | undefined;
    const stopped = Promise.withResolvers<'asked' | 'lost'>();
    const stop = async () => {
      unready.add('stopping');
      await jobs?.stop();
      await chatSessions?.stop(settings.clearSessionsOnStop);
      const closed = listening.close();
      await company?.stop(isLost ? 0 : settings.stopTimeoutMs);
      letGo.abort();
      // Engine.IO waits until no connection is left: those that were let go are idle now, what still hangs is cut.
      const idle = setInterval(() => http.closeIdleConnections(), 50);
      const cut = setTimeout(() => http.closeAllConnections(), letGoMs);
      await closeSocketServer(io);
      await closed;
      clearInterval(idle);
      clearTimeout(cut);
      await upkeep.stop();
      await closeStore();
      stopped.resolve(isLost ? 'lost' : 'asked');
    };
    stopOnce = () => (stopping ??= stop());
    const { port } = listening;
    return {
      url: describeUrl(settings.host, port) + settings.basePath,
      port,
      roster,
      countConnections: () => io.engine.clientsCount,
      stopped: stopped.promise,
      stop: stopOnce,
    };
  } catch (error) {
    await jobs?.stop();
    await chatSessions?.stop(false);
    await company?.stop(0);
    await io.close();
    await closeStore();
    throw error;
  }
}
