/** Serves the files of a web client, and hands its calls of `/api`, `/media` and `/socket.io` on to elizad: what a deployment's proxy does. */
import { readFileSync, statSync } from 'node:fs';
import { type ClientRequest, createServer, type IncomingMessage, request as openRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
};

/** Any address without a file is the application's own: it gets index.html. */
export async function serveClient(folder: string, target: string): Promise<{ url: string; close(): Promise<void> }> {
  const isForServer = (url = '/') => /^\/(api|media|socket\.io)(\/|\?|$)/.test(url);
  const pass = (request: IncomingMessage): ClientRequest =>
    openRequest(new URL(request.url ?? '/', target), { method: request.method, headers: request.headers });
  const server = createServer((request, response) => {
    if (isForServer(request.url)) {
      const passed = pass(request);
      passed.on('response', (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      passed.on('error', () => response.destroy());
      response.on('close', () => passed.destroy());
      request.pipe(passed);
      return;
    }
    const path = join(folder, normalize(new URL(request.url ?? '/', target).pathname));
    const isFile = path.startsWith(folder) && statSync(path, { throwIfNoEntry: false })?.isFile();
    const file = isFile ? path : join(folder, 'index.html');
    response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream');
    response.end(readFileSync(file));
  });
  server.on('upgrade', (request, socket, head) => {
    const passed = pass(request);
    passed.on('upgrade', (answer, upstream, first) => {
      const headers = answer.rawHeaders.map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join('');
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headers}\r\n`);
      upstream.write(head);
      socket.write(first);
      upstream.pipe(socket).pipe(upstream);
      for (const [one, other] of [
        [upstream, socket],
        [socket, upstream],
      ] as const)
        one.on('error', () => other.destroy());
    });
    passed.on('error', () => socket.destroy());
    passed.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
