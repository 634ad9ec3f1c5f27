/**
 * The HTTP edge as the process starts it: a bare server that the Socket.IO server attaches to. What answers requests is
 * loaded with the first of them: Fastify and its routes are a tenth of a second and 25 MB that sockets do not need.
 */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { RestDeps } from './route-handler.ts';

export function createHttpServer(deps: RestDeps): Server {
  let loading: Promise<RequestListener> | undefined;
  const server = createServer((request, response) => {
    loading ??= import('./routes.ts').then(({ openRoutes }) => openRoutes(deps));
    loading.then(
      (route) => route(request, response),
      (err) => {
        loading = undefined;
        deps.logger.error({ err }, 'the routes cannot be loaded');
        response.writeHead(500).end();
      },
    );
  });
  server.on('error', (err) => {
    // Before it listens, whoever asked it to is told.
    if (server.listening) deps.logger.error({ err }, 'a connection was not accepted');
  });
  return server;
}
