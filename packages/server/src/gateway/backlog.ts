/**
 * Slow readers. What a client does not read waits in memory; here that is bounded. One that falls too far behind is cut
 * off, with a reason, and has what it missed when it comes back. Nobody else waits for it.
 */
import type { EventEmitter } from 'node:events';
import { ElizadError, errorTable } from 'elizad-protocol';
import { takeTurn } from '../pacing/take-turn.ts';
import type { GatewayDeps } from './context.ts';
import type { GatewayServer, GatewaySocket } from './socket-data.ts';
import { burst } from './transport/transport-limits.ts';

/** What a packet in the queue costs beside its text, in bytes. */
const packetBytes = 200;

/** How long more than the limit may wait, in ms: a burst leaves in one go, whoever reads has it a moment later. */
const graceMs = 1_000;

/** A WebSocket of `ws`. */
type RawWebSocket = {
  readonly _socket?: { readonly bytesWritten: number; readonly writableLength: number };
  close(code: number, reason: string): void;
  terminate(): void;
};

/** A connection of Engine.IO. `packetCreate` comes before a packet is queued, `flush` when the queue goes to the network. */
type Connection = EventEmitter & {
  /** What waits in the queue, and what is still to come of what it missed, in bytes: ours. */
  backlog?: { bytes: number; toCome: number };
  readonly writeBuffer: unknown[];
  readonly transport: { socket?: RawWebSocket };
  close(discard: boolean): void;
};

const connectionOf = ({ conn }: GatewaySocket): Connection => conn as unknown as Connection;

/**
 * Counts what waits for each connection, and cuts off those for which more than `limits.maxBacklogBytes` wait, or that leave
 * unread what is too much for all together.
 */
export function boundBacklogs(deps: CutDeps & Pick<GatewayDeps, 'unread'>): void {
  deps.io.engine.on('connection', (connection: Connection) => {
    const { maxBacklogBytes } = deps.limits;
    const backlog = { bytes: 0, toCome: 0 };
    connection.backlog = backlog;
    const stop = deps.unread.add({ weigh: () => weigh(connection), cut: () => cutOff(deps, connection, true) });
    connection.on('close', stop);
    let behindSince: number | undefined;
    let isCut = false;
    connection.on('flush', () => {
      backlog.bytes = 0;
      behindSince = undefined;
    });
    connection.on('packetCreate', ({ data = '' }: { data?: string | Buffer }) => {
      if (isCut) return;
      backlog.bytes += data.length + packetBytes;
      // A single packet may be as large as it is: only who leaves something unread is behind.
      if (backlog.bytes <= maxBacklogBytes || connection.writeBuffer.length === 0) return;
      behindSince ??= performance.now();
      if (performance.now() - behindSince < graceMs && backlog.bytes < burst * maxBacklogBytes) return;
      isCut = true;
      // Not in the middle of a broadcast to many.
      setImmediate(() => cutOff(deps, connection));
    });
  });
}

/** What waits for a connection, in its queue and below. */
function weigh({ backlog, transport }: Connection): { bytes: number; sent: number } {
  const { bytesWritten = 0, writableLength = 0 } = transport.socket?._socket ?? {};
  return {
    bytes: writableLength + (backlog?.bytes ?? 0) + (backlog?.toCome ?? 0),
    sent: bytesWritten - writableLength,
  };
}

/**
 * For who sends a socket much in a row: to be called after each packet with its size, it resolves when more can be sent
 * without falling behind; at once where nothing much waits, or the socket is gone.
 */
export function createPacer(
  deps: Pick<GatewayDeps, 'limits'>,
  socket: GatewaySocket,
): (bytes: number) => Promise<void> {
  const step = deps.limits.maxBacklogBytes / 16;
  let bytes = 0;
  return async (more) => {
    bytes += more + packetBytes;
    if (bytes < step) return;
    bytes = 0;
    // What is sent in one step of the program leaves at its end; only then does it count as waiting.
    await takeTurn();
    await waitForReader(deps, socket);
  };
}

async function waitForReader({ limits }: Pick<GatewayDeps, 'limits'>, socket: GatewaySocket): Promise<void> {
  const connection = connectionOf(socket);
  while (socket.connected && (connection.backlog?.bytes ?? 0) > limits.maxBacklogBytes / 4) {
    await new Promise<void>((resolve) => {
      const go = () => {
        connection.off('flush', go).off('close', go);
        resolve();
      };
      connection.on('flush', go).on('close', go);
    });
  }
}

type CutDeps = Pick<GatewayDeps, 'io' | 'sessions' | 'logger' | 'limits'>;

function cutOff({ io, sessions, logger, limits }: CutDeps, connection: Connection, isAtOnce = false): void {
  const { number } = errorTable['reader-too-slow'];
  const sockets = listSockets(io, connection);
  for (const socket of sockets) {
    socket.data.cutOffFor = 'reader-too-slow';
    logger.warn({ socketId: socket.id, limit: limits.maxBacklogBytes }, 'disconnected a client that reads too slowly');
    sessions.save(socket).catch((err) => logger.error({ err }, 'a socket session could not be saved'));
  }
  // A client that reads again within half a minute sees why; what waits in the network for it until then is bounded too.
  if (sockets.length > 0 && !isAtOnce) connection.transport.socket?.close(number, 'reader-too-slow');
  else connection.transport.socket?.terminate();
  connection.close(true);
}

const listSockets = (io: GatewayServer, connection: Connection): GatewaySocket[] =>
  [...io.sockets.sockets.values()].filter((socket) => connectionOf(socket) === connection);

/** So much is still to come of what a socket missed, in bytes: it waits here, like what is in its queue. */
export function noteToCome(socket: GatewaySocket, bytes: number): void {
  const { backlog } = connectionOf(socket);
  if (backlog) backlog.toCome = bytes;
}

/** Tells a socket that came back why it had been cut off, once. */
export function explainCutOff({ messaging }: Pick<GatewayDeps, 'messaging'>, socket: GatewaySocket): void {
  const code = socket.data.cutOffFor;
  if (code === undefined) return;
  delete socket.data.cutOffFor;
  messaging.broadcast('failed', new ElizadError(code).toWire(), { socketId: socket.id });
}
