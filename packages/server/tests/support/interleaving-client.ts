/**
 * Stock clients as a run of interleavings has them: what they ask and hear is written into one journal, and they lose
 * their connections in the ways in which a network loses them.
 */
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import type { Ask, Event } from './interleaving-model.ts';
import type { Payload } from './stock-client.ts';

const deadlineMs = 10_000;

/** A client, and how it stands with its connection. */
export type Client = {
  readonly index: number;
  readonly id: string;
  /** It names no id of its own in its handshake. */
  readonly isProvisional: boolean;
  readonly socket: Socket;
  /** How often it was connected, and how many of these connections are lost. */
  connections: number;
  lost: number;
  /** Connected, and greeted. */
  isBack: boolean;
  /** How it loses its connection as soon as it hears something. */
  loses?: 'cut' | 'drop';
};

/** What happened so far; each happening has its own `time`. */
export type Journal = {
  readonly url: string;
  readonly rooms: readonly string[];
  readonly asks: Ask[];
  readonly events: Event[];
  readonly clients: Client[];
  /** Called at each happening by those who wait for one. */
  readonly looking: Set<() => void>;
  /** The connections that were dropped without a word, each with what ends it. */
  readonly dropped: Map<unknown, () => void>;
  time: number;
};

/** Connects; everything that comes is written down. */
export function openClient(journal: Journal, transports: string[], isProvisional = false): Client {
  const id = crypto.randomUUID();
  const options: Partial<ManagerOptions & SocketOptions> = {
    forceNew: true,
    transports,
    reconnectionDelay: 1,
    reconnectionDelayMax: 10,
    ...(!isProvisional && { auth: { entityId: id } }),
  };
  const socket = io(journal.url, options);
  const { length: index } = journal.clients;
  const client: Client = { index, id, isProvisional, socket, connections: 0, lost: 0, isBack: false };
  journal.clients.push(client);
  const now = () => ({ client: index, at: ++journal.time });
  // What a stock client still unpacked when it closed it would keep, and tell a second time beside what it missed.
  socket.io.on('open', () => {
    socket.receiveBuffer = [];
  });
  socket.on('connect', () => {
    client.connections += 1;
  });
  socket.on('connection_established', ({ resumed }) => {
    client.isBack = true;
    const { connections: connection } = client;
    note(journal, { ...now(), what: 'connected', connection, resumed, recovered: socket.recovered === true });
  });
  socket.on('disconnect', (reason) => {
    client.isBack = false;
    client.lost = client.connections;
    note(journal, { ...now(), what: 'cut', reason });
  });
  socket.on('messageBroadcast', (payload) => {
    note(journal, { ...now(), what: 'heard', payload });
    const { loses } = client;
    client.loses = undefined;
    // As a network does: not in the middle of what came in one piece, in which the place of this message is too.
    if (loses) setImmediate(() => lose(journal, client, loses));
  });
  socket.on('messageAck', (payload) => note(journal, { ...now(), what: 'acked', payload }));
  socket.on('messageComplete', (payload) => note(journal, { ...now(), what: 'completed', payload }));
  return client;
}

function note({ events, looking }: Journal, event: Event): void {
  events.push(event);
  for (const look of looking) look();
}

/** Resolves when something has come about; rejects with what was waited for when it has not in good time. */
export function waitUntil({ looking }: Journal, what: string, isSo: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => {
      looking.delete(look);
      reject(new Error(`not within ${deadlineMs} ms: ${what}`));
    }, deadlineMs);
    const look = () => {
      if (!isSo()) return;
      clearTimeout(deadline);
      looking.delete(look);
      resolve();
    };
    looking.add(look);
    look();
  });
}

/** Resolves when a client is connected, and greeted. */
export const waitForReturn = (journal: Journal, client: Client): Promise<void> =>
  waitUntil(journal, `client ${client.index} is back`, () => client.isBack);

/** Emits; `done` resolves when it was answered, or never will be because the connection on which it went out is lost. */
function emit(journal: Journal, client: Client, event: string, payload: unknown, answer: (payload: Payload) => void) {
  const { socket, index } = client;
  const connection = client.connections + (socket.connected ? 0 : 1);
  let isAnswered = false;
  socket.emit(event, payload, (given: Payload) => {
    isAnswered = true;
    answer(given);
    for (const look of journal.looking) look();
  });
  // A stock client may take itself for connected to what it has lost already, until it is connected again.
  const isLost = () => client.lost >= connection || client.connections > connection;
  const done = waitUntil(journal, `${event} of client ${index} is answered`, () => isAnswered || isLost());
  return { connection, done };
}

/** Asks for something of a room, and writes it down; resolves when it was answered, or never will be. */
export function ask(
  journal: Journal,
  client: Client,
  [event, payload]: [string, unknown],
  asked: Pick<Ask, 'kind' | 'roomId' | 'since' | 'message'>,
): Promise<void> {
  const at = ++journal.time;
  const { connection, done } = emit(journal, client, event, payload, (given) => {
    one.answer = { at: ++journal.time, payload: given };
    note(journal, { client: client.index, at: journal.time, what: 'answered', ask: one });
  });
  const one: Ask = { ...asked, client: client.index, at, connection };
  journal.asks.push(one);
  return done;
}

/** A question and its answer: whatever was sent to the client before the answer has come before it. */
export async function passThrough(journal: Journal, client: Client): Promise<void> {
  for (let hasAnswer = false; !hasAnswer; ) {
    await waitForReturn(journal, client);
    const { done } = emit(journal, client, 'unsubscribe_logs', undefined, () => {
      hasAnswer = true;
    });
    await done;
  }
}

/** `cut`: the connection ends, and both ends learn of it. `drop`: the client is gone, and the server does not know. */
export function lose({ dropped }: Journal, client: Client, how: 'cut' | 'drop'): void {
  const manager = client.socket.io;
  const { engine } = manager;
  if (engine?.readyState !== 'open' || dropped.has(engine)) return;
  // Also where it ends only when what is to be sent has left.
  client.isBack = false;
  if (how === 'cut') return void engine.close();
  dropped.set(engine, engine.close.bind(engine));
  engine.close = () => engine;
  (manager as unknown as { onclose(reason: string): void }).onclose('transport close');
}

/** Ends what a client would learn only by its ping timeout, 45 s later: it was changing over to WebSocket when the server went. */
export function endStuckUpgrade(engine: Socket['io']['engine']): void {
  const { upgrading, _onClose } = engine as unknown as { upgrading?: boolean; _onClose(reason: string): void };
  if (upgrading) _onClose.call(engine, 'ping timeout');
}
