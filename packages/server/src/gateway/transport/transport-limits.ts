/**
 * How much a transport takes at one time: little until it is known who sends it, then as much as the settings say; and
 * never more packets in one payload of long-polling than are looked at in a moment.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** Packets that come at once, or wait to be handled: a client that is in order never gets here. */
export const farTooMany = 20_000;

/** No burst is this many times what may wait for one client: what is committed, and so told, at one time is far less. */
export const burst = 2;

/** Bytes of one body, or one frame, of who has not connected: a CONNECT, with whatever its `auth` carries. */
const newcomerBytes = 16_000;

/** Pieces in which its frame may come: each costs memory many times its bytes. And of others, as in stock `ws`. */
const [newcomerFragments, usualFragments] = [128, 16_384];

/**
 * Pings of its own that a WebSocket may send in a second, and bytes that may wait for one that pings: `ws` answers each at
 * once, past all that counts packets and what waits.
 */
const mostPings = 100;
type PingLimits = { maxWaitingBytes: number };

type Packet = { type: string; data?: unknown };
type Payloads = { decodePayload(text: string): Packet[] };

/** A WebSocket of `ws`: its limits are in what it reads with. */
type WebSocket = {
  readonly _receiver?: { _maxPayload: number; _maxFragments: number };
  readonly bufferedAmount: number;
  _closeTimeout: number;
  terminate(): void;
  on(event: 'ping', listener: (this: WebSocket) => void): void;
};

/** A transport of Engine.IO: long-polling has limits and a parser of its own. */
export type Transport = {
  readonly name: string;
  parser: Payloads;
  maxHttpBufferSize?: number;
  closeTimeout?: number;
  readonly socket?: WebSocket;
};

type Engine = {
  createTransport(name: string, request: IncomingMessage): Transport;
  onWebSocket(request: IncomingMessage, network: Duplex, socket: WebSocket): void;
};

/** What a transport takes, and how long it waits to say, or to hear, that it is closed, in ms. */
type Limits = { bytes: number; fragments: number; webSocketCloseMs: number; pollingCloseMs: number };

/** A stranger that does not answer our goodbye would hold its WebSocket for half a minute. */
const ofNewcomers: Limits = {
  bytes: newcomerBytes,
  fragments: newcomerFragments,
  webSocketCloseMs: 3_000,
  pollingCloseMs: 1_000,
};

/** From here on every new transport is narrow, the one of an upgrade too. */
export function narrowTransports(engine: Engine, { maxWaitingBytes }: PingLimits): void {
  const countPing = createPingCount(maxWaitingBytes);
  const create = engine.createTransport.bind(engine);
  engine.createTransport = (name, request) => {
    const transport = create(name, request);
    if (name === 'polling') transport.parser = boundPayloads(transport.parser);
    narrow(transport);
    return transport;
  };
  // Of an upgrade that is one too many there is no transport: its WebSocket is closed, and is read from until it has gone.
  const take = engine.onWebSocket.bind(engine);
  engine.onWebSocket = (request, network, socket) => {
    limitWebSocket(socket, ofNewcomers);
    socket.on('ping', countPing);
    take(request, network, socket);
  };
}

/** Of long-polling again once it is connected: Engine.IO gives it a limit of its own meanwhile. */
export const narrow = (transport: Transport): void => setLimits(transport, ofNewcomers);

/** As in stock Engine.IO and `ws`, but for the bytes. */
export const widen = (transport: Transport, bytes: number): void =>
  setLimits(transport, { bytes, fragments: usualFragments, webSocketCloseMs: 30_000, pollingCloseMs: 30_000 });

function setLimits(transport: Transport, limits: Limits): void {
  const { bytes: maxHttpBufferSize, pollingCloseMs: closeTimeout } = limits;
  if (transport.socket) limitWebSocket(transport.socket, limits);
  else Object.assign(transport, { maxHttpBufferSize, closeTimeout });
}

function limitWebSocket(socket: WebSocket, { bytes, fragments, webSocketCloseMs }: Limits): void {
  socket._closeTimeout = webSocketCloseMs;
  if (socket._receiver) Object.assign(socket._receiver, { _maxPayload: bytes, _maxFragments: fragments });
}

/** One listener for all WebSockets; keeps the pings within the second since, of those who ping, which few do. */
function createPingCount(maxWaitingBytes: number): (this: WebSocket) => void {
  const pinged = new WeakMap<WebSocket, { since: number; pings: number }>();
  return function countPing() {
    const now = performance.now();
    let second = pinged.get(this);
    if (!second || now - second.since > 1_000) {
      second = { since: now, pings: 0 };
      pinged.set(this, second);
    }
    second.pings += 1;
    if (second.pings > mostPings || this.bufferedAmount > maxWaitingBytes) this.terminate();
  };
}

/** The stock parser cuts a whole payload into packets before the first is looked at. */
function boundPayloads(parser: Payloads): Payloads {
  return {
    ...parser,
    decodePayload: (text) =>
      hasMore(text, farTooMany) ? [{ type: 'error', data: 'parser error' }] : parser.decodePayload(text),
  };
}

/** Whether a payload has more packets than so many. */
function hasMore(text: string, most: number): boolean {
  let at = -1;
  for (let count = 0; count < most; count++) {
    at = text.indexOf('\x1e', at + 1);
    if (at === -1) return false;
  }
  return true;
}
