/** Who hears which log entries: sockets that subscribed, by their filters, and sockets that joined with an agent, its own. */
import { encodeEvent, type LogLine } from 'elizad-protocol';
import { type LogStream, levelNumber } from '../observability/log-stream.ts';
import type { GatewayServer } from './socket-server.ts';

export type LogFilters = { agentName: string; level: string | number };

/** `agents`: with which agents the socket joined, by channel. */
type Listener = { filters: LogFilters | undefined; agents: Map<string, Set<string>> };

export type LogFeed = {
  subscribe(socketId: string): void;
  unsubscribe(socketId: string): void;
  /** Narrows a subscription; returns the filters in force, or nothing where there is no subscription. */
  filter(socketId: string, change: Partial<LogFilters>): LogFilters | undefined;
  follow(socketId: string, agentId: string, channelId: string): void;
  unfollow(socketId: string, channelId: string): void;
  forget(socketId: string): void;
};

export function openLogFeed(io: GatewayServer, stream: LogStream): LogFeed {
  const listeners = new Map<string, Listener>();
  let stopListening: (() => void) | undefined;

  function send(line: LogLine): void {
    const frames = encodeEvent('logged', line);
    for (const [socketId, listener] of listeners) {
      if (!hears(listener, line)) continue;
      const socket = io.sockets.sockets.get(socketId);
      for (const [event, payload] of frames) socket?.emit(event, payload as never);
    }
  }

  function change(socketId: string, edit: (listener: Listener) => void): void {
    const listener = listeners.get(socketId) ?? { filters: undefined, agents: new Map() };
    edit(listener);
    if (listener.filters || listener.agents.size > 0) listeners.set(socketId, listener);
    else listeners.delete(socketId);
    // The log is read only while somebody listens.
    if (listeners.size > 0) stopListening ??= stream.subscribe(send);
    else {
      stopListening?.();
      stopListening = undefined;
    }
  }

  return {
    subscribe: (socketId) => change(socketId, (listener) => (listener.filters ??= { agentName: 'all', level: 'all' })),
    unsubscribe: (socketId) => change(socketId, (listener) => (listener.filters = undefined)),
    filter(socketId, wanted) {
      const listener = listeners.get(socketId);
      if (!listener?.filters) return undefined;
      for (const key of ['agentName', 'level'] as const)
        if (wanted[key] !== undefined) Object.assign(listener.filters, { [key]: wanted[key] });
      return listener.filters;
    },
    follow: (socketId, agentId, channelId) =>
      change(socketId, ({ agents }) => agents.set(channelId, new Set(agents.get(channelId)).add(agentId))),
    unfollow: (socketId, channelId) => change(socketId, ({ agents }) => agents.delete(channelId)),
    forget: (socketId) =>
      change(socketId, (listener) => {
        listener.filters = undefined;
        listener.agents.clear();
      }),
  };
}

function hears({ filters, agents }: Listener, line: LogLine): boolean {
  for (const followed of agents.values()) if (line.agentId !== undefined && followed.has(line.agentId)) return true;
  if (!filters || line.level < levelNumber(filters.level)) return false;
  return filters.agentName === 'all' || filters.agentName === line.agentName;
}
