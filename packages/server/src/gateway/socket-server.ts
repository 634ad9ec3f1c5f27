/** The Socket.IO server itself: transports, limits, who may connect, and the second address `/websocket`. */
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { ElizadError, type ErrorCode } from 'elizad-protocol';
import { Server } from 'socket.io';
import type { Adapter } from 'socket.io-adapter';
import { isCallerAllowed } from '../auth/credentials.ts';
import { identify } from '../auth/identify.ts';
import type { CheckKey } from '../auth/key-guard.ts';
import type { FindAddress } from '../auth/network.ts';
import { chooseSpeaker } from '../auth/permissions.ts';
import { createPrincipal, type Principal } from '../auth/principal.ts';
import type { RefuseCaller } from '../auth/refused-callers.ts';
import type { StrangerLog } from '../observability/stranger-log.ts';
import { type Caller, checkConnects, toRefusal } from './connect.ts';
import { type Connection, type Newcomers, watchNewcomers } from './resume/newcomers.ts';
import type { GatewayServer, GatewaySocket, SocketData } from './socket-data.ts';
import { createBoundedParser } from './transport/bounded-decoder.ts';
import { guardRequests, refuseUpgrade } from './transport/requests.ts';
import { writeBySteps } from './transport/step-writes.ts';
import { burst, narrowTransports } from './transport/transport-limits.ts';

export type SocketServerOptions = {
  apiKey: string | undefined;
  checkKey: CheckKey;
  /** Where a connection comes from. */
  findAddress: FindAddress;
  corsOrigins: readonly string[];
  maxPayloadBytes: number;
  maxBacklogBytes: number;
  agents: { has(id: string): boolean };
  strangers: StrangerLog;
  /** Notes whose page or name is not allowed. */
  refuseCaller: RefuseCaller;
  adapter: new (nsp: unknown) => Adapter;
  /** Told of each connection that is refused. */
  onRefused(from: Pick<GatewaySocket['handshake'], 'address' | 'headers'>, code: ErrorCode): void;
};

/** Where Socket.IO clients come to. */
const socketPath = '/socket.io/';

/** A packet of up to this many times the limit is answered with an error; a larger one ends the connection. */
const transportSlack = 4;

/** The log's reason for a connection that ends by a packet beyond that. The client sees close code 1009, or status 413. */
export const tooLargeToAnswer = 'cut off: a packet was more than four times limits.maxPayloadBytes';

export function openSocketServer(http: HttpServer, options: SocketServerOptions): GatewayServer {
  const { maxPayloadBytes, strangers, findAddress } = options;
  const transportLimit = maxPayloadBytes * transportSlack;
  http.prependListener('upgrade', routeUpgrade);
  const others = http.listeners('close');
  const io: GatewayServer = new Server(http, {
    serveClient: false,
    destroyUpgrade: false,
    maxHttpBufferSize: transportLimit,
    perMessageDeflate: false,
    adapter: options.adapter as never,
    // Who comes back is asked for the key again; how long ago it left does not matter, only how much it missed.
    connectionStateRecovery: { skipMiddlewares: false },
    parser: createBoundedParser(maxPayloadBytes),
    cors: ({ headers }: Pick<IncomingMessage, 'headers'>, decide: (error: null, cors: object) => void) =>
      decide(null, { origin: isCallerAllowed(headers, options), credentials: true }),
  });
  // Engine.IO takes the close of one listener for the end: connections of the other ones, and turns, still go on then.
  for (const listener of http.listeners('close'))
    if (!others.includes(listener)) http.off('close', listener as () => void);
  guardRequests(io.engine, options);
  // After Engine.IO, which keeps requests on its path from the listeners before it.
  http.prependListener('request', (request: IncomingMessage) => {
    // Long-polling refuses by status alone, so this is the one place where the log can say why.
    if (!request.url?.startsWith(socketPath) || request.method !== 'POST') return;
    if (Number(request.headers['content-length']) > transportLimit)
      strangers.note({ kind: tooLargeToAnswer, address: findAddress(request) });
  });
  const newcomers = watchNewcomers({ findAddress, maxBytes: transportLimit });
  identifySockets(io, newcomers, options);
  narrowTransports(io.engine as never, { maxWaitingBytes: burst * options.maxBacklogBytes });
  io.engine.on('connection', newcomers.take);
  io.engine.on('connection', writeBySteps);
  io.on('connection', (socket) => {
    const connection = socket.conn as unknown as Connection;
    newcomers.admit(connection);
    socket.on('disconnect', takeAgain);
  });
  function takeAgain(this: GatewaySocket): void {
    const connection = this.conn as unknown as Connection;
    if (connection.readyState === 'open') newcomers.take(connection);
  }
  io.engine.on('connection_error', ({ req, message }: { req?: IncomingMessage; message: string }) =>
    strangers.note({ kind: `a handshake failed: ${message}`, address: req && findAddress(req), level: 'debug' }),
  );
  return io;
}

/** Every socket is somebody from its first step on; who is refused hears why, and its connection is closed. */
function identifySockets(io: GatewayServer, newcomers: Newcomers, options: SocketServerOptions): void {
  const { strangers, agents } = options;
  function refuse(connection: Connection, headers: IncomingMessage['headers'], { code }: ElizadError): void {
    options.onRefused({ address: connection.remoteAddress ?? '', headers }, code);
    strangers.note({ kind: `a connection was refused: ${code}`, address: connection.remoteAddress });
    // Not in this step: long-polling has yet to answer the request that brought it.
    setImmediate(() => newcomers.dismiss(connection));
  }
  const identityOf = checkConnects(io.of('/') as never, {
    authenticate: (caller) => authenticate(caller, options),
    onRefused: ({ connection, request }, error) => refuse(connection, request.headers, error),
  });
  io.use((socket, next) => {
    const data = identityOf(socket.handshake.auth);
    try {
      if (socket.recovered) socket.data.principal = renew(socket.data, data.principal, agents);
      else Object.assign(socket.data, data);
      next();
    } catch (error) {
      const known = error instanceof ElizadError ? error : new ElizadError('internal');
      refuse(socket.conn as unknown as Connection, socket.handshake.headers, known);
      const { message, data: details } = toRefusal(known);
      next(Object.assign(new Error(message), { data: details }));
    }
  });
}

/** A connection of Engine.IO, as far as its own types do not show it. */
type RawSocket = {
  writeBuffer: unknown[];
  transport: { socket?: { terminate?(): void } };
  once(event: 'drain' | 'close', listener: () => void): unknown;
};

/** Longest wait for what is still on its way to sockets when the server stops, in ms. */
const flushMs = 500;
/** So long the other end of a WebSocket has to answer that it is closed. */
const goodbyeMs = 300;

/**
 * Closes every connection once what was written to it has left. Not by a disconnect packet: after that a stock client
 * would not come back by itself when the server does.
 */
export async function closeSocketServer(io: GatewayServer): Promise<void> {
  // What was broadcast in this step still waits in the adapter.
  (io.of('/').adapter as { flush?(): void }).flush?.();
  const { clients } = io.engine as unknown as { clients: Record<string, RawSocket> };
  // Engine.IO hands over all that waits at once, and says so; a close throws away what it has not handed over.
  const waiting = Object.values(clients).filter(({ writeBuffer }) => writeBuffer.length > 0);
  const flushed = waiting.map(
    (socket) =>
      new Promise<void>((resolve) => {
        socket.once('drain', () => resolve());
        socket.once('close', () => resolve());
      }),
  );
  await Promise.race([Promise.all(flushed), new Promise((resolve) => setTimeout(resolve, flushMs).unref())]);
  // Who does not read does not answer a goodbye either.
  const open = Object.values(clients).map(({ transport }) => transport.socket);
  const cut = setTimeout(() => {
    for (const socket of open) socket?.terminate?.();
  }, goodbyeMs);
  await io.close();
  clearTimeout(cut);
}

function authenticate({ connection, request, auth }: Caller, { checkKey, agents }: SocketServerOptions): SocketData {
  const { entityId, apiKey: offeredKey, token, name } = auth;
  const known = identify(checkKey, {
    address: connection.remoteAddress,
    keys: [offeredKey, token, request.headers['x-api-key']],
    entityId,
    name: typeof name === 'string' && name.trim() !== '' ? name.trim().slice(0, 200) : undefined,
  });
  const isProvisional = entityId === undefined || entityId === null;
  // Two sockets that name nobody are two people in a room, not both the server.
  const principal = isProvisional ? { ...known, entityId: crypto.randomUUID() } : known;
  chooseSpeaker(principal, principal.entityId, agents);
  return { principal, isProvisional, joined: {} };
}

/** Whoever comes back is who it was, with the rights of the credential that it shows now. */
function renew(
  { principal: { entityId, name }, isProvisional }: SocketData,
  now: Principal,
  agents: SocketServerOptions['agents'],
): Principal {
  chooseSpeaker(now, entityId, agents);
  return isProvisional ? { ...now, entityId, name } : createPrincipal(entityId, name, now.credential);
}

/** `/websocket` with an Upgrade header is the same endpoint, for a raw WebSocket too; there is no other. */
function routeUpgrade(request: IncomingMessage, network: Duplex): void {
  const [path, query = ''] = (request.url ?? '').split('?');
  if (path !== '/websocket' && path !== '/websocket/') {
    if (!request.url?.startsWith(socketPath)) refuseUpgrade(network);
    return;
  }
  const search = new URLSearchParams(query);
  if (!search.has('EIO')) search.set('EIO', '4');
  search.set('transport', 'websocket');
  request.url = `${socketPath}?${search}`;
}
