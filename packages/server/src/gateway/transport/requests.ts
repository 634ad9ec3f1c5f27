/**
 * Every HTTP request and every upgrade that comes to the Socket.IO server is asked who sends it, before Engine.IO sees it:
 * the first one of a connection, and each that carries the id of one. What is refused here costs a line and no more.
 */
import { type IncomingMessage, ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ErrorCode, errorTable } from 'elizad-protocol';
import { type CallerRule, isCallerAllowed } from '../../auth/credentials.ts';
import type { FindAddress } from '../../auth/network.ts';
import type { RefuseCaller } from '../../auth/refused-callers.ts';
import type { StrangerLog } from '../../observability/stranger-log.ts';

/** As Engine.IO hands it on; of an upgrade the answer is a stand-in that holds the network's socket. */
type EngineRequest = IncomingMessage & { _query: Record<string, string> };
type EngineResponse = ServerResponse | { socket: Duplex };

type Guard = (request: EngineRequest, response: EngineResponse, next: (refused?: Error) => void) => void;

/** Engine.IO, as far as it is used here. */
type Engine = { use(guard: Guard): void };

type Options = CallerRule & {
  refuseCaller: RefuseCaller;
  strangers: StrangerLog;
  findAddress: FindAddress;
  /** Told of each client that is too old. */
  onRefused(from: { address: string; headers: IncomingMessage['headers'] }, code: ErrorCode): void;
};

export function guardRequests(engine: Engine, options: Options): void {
  engine.use((request, response, next) => {
    const isUpgrade = !(response instanceof ServerResponse);
    if (!isUpgrade) {
      // An answer is for programs: no page may run it as a script, or have it as a picture.
      response.setHeader('X-Content-Type-Options', 'nosniff');
      response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
    }
    const refusal = findRefusal(request, isUpgrade, options);
    if (!refusal) return next();
    refuse(response, refusal);
    next(new Error(refusal.message));
  });
}

/** `code` is Engine.IO's number for it. */
type Refusal = { status: number; code: number; message: string };
const bad = { status: 400, code: 3 } as const;

function findRefusal(request: EngineRequest, isUpgrade: boolean, options: Options): Refusal | undefined {
  // A script that any page may run, and a form that any page may send. No client of this protocol needs it.
  if ('j' in request._query) return { ...bad, message: 'JSONP is not spoken here: leave j out of the address.' };
  if (isUpgrade && request._query.transport !== 'websocket')
    return { ...bad, message: 'Only a WebSocket is an upgrade: transport=websocket.' };
  if (isCallerAllowed(request.headers, options)) return isOld(request) ? refuseOld(request, options) : undefined;
  const { message, hint } = errorTable[options.refuseCaller(request.headers, options.findAddress(request))];
  return { status: 403, code: 4, message: `${message} ${hint}` };
}

/** Of Socket.IO 2 and before. */
const isOld = ({ _query: { EIO, sid } }: EngineRequest): boolean => EIO === '3' && sid === undefined;

function refuseOld(request: EngineRequest, { strangers, findAddress, onRefused }: Options): Refusal {
  const address = findAddress(request);
  const { message, hint } = errorTable['old-client'];
  strangers.note({ kind: 'a client of Socket.IO 2 was refused', address, line: `${message} ${hint}` });
  onRefused({ address: address ?? '', headers: request.headers }, 'old-client');
  return { status: 400, code: 5, message: `${message} ${hint}` };
}

function refuse(response: EngineResponse, { status, code, message }: Refusal): void {
  const body = JSON.stringify({ code, message });
  if (response instanceof ServerResponse) {
    response.writeHead(status, { 'Content-Type': 'application/json', Connection: 'close' }).end(body);
    return;
  }
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, 'Connection: close', 'Content-Type: application/json'];
  response.socket.end(`${head.join('\r\n')}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

/** An upgrade of no address of ours. Engine.IO would only end its own half, and the stranger keep the rest for ever. */
export function refuseUpgrade(socket: Duplex): void {
  socket.on('error', () => {});
  socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', () => socket.destroy());
}
