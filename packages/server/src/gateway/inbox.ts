/**
 * What one socket sends, handled one event after the other in the order in which it came: a `message` right after `join`
 * finds the room. A socket that sends faster than it is served waits: it is not read from, so the server does not grow.
 */
import { isTurnOver, nextTurn } from '../pacing/take-turn.ts';
import type { GatewaySocket } from './socket-data.ts';
import { farTooMany } from './transport/transport-limits.ts';

/** Events that may wait to be handled before the socket is not read from, and how few must be left before it is again. */
const mostWaiting = 1_000;
const fewWaiting = 500;

/** A WebSocket of `ws`, as far as it is used here. */
type Pausable = { pause?(): void; resume?(): void };

/** `handle` settles when the next event may be handled; it must not throw. Returns what takes the events. */
export function openInbox<Event>(
  socket: GatewaySocket,
  handle: (event: Event) => Promise<void>,
): (event: Event) => void {
  const waiting: Event[] = [];
  let paused: Pausable | undefined;
  let isRunning = false;

  async function run(): Promise<void> {
    isRunning = true;
    while (waiting.length > 0) {
      // What waits for no disk would otherwise be handled in one go, however many have sent however much.
      while (isTurnOver()) await nextTurn();
      await handle(waiting.shift() as Event);
      if (waiting.length > fewWaiting) continue;
      paused?.resume?.();
      paused = undefined;
    }
    isRunning = false;
  }

  return (event) => {
    waiting.push(event);
    if (!isRunning) void run();
    // Long-polling cannot be told to wait, only be cut off.
    if (waiting.length > farTooMany) socket.conn.close(true);
    if (waiting.length <= mostWaiting || paused) return;
    paused = (socket.conn.transport as unknown as { socket?: Pausable }).socket;
    paused?.pause?.();
  };
}
