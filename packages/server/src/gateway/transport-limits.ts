/**
 * How much a transport takes at one time: little until it is known who sends it, then as much as the settings say; and
 * never more packets in one payload of long-polling than are looked at in a moment.
 */
import type { IncomingMessage } from 'node:http';

/** Packets that come at once, or wait to be handled: a client that is in order never gets here. */
export const farTooMany = 20_000;

/** Bytes of one body, or one frame, of who has not connected: a CONNECT, with whatever its `auth` carries. */
const newcomerBytes = 16_000;

type Packet = { type: string; data?: unknown };
type Payloads = { decodePayload(text: string): Packet[] };

/** A transport of Engine.IO: long-polling has limits and a parser of its own, the limit of a WebSocket is in what `ws` reads with. */
export type Transport = {
  parser: Payloads;
  maxHttpBufferSize?: number;
  closeTimeout?: number;
  readonly socket?: { readonly _receiver?: { _maxPayload: number }; terminate(): void };
};

type Engine = { createTransport(name: string, request: IncomingMessage): Transport };

/** How long long-polling waits to say that it is closed, in ms: of a newcomer, and of others, as in stock Engine.IO. */
const [newcomerCloseMs, closeMs] = [1_000, 30_000];

/** From here on every new transport is narrow, the one of an upgrade too. */
export function narrowTransports(engine: Engine): void {
  const create = engine.createTransport.bind(engine);
  engine.createTransport = (name, request) => {
    const transport = create(name, request);
    if (name === 'polling') transport.parser = boundPayloads(transport.parser);
    narrow(transport);
    return transport;
  };
}

/** Of long-polling again once it is connected: Engine.IO gives it a limit of its own meanwhile. */
export const narrow = (transport: Transport): void => setLimits(transport, newcomerBytes, newcomerCloseMs);

export const widen = (transport: Transport, bytes: number): void => setLimits(transport, bytes, closeMs);

function setLimits(transport: Transport, bytes: number, closeTimeout: number): void {
  const receiver = transport.socket?._receiver;
  if (receiver) receiver._maxPayload = bytes;
  else Object.assign(transport, { maxHttpBufferSize: bytes, closeTimeout });
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
