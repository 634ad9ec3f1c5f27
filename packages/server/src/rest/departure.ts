/**
 * How long answers wait for whoever asked to read them, and how many of them. Node keeps what is not read for as long as
 * the connection lives: who asks much and reads nothing would fill the memory. WebSockets have bounds of their own.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

export type DepartureLimits = {
  /** How long nothing may be read, and a second more for so many of the bytes that wait: what is one piece leaves unseen. */
  readonly patienceMs: number;
  readonly bytesPerSecond: number;
  /** What may wait on all connections together; beyond, those go that have read nothing for longest, and for so long. */
  readonly mostBytes: number;
  readonly stuckMs: number;
  readonly lookMs: number;
};

const usual: DepartureLimits = {
  patienceMs: 60_000,
  bytesPerSecond: 10_000,
  mostBytes: 256_000_000,
  stuckMs: 2_000,
  lookMs: 500,
};

/** How much of what was written has left, and since when no more has. */
type Progress = { sent: number; since: number };

/** `onCut` is told of each connection that goes. */
export function limitDeparture(server: Server, onCut: (socket: Socket) => void, limits: DepartureLimits = usual): void {
  const open = new Map<Socket, Progress>();
  server.on('connection', (socket: Socket) => open.set(socket, { sent: 0, since: performance.now() }));
  server.on('upgrade', ({ socket }: IncomingMessage) => open.delete(socket));
  const timer = setInterval(() => {
    for (const socket of listStuck(open, limits)) {
      onCut(socket);
      socket.destroy();
    }
  }, limits.lookMs).unref();
  server.once('close', () => clearInterval(timer));
}

/** Those that are to go; those that have gone are forgotten. */
function listStuck(open: Map<Socket, Progress>, limits: DepartureLimits): Socket[] {
  const now = performance.now();
  const stuck: { socket: Socket; waitedMs: number }[] = [];
  let bytes = 0;
  for (const [socket, progress] of open) {
    const { writableLength, destroyed } = socket;
    if (destroyed) {
      open.delete(socket);
      continue;
    }
    const sent = socket.bytesWritten - writableLength;
    if (writableLength === 0 || sent !== progress.sent) Object.assign(progress, { sent, since: now });
    bytes += writableLength;
    const waitedMs = now - progress.since;
    if (waitedMs >= limits.stuckMs) stuck.push({ socket, waitedMs });
  }
  stuck.sort((a, b) => b.waitedMs - a.waitedMs);
  return stuck.flatMap(({ socket, waitedMs }) => {
    const isOver = waitedMs > limits.patienceMs + (socket.writableLength / limits.bytesPerSecond) * 1_000;
    if (!isOver && bytes <= limits.mostBytes) return [];
    bytes -= socket.writableLength;
    return [socket];
  });
}
