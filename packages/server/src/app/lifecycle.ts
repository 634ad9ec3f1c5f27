/** The order of the start and of the stop. What opens earlier closes later. */
import { version } from '../config.ts';
import { serveConnections } from '../gateway/connection.ts';
import { createSendRate } from '../gateway/send-rate.ts';
import { closeSocketServer } from '../gateway/socket-server.ts';
import { finishErasures } from '../messaging/rooms/erase-room.ts';
import { listen } from '../rest/listen.ts';
import { graceMs, listChores } from './chores.ts';
import type { Leftover, Parts } from './parts.ts';
import { createClockWatch, startUpkeep } from './upkeep.ts';

type Stop = { readonly patienceMs: number; readonly clearsSessions: boolean };

/** How long HTTP requests have to end when the server stops, in ms. */
const letGoMs = 700;

const startOrder: readonly ((parts: Parts) => unknown)[] = [
  takeSockets,
  ({ rooms, company }) => finishErasures(rooms.messaging, company.agents.worker.cancel),
  async (parts) => {
    parts.listening = await listen(parts.edges.http, parts.settings);
  },
  ({ company }) => company.agents.worker.start(),
  ({ company }) => company.jobs.start(),
  ({ unready }) => unready.clear(),
  (parts) => {
    parts.upkeep = startUpkeep(listChores(parts), parts.store.logger, createClockWatch(graceMs));
  },
];

const stopOrder: readonly ((parts: Leftover, stop: Stop) => unknown)[] = [
  ({ unready }) => unready.add('stopping'),
  ({ company }) => company?.jobs.stop(),
  ({ company }, { clearsSessions }) => company?.chatSessions.stop(clearsSessions),
  closeEdges,
  ({ upkeep }) => upkeep?.stop(),
  closeStore,
];

export async function runStart(parts: Parts): Promise<void> {
  for (const step of startOrder) await step(parts);
}

export async function runStop(parts: Leftover, stop: Stop): Promise<void> {
  for (const step of stopOrder) await step(parts, stop);
}

function takeSockets({ settings, store, rooms, edges, company }: Parts): void {
  const { maxPayloadBytes, maxTextLength, maxRooms, maxSendsPerSecond, maxUploadBytes, maxBacklogBytes } = settings;
  serveConnections({
    io: edges.io,
    told: store.told,
    messaging: rooms.messaging,
    worker: company.agents.worker,
    sessions: edges.sessions,
    checkSendRate: createSendRate(maxSendsPerSecond),
    logFeed: edges.logFeed,
    doctor: edges.doctor,
    logger: store.logger,
    unread: edges.unread,
    limits: { maxPayloadBytes, maxTextLength, maxRooms, maxSendsPerSecond, maxUploadBytes, maxBacklogBytes },
    version,
  });
}

/** No new connection; then running turns end, those who wait are let go, and every connection is closed. */
async function closeEdges({ edges, company, listening, letGo }: Leftover, { patienceMs }: Stop): Promise<void> {
  const { http, io } = edges;
  const closed = listening?.close();
  await company?.agents.stop(patienceMs);
  letGo.abort();
  // Engine.IO waits until no connection is left: those that were let go are idle now, what still hangs is cut.
  const idle = setInterval(() => http.closeIdleConnections(), 50);
  const cut = setTimeout(() => http.closeAllConnections(), letGoMs);
  await closeSocketServer(io);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
}

async function closeStore({ store, rooms, edges }: Leftover): Promise<void> {
  edges.unread.stop();
  edges.meterRing.stop();
  await rooms.messaging.log.drain();
  store.strangers.stop();
  await store.keptLog.stop();
  await store.database.close();
}
