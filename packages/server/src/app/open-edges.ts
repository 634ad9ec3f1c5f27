/** The edges: one HTTP server, with the Socket.IO server on it. Neither takes a connection before the server listens. */
import { createKeyGuard } from '../auth/key-guard.ts';
import { createRefuseCaller } from '../auth/refused-callers.ts';
import type { Settings } from '../config.ts';
import { createBroadcast, roomOf } from '../gateway/broadcast.ts';
import { openLogFeed } from '../gateway/log-feed.ts';
import { createMissedReader } from '../gateway/resume/missed.ts';
import { createResumeAdapter } from '../gateway/resume/resume-adapter.ts';
import { openSessions } from '../gateway/resume/socket-sessions.ts';
import { createTakeOut } from '../gateway/rooms.ts';
import { openSocketServer } from '../gateway/socket-server.ts';
import { openWireDoctor, type WireDoctor } from '../gateway/wire-doctor/wire-doctor.ts';
import { openMissedLog } from '../messaging/asking/missed-log.ts';
import { openMeterRing } from '../observability/meter-ring.ts';
import { defaultUnreadLimits, watchUnread } from '../pacing/unread.ts';
import { takeOffBasePath } from '../rest/base-path.ts';
import { createAddressFinder } from '../rest/http/address.ts';
import type { RestDeps } from '../rest/http/context.ts';
import { limitArrival } from '../rest/http/limits/arrival.ts';
import { limitDeparture } from '../rest/http/limits/departure.ts';
import { hintAtProxy } from '../rest/http/proxy-hint.ts';
import { createHttpServer } from '../rest/http-server.ts';
import type { Rooms } from './open-rooms.ts';
import type { Store } from './open-store.ts';

export type Edges = ReturnType<typeof openEdges>;

/** `describeRest` is called at the first request that needs a handler. */
export function openEdges(settings: Settings, store: Store, { messaging, above }: Rooms, describeRest: () => RestDeps) {
  const { database, told, logger, strangers, logStream } = store;
  const checkKey = createKeyGuard(settings.apiKey);
  const refuseCaller = createRefuseCaller(strangers, settings);
  const http = createHttpServer({ logger, strangers }, describeRest);
  const mostMissedBytes = 4 * settings.maxBacklogBytes;
  const { answers, agents } = messaging;
  const readMissed = createMissedReader({
    sessions: store.sockets,
    log: openMissedLog(database),
    told,
    answers,
    logger,
    mostMissedBytes,
  });
  const io = openSocketServer(http, {
    ...settings,
    checkKey,
    findAddress: createAddressFinder(settings.trustProxy),
    agents,
    strangers,
    refuseCaller,
    adapter: createResumeAdapter(readMissed, settings.fanOut, 2 * mostMissedBytes),
    onRefused: (...refusal) => doctor.refuse(...refusal),
  });
  limitArrival(http);
  const unread = watchUnread(defaultUnreadLimits(settings.maxBacklogBytes));
  limitDeparture(http, unread, ({ remoteAddress: address }) =>
    strangers.note({ kind: 'an answer was not read', address }),
  );
  hintAtProxy(http, settings, logger);
  takeOffBasePath(http, settings.basePath);
  const doctor: WireDoctor = openWireDoctor(io, { roomOf, findRoom: (id) => messaging.channels.find(id) });
  const sessions = openSessions(store.sockets);
  const logFeed = openLogFeed(io, logStream);
  above.broadcast = createBroadcast(io, told, doctor, createTakeOut({ io, logFeed }));
  const meterRing = openMeterRing(messaging.meters, () => io.of('/').sockets.size);
  return { http, io, checkKey, refuseCaller, unread, doctor, sessions, logFeed, meterRing };
}
