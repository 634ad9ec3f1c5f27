/** The Socket.IO server itself: transports, limits, who may connect, and the second address `/websocket`. */
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import {
  type ClientToServerEvents,
  ElizadError,
  type ErrorCode,
  isUuid,
  type ServerToClientEvents,
} from 'elizad-protocol';
import { Server, type Socket } from 'socket.io';
import type { Adapter } from 'socket.io-adapter';
import { checkApiKey, isCallerAllowed } from '../auth/credentials.ts';
import { chooseSpeaker } from '../auth/permissions.ts';
import { createPrincipal, type Principal } from '../auth/principal.ts';
import type { StrangerLog } from '../observability/stranger-log.ts';
import { createBoundedParser } from './bounded-decoder.ts';
import { guardRequests } from './requests.ts';
import type { SocketData } from './socket-data.ts';

export type GatewayServer = Server<ClientToServerEvents, ServerToClientEvents, Record<string, never>, SocketData>;
export type GatewaySocket = Socket<ClientToServerEvents, ServerToClientEvents, Record<string, never>, SocketData>;

export type SocketServerOptions = {
  apiKey: string | undefined;
  corsOrigins: readonly string[];
  maxPayloadBytes: number;
  agents: { has(id: string): boolean };
  strangers: StrangerLog;
  adapter: new (nsp: unknown) => Adapter;
  /** Told of each connection that is refused. */
  onRefused(socket: GatewaySocket, code: ErrorCode): void;
};

/** A packet of up to this many times the limit is answered with an error; a larger one ends the connection. */
const transportSlack = 4;

/** The log's reason for a connection that ends by a packet beyond that. The client sees close code 1009, or status 413. */
export const tooLargeToAnswer = 'cut off: a packet was more than four times limits.maxPayloadBytes';

export function openSocketServer(http: HttpServer, options: SocketServerOptions): GatewayServer {
  const { maxPayloadBytes, strangers } = options;
  const transportLimit = maxPayloadBytes * transportSlack;
  http.prependListener('upgrade', routeWebsocketAlias);
  const io: GatewayServer = new Server(http, {
    serveClient: false,
    maxHttpBufferSize: transportLimit,
    perMessageDeflate: false,
    adapter: options.adapter as never,
    // Who comes back is asked for the key again; how long ago it left does not matter, only how much it missed.
    connectionStateRecovery: { skipMiddlewares: false },
    parser: createBoundedParser(maxPayloadBytes),
    cors: ({ headers }: Pick<IncomingMessage, 'headers'>, decide: (error: null, cors: object) => void) =>
      decide(null, { origin: isCallerAllowed(headers, options), credentials: true }),
  });
  guardRequests(io.engine, options);
  // After Engine.IO, which keeps requests on its path from the listeners before it.
  http.prependListener('request', ({ method, headers, socket }: IncomingMessage) => {
    // Long-polling refuses by status alone, so this is the one place where the log can say why.
    if (method === 'POST' && Number(headers['content-length']) > transportLimit)
      strangers.note({ kind: tooLargeToAnswer, address: socket.remoteAddress });
  });
  io.use((socket, next) => {
    try {
      const data = authenticate(socket, options);
      if (socket.recovered) socket.data.principal = renew(socket.data.principal, data.principal, options);
      else Object.assign(socket.data, data);
      next();
    } catch (error) {
      const known = error instanceof ElizadError ? error : new ElizadError('internal');
      const { error: message, details } = known.toWire();
      options.onRefused(socket, known.code);
      strangers.note({ kind: `a connection was refused: ${known.code}`, address: socket.handshake.address });
      next(Object.assign(new Error(message), { data: details }));
    }
  });
  io.engine.on('connection_error', ({ req, message }: { req?: IncomingMessage; message: string }) =>
    strangers.note({ kind: `a handshake failed: ${message}`, address: req?.socket.remoteAddress, level: 'debug' }),
  );
  return io;
}

/** A connection of Engine.IO, as far as its own types do not show it. */
type RawSocket = { writeBuffer: unknown[]; once(event: 'drain' | 'close', listener: () => void): unknown };

/** Longest wait for what is still on its way to sockets when the server stops, in ms. */
const flushMs = 1_000;

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
  await io.close();
}

function authenticate(socket: GatewaySocket, { apiKey, agents }: SocketServerOptions): SocketData {
  const { entityId, apiKey: offeredKey, token, name } = socket.handshake.auth as Record<string, unknown>;
  const credential = checkApiKey(apiKey, [offeredKey, token, socket.handshake.headers['x-api-key']]);
  const isProvisional = entityId === undefined || entityId === null;
  if (!isProvisional && !isUuid(entityId)) throw new ElizadError('invalid-entity-id');
  const id = isProvisional ? crypto.randomUUID() : (entityId as string).toLowerCase();
  const shownName = typeof name === 'string' && name.trim() !== '' ? name.trim().slice(0, 200) : undefined;
  const principal = createPrincipal(id, shownName, credential);
  chooseSpeaker(principal, id, agents);
  return { principal, isProvisional, joined: {} };
}

/** Whoever comes back is who it was, with the rights of the credential that it shows now. */
function renew(before: Principal, now: Principal, { agents }: SocketServerOptions): Principal {
  const { entityId, name } = before;
  chooseSpeaker(now, entityId, agents);
  return { ...now, entityId, name };
}

/** `/websocket` with an Upgrade header is the same endpoint, for a raw WebSocket too. */
function routeWebsocketAlias(request: IncomingMessage): void {
  const [path, query = ''] = (request.url ?? '').split('?');
  if (path !== '/websocket' && path !== '/websocket/') return;
  const search = new URLSearchParams(query);
  if (!search.has('EIO')) search.set('EIO', '4');
  search.set('transport', 'websocket');
  request.url = `/socket.io/?${search}`;
}
