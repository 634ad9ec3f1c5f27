/** Who watches which sockets: what those send and get, summed up, is kept and handed on while somebody does. */
import { ElizadError, encodeEvent, type WireRecord } from 'elizad-protocol';
import type { GatewayServer, GatewaySocket } from '../socket-data.ts';

/** Records kept of one socket, and sockets of which they are kept. */
const mostRecords = 100;
const mostSockets = 1_000;

/** Sockets that may watch at one time, and records that may wait for one of them. */
const mostWatchers = 20;
const mostWaiting = 500;

const batchMs = 100;

/** A summary, shared by all sockets that it is about. */
export type Summary = Omit<WireRecord, 'socketId'>;
type Watcher = { only: string | undefined; waiting: WireRecord[]; dropped: number };

export type WireWatch = {
  isWatched(): boolean;
  /** Sockets that somebody watches and nothing else. */
  listWatchedAlone(): string[];
  watch(socket: GatewaySocket, only: string | undefined): void;
  unwatch(socketId: string): void;
  record(socketId: string, summary: Summary): void;
  /** A socket is gone: as a watcher, and with what was kept of it. */
  forget(socketId: string): void;
};

export function openWireWatch(io: GatewayServer): WireWatch {
  const watchers = new Map<string, Watcher>();
  const kept = new Map<string, Summary[]>();
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    timer = undefined;
    for (const [socketId, watcher] of watchers) {
      const { waiting: events, dropped } = watcher;
      if (events.length === 0 && dropped === 0) continue;
      // An event that came in is known when it was answered, after what it caused.
      events.sort((a, b) => a.time - b.time || a.direction.localeCompare(b.direction));
      Object.assign(watcher, { waiting: [], dropped: 0 });
      const socket = io.sockets.sockets.get(socketId);
      // Past the broadcast, which would be watched in turn.
      for (const [event, payload] of encodeEvent('wire-watched', { events, dropped }))
        socket?.emit(event, payload as never);
    }
  }

  const flushSoon = () => (timer ??= setTimeout(flush, batchMs).unref());

  function unwatch(socketId: string): void {
    watchers.delete(socketId);
    if (watchers.size === 0) kept.clear();
  }

  function keep(socketId: string, summary: Summary): void {
    const records = kept.get(socketId);
    if (records) {
      records.push(summary);
      if (records.length > mostRecords) records.shift();
    } else if (kept.size < mostSockets) kept.set(socketId, [summary]);
  }

  return {
    isWatched: () => watchers.size > 0,
    listWatchedAlone: () => [...watchers.values()].flatMap(({ only }) => only ?? []),
    watch({ id, connected }, only) {
      // What a socket sent last is handled after it left; nobody would take it off the list again.
      if (!connected) return;
      if (!watchers.has(id) && watchers.size >= mostWatchers) throw new ElizadError('too-many-watchers');
      const watcher: Watcher = { only, waiting: [], dropped: 0 };
      watchers.set(id, watcher);
      for (const summary of (only && kept.get(only)) || [])
        watcher.waiting.push({ socketId: only as string, ...summary });
      if (watcher.waiting.length > 0) flushSoon();
    },
    unwatch,
    record(socketId, summary) {
      keep(socketId, summary);
      for (const watcher of watchers.values()) {
        if (watcher.only !== undefined && watcher.only !== socketId) continue;
        if (watcher.waiting.length < mostWaiting) watcher.waiting.push({ socketId, ...summary });
        else watcher.dropped++;
        flushSoon();
      }
    },
    forget(socketId) {
      kept.delete(socketId);
      unwatch(socketId);
    },
  };
}
