/** Stock socket.io-client with deadlines: what a test waits for comes within 10 s, or the test says what came instead. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';

// A wire payload as a client without our types sees it.
// biome-ignore lint/suspicious/noExplicitAny: what arrives is checked by the test itself
export type Payload = any;

export type Recorded = { event: string; payload: Payload };

export type StockClient = {
  readonly socket: Socket;
  /** Every event so far, in order. */
  readonly events: Recorded[];
  /** Resolves with the first event, past or to come, that fits. */
  until(event: string, fits?: (payload: Payload) => boolean): Promise<Payload>;
  /** Emits and resolves with the acknowledgement. */
  ask(event: string, ...args: unknown[]): Promise<Payload>;
};

const deadlineMs = 10_000;

/** Connects; the socket closes after the test. */
export function openClient(
  t: TestContext,
  url: string,
  options: Partial<ManagerOptions & SocketOptions> = {},
): StockClient {
  const socket = io(url, { forceNew: true, ...options });
  t.after(() => {
    socket.close();
  });
  const events: Recorded[] = [];
  const waiting = new Set<() => void>();
  const record = (event: string, payload: Payload) => {
    events.push({ event, payload });
    for (const look of waiting) look();
  };
  socket.onAny((event: string, payload: Payload, ...more: unknown[]) => {
    assert.deepEqual(more, [], `${event} has one argument, as it is documented`);
    // Not for the program: the client keeps it by itself.
    if (event !== 'offset') record(event, payload);
  });
  socket.on('connect', () => record('connect', undefined));
  socket.on('connect_error', (error) => record('connect_error', error));
  socket.on('disconnect', (reason) => record('disconnect', reason));
  return {
    socket,
    events,
    until: (event, fits = () => true) =>
      new Promise((resolve, reject) => {
        const deadline = setTimeout(() => {
          waiting.delete(look);
          reject(
            new Error(
              `no fitting "${event}" within ${deadlineMs} ms; what came: ${JSON.stringify(events).slice(0, 3000)}`,
            ),
          );
        }, deadlineMs);
        const look = () => {
          const found = events.find((one) => one.event === event && fits(one.payload));
          if (!found) return;
          clearTimeout(deadline);
          waiting.delete(look);
          resolve(found.payload);
        };
        waiting.add(look);
        look();
      }),
    ask: (event, ...args) => socket.timeout(deadlineMs).emitWithAck(event, ...args),
  };
}

/** The id of an agent of the server, by name, as a stranger finds it. */
export async function findAgent(client: StockClient, name: string): Promise<string> {
  client.socket.emit('request-world-state', {});
  const { agents } = await client.until('world-state', (state) => state.roomId === undefined);
  const agent = Object.values<Payload>(agents).find((one) => one.name === name);
  if (!agent) throw new Error(`no agent ${name} in ${JSON.stringify(agents)}`);
  return agent.id;
}
