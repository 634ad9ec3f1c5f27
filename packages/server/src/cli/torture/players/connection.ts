/** What happens to the connection of a stock client: a proxy or a network ends it, or its reader stands still. */
import type { Socket } from 'socket.io-client';
import { pause } from '../chance.ts';

/** What the tools of Node show of a stock client's connection, and a browser does not. */
type Engine = {
  transport: { close(): void; ws?: { _socket?: { destroy(): void; pause(): void; resume(): void } } };
};

const findEngine = (socket: Socket) => (socket.io as unknown as { engine?: Engine }).engine;

/** Ends the connection as a proxy does (`close`), or as a network does (`destroy`). False when there is none. */
export function cutConnection(socket: Socket, how: 'close' | 'destroy'): boolean {
  // One that is only being opened would wait for its timeout.
  if (!socket.connected) return false;
  const engine = findEngine(socket);
  const tcp = engine?.transport.ws?._socket;
  if (how === 'destroy' && tcp) {
    tcp.destroy();
    return true;
  }
  // Not `engine.close()`: that first ends an upgrade, as no network does, and the client then keeps what came in that
  // moment without its place. It would be heard again.
  engine?.transport.close();
  return !socket.connected;
}

/** Reads nothing for a while. */
export async function stallConnection(socket: Socket, ms: number): Promise<void> {
  const tcp = findEngine(socket)?.transport.ws?._socket;
  tcp?.pause();
  await pause(ms);
  tcp?.resume();
}
