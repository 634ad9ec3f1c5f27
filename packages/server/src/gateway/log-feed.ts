/** Who hears which log entries: sockets that subscribed, by their filters, and sockets that joined with an agent, its own. */
import { encodeEvent, type Frame, type LogLine } from 'elizad-protocol';
import { type LogStream, levelNumber } from '../observability/log-stream.ts';
import type { GatewayServer, GatewaySocket, Listening, LogFilters } from './socket-data.ts';

export type LogFeed = {
  /** With `isBatched` entries come together, a few times a second. */
  subscribe(socket: GatewaySocket, isBatched?: boolean): void;
  unsubscribe(socket: GatewaySocket): void;
  /** Narrows a subscription; returns the filters in force, or nothing where there is no subscription. */
  filter(socket: GatewaySocket, change: Partial<LogFilters>): LogFilters | undefined;
  follow(socket: GatewaySocket, agentId: string, channelId: string): void;
  unfollow(socket: GatewaySocket, channelId: string): void;
  /** A socket came back: it hears what it heard before. */
  resume(socket: GatewaySocket): void;
  forget(socketId: string): void;
};

const batchMs = 100;
/** More do not wait: a packet has its bounds. */
const mostInBatch = 2_000;

/** What a socket hears is kept with the socket (`data.listening`), so that it is saved with it. */
export function openLogFeed(io: GatewayServer, stream: LogStream): LogFeed {
  const listeners = new Map<string, Listening>();
  let stopListening: (() => void) | undefined;
  /** Entries that wait for their batch, by socket. */
  const waiting = new Map<string, LogLine[]>();
  let timer: NodeJS.Timeout | undefined;

  const emit = (socketId: string, frames: readonly Frame[]) => {
    const socket = io.sockets.sockets.get(socketId);
    for (const [event, payload] of frames) socket?.emit(event, payload as never);
  };

  function send(line: LogLine): void {
    const frames = encodeEvent('logged', line);
    for (const [socketId, listening] of listeners) {
      if (!hears(listening, line)) continue;
      if (listening.isBatched) keepForBatch(socketId, line);
      else emit(socketId, frames);
    }
  }

  function keepForBatch(socketId: string, line: LogLine): void {
    const lines = waiting.get(socketId);
    if (lines) lines.push(line);
    else waiting.set(socketId, [line]);
    if (lines?.length === mostInBatch) sendBatches();
    else timer ??= setTimeout(sendBatches, batchMs).unref();
  }

  function sendBatches(): void {
    clearTimeout(timer);
    timer = undefined;
    for (const [socketId, entries] of waiting) emit(socketId, encodeEvent('logged-many', { entries }));
    waiting.clear();
  }

  /** The log is read only while somebody listens. */
  function listen(): void {
    if (listeners.size > 0) stopListening ??= stream.subscribe(send);
    else {
      stopListening?.();
      stopListening = undefined;
    }
  }

  function change({ id, data, connected }: GatewaySocket, edit: (listening: Listening) => void): void {
    // What a socket sent last is handled after it left; nobody would take it off the list again.
    if (!connected) return;
    data.listening ??= { agents: {} };
    edit(data.listening);
    if (data.listening.filters || Object.keys(data.listening.agents).length > 0) listeners.set(id, data.listening);
    else listeners.delete(id);
    listen();
  }

  return {
    subscribe: (socket, isBatched = false) =>
      change(socket, (listening) => {
        listening.filters ??= { agentName: 'all', level: 'all' };
        listening.isBatched = isBatched;
      }),
    unsubscribe: (socket) =>
      change(socket, (listening) => {
        // What it hears of its agents comes one by one again, and not before what waits.
        sendBatches();
        delete listening.filters;
        delete listening.isBatched;
      }),
    filter({ data: { listening } }, wanted) {
      if (!listening?.filters) return undefined;
      for (const key of ['agentName', 'level'] as const)
        if (wanted[key] !== undefined) Object.assign(listening.filters, { [key]: wanted[key] });
      return listening.filters;
    },
    follow: (socket, agentId, channelId) =>
      change(socket, ({ agents }) => {
        agents[channelId] = [...new Set([...(agents[channelId] ?? []), agentId])];
      }),
    unfollow: (socket, channelId) => change(socket, ({ agents }) => delete agents[channelId]),
    resume: (socket) => change(socket, () => {}),
    forget(socketId) {
      listeners.delete(socketId);
      waiting.delete(socketId);
      listen();
    },
  };
}

function hears({ filters, agents }: Listening, line: LogLine): boolean {
  for (const followed of Object.values(agents))
    if (line.agentId !== undefined && followed.includes(line.agentId)) return true;
  if (!filters || line.level < levelNumber(filters.level)) return false;
  return filters.agentName === 'all' || filters.agentName === line.agentName;
}
