/**
 * How long a request may take to arrive: a minute, and a second more for each 10 KB of it. Node's own limit is one time for
 * all, which cuts an upload on a slow line, or else lets whoever sends nothing hold a connection for as long.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

export type ArrivalLimits = {
  readonly patienceMs: number;
  /** What must come on average once that is over. */
  readonly bytesPerSecond: number;
  /** How long, and about how many bytes, what comes after the answer is thrown away, so that who still sends can read it. */
  readonly lingerMs: number;
  readonly lingerBytes: number;
};

const usual: ArrivalLimits = { patienceMs: 60_000, bytesPerSecond: 10_000, lingerMs: 5_000, lingerBytes: 1_000_000 };

/** Of the headers; they have no uploads among them. */
export const headersMs = 20_000;

/** After Engine.IO is there: it keeps requests of its own from the listeners before it. */
export function limitArrival(server: Server, limits: ArrivalLimits = usual): void {
  server.requestTimeout = 0;
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const { 'content-length': length = '0', 'transfer-encoding': chunks } = request.headers;
    if (length !== '0' || chunks !== undefined) watchArrival(request, response, limits);
  });
}

function watchArrival(request: IncomingMessage, response: ServerResponse, limits: ArrivalLimits): void {
  const { socket } = request;
  const start = performance.now();
  const before = socket.bytesRead;
  let timer = setTimeout(check, limits.patienceMs).unref();

  function check(): void {
    if (request.complete) return;
    const forBytesMs = ((socket.bytesRead - before) / limits.bytesPerSecond) * 1_000;
    const leftMs = start + limits.patienceMs + forBytesMs - performance.now();
    if (leftMs > 0) timer = setTimeout(check, leftMs).unref();
    else cut(request, response);
  }

  request.once('close', () => clearTimeout(timer));
  response.once('finish', () => {
    clearTimeout(timer);
    if (!request.complete) throwAway(request, limits);
  });
}

/** Node reads on by itself, and has no bound for it. Cut off at once, the sender might lose the answer that is on its way. */
function throwAway(request: IncomingMessage, { lingerMs, lingerBytes }: ArrivalLimits): void {
  const { socket } = request;
  const most = socket.bytesRead + lingerBytes;
  const end = performance.now() + lingerMs;
  const timer = setInterval(() => {
    if (request.complete || socket.destroyed) clearInterval(timer);
    else if (performance.now() > end) socket.destroy();
    else if (socket.bytesRead > most) socket.pause();
  }, lingerMs / 50).unref();
}

/** In the words of Node's own limit. */
function cut({ socket }: IncomingMessage, { headersSent }: ServerResponse): void {
  if (!headersSent) socket.write('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
  socket.destroy();
}
