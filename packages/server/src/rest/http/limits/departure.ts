/**
 * How long answers wait for whoever asked to read them. Node keeps what is not read for as long as the connection lives: who
 * asks much and reads nothing would fill the memory. WebSockets have bounds of their own.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Unread } from '../../../pacing/unread.ts';

export type DepartureLimits = {
  /** How long nothing may be read, and a second more for so many of the bytes that wait: what is one piece leaves unseen. */
  readonly patienceMs: number;
  readonly bytesPerSecond: number;
};

const usual: DepartureLimits = { patienceMs: 60_000, bytesPerSecond: 10_000 };

/** What waits on each connection counts among what all leave unread. `onCut` is told of each connection that goes. */
export function limitDeparture(
  server: Server,
  unread: Unread,
  onCut: (socket: Socket) => void,
  { patienceMs, bytesPerSecond }: DepartureLimits = usual,
): void {
  const watched = new WeakMap<Socket, () => void>();
  const forget = (socket: Socket) => watched.get(socket)?.();
  server.on('connection', (socket: Socket) => {
    const stop = unread.add({
      weigh: () => ({ bytes: socket.writableLength, sent: socket.bytesWritten - socket.writableLength }),
      patienceMs: (bytes) => patienceMs + (bytes / bytesPerSecond) * 1_000,
      cut() {
        onCut(socket);
        socket.destroy();
      },
    });
    watched.set(socket, stop);
    socket.once('close', stop);
  });
  server.on('upgrade', ({ socket }: IncomingMessage) => forget(socket));
}
