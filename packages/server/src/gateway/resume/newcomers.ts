/**
 * Connections that are no sockets yet, or none any more. Whoever reaches the port can open them, so all that they may do is
 * connect: few packets, small ones, one CONNECT at a time. Those that say nothing are bounded, by network and in all, and the
 * oldest gives way: so whoever connects now, from wherever, finds a place.
 */
import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type FindAddress, toNetwork } from '../../auth/network.ts';
import { narrow, type Transport, widen } from '../transport/transport-limits.ts';

/** Packets of one that has not connected: a client that is in order sends one. */
const mostPackets = 16;

/** Silent ones of one network, and in all. */
const mostOfNetwork = 1_000;
const mostInAll = 2_000;

/** How long one may be silent, in ms. */
const patienceMs = 10_000;

type Packet = { type: string; data?: unknown };

/** A connection of Engine.IO, as far as it is used here. */
export type Connection = EventEmitter & {
  readonly request: IncomingMessage;
  readonly readyState: string;
  readonly writeBuffer: readonly unknown[];
  readonly transport: Transport;
  remoteAddress: string | undefined;
  close(discard: boolean): void;
};

export type Newcomers = {
  take(connection: Connection): void;
  /** It is a socket now. */
  admit(connection: Connection): void;
  /** It was refused: it is closed once it has been told. */
  dismiss(connection: Connection): void;
};

export function watchNewcomers(options: { findAddress: FindAddress; maxBytes: number }): Newcomers {
  const silent = createSilence();
  const watched = new Map<Connection, { isAsking: boolean; stop(): void }>();
  const forget = (connection: Connection) => {
    silent.end(connection);
    watched.get(connection)?.stop();
    watched.delete(connection);
  };
  function widenUpgraded(this: Connection, transport: Transport): void {
    if (!watched.has(this)) widen(transport, options.maxBytes);
  }

  return {
    take(connection) {
      connection.remoteAddress = options.findAddress(connection.request) ?? connection.remoteAddress;
      let packets = 0;
      const count = ({ type, data }: Packet) => {
        const newcomer = watched.get(connection);
        const isConnect = type === 'message' && typeof data === 'string' && isForUs(data);
        if (++packets > mostPackets || (isConnect && newcomer?.isAsking)) return end(connection);
        if (!newcomer || !isConnect) return;
        newcomer.isAsking = true;
        // From here on it waits for us.
        silent.end(connection);
      };
      const close = () => forget(connection);
      connection.on('packet', count).on('close', close);
      watched.set(connection, { isAsking: false, stop: () => connection.off('packet', count).off('close', close) });
      narrow(connection.transport);
      silent.begin(connection);
    },
    admit(connection) {
      forget(connection);
      widen(connection.transport, options.maxBytes);
      // An upgrade that is under way ends on a transport of its own. One may come, go and come again a thousand times.
      if (connection.transport.name === 'polling')
        connection.off('upgrade', widenUpgraded).once('upgrade', widenUpgraded);
    },
    dismiss(connection) {
      if (connection.writeBuffer.length === 0) return end(connection);
      connection.once('drain', () => end(connection));
      silent.begin(connection);
    },
  };
}

/** A CONNECT of the one namespace that there is; for another one Socket.IO has its answer at once. */
const isForUs = (data: string): boolean => /^0(?!\/[^,])/.test(data);

const end = (connection: Connection): void => connection.close(true);

/** Those that say nothing, oldest first: so many at most, for so long. */
function createSilence(): { begin(connection: Connection): void; end(connection: Connection): void } {
  const since = new Map<Connection, number>();
  const byNetwork = new Map<string, Set<Connection>>();
  let isTimed = false;

  function remove(connection: Connection): void {
    if (!since.delete(connection)) return;
    const network = toNetwork(connection.remoteAddress);
    const others = byNetwork.get(network);
    others?.delete(connection);
    if (others?.size === 0) byNetwork.delete(network);
  }

  function giveUp(connection: Connection): void {
    remove(connection);
    end(connection);
  }

  function sweepIn(ms: number): void {
    isTimed = true;
    setTimeout(sweep, ms).unref();
  }

  function sweep(): void {
    isTimed = false;
    for (const [connection, start] of since) {
      const leftMs = start + patienceMs - performance.now();
      if (leftMs > 0) {
        sweepIn(leftMs);
        return;
      }
      giveUp(connection);
    }
  }

  return {
    begin(connection) {
      const network = toNetwork(connection.remoteAddress);
      const others = byNetwork.get(network) ?? new Set();
      byNetwork.set(network, others.add(connection));
      since.set(connection, performance.now());
      if (!isTimed) sweepIn(patienceMs);
      if (others.size > mostOfNetwork) giveUp(others.values().next().value as Connection);
      if (since.size > mostInAll) giveUp(since.keys().next().value as Connection);
    },
    end: remove,
  };
}
