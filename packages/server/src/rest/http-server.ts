/**
 * The HTTP edge as the process starts it: a bare server that the Socket.IO server attaches to. What answers requests is
 * loaded with the first of them: sockets do not need Fastify, nor the shapes of a hundred routes.
 */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Logger } from '../observability/logger.ts';
import type { StrangerLog } from '../observability/stranger-log.ts';
import { passStop } from '../observability/walk.ts';
import type { RestDeps } from './http/context.ts';
import { headersMs } from './http/limits/arrival.ts';

/**
 * On every answer that says nothing else: what is told to one caller is kept for no other, is what it is said to be, and is
 * no picture or script of another site's page.
 */
const guards = [
  ['Cache-Control', 'no-store'],
  ['X-Content-Type-Options', 'nosniff'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
] as const;

/**
 * How long a connection may be idle, in ms: longer than proxies and clients keep theirs, which is a minute as a rule. Whoever
 * asks again just as the server lets go hears of a reset instead of an answer.
 */
const idleMs = 75_000;

type Logs = { readonly logger: Logger; readonly strangers: StrangerLog };

/** `getDeps` is asked with the first request: by then everything is there. */
export function createHttpServer({ logger, strangers }: Logs, getDeps: () => RestDeps): Server {
  let loading: Promise<RequestListener> | undefined;
  let route: RequestListener | undefined;
  const server = createServer(
    { headersTimeout: headersMs, connectionsCheckingInterval: 5_000, keepAliveTimeout: idleMs },
    (request, response) => {
      passStop('rest/http-server');
      for (const [name, value] of guards) response.setHeader(name, value);
      if (route) return route(request, response);
      loading ??= import('./routes.ts').then(({ openRoutes }) => openRoutes(getDeps()));
      loading.then(
        (loaded) => {
          route = loaded;
          loaded(request, response);
        },
        (err) => {
          loading = undefined;
          logger.error({ err }, 'the routes could not be loaded');
          response.writeHead(500).end();
        },
      );
    },
  );
  server.on('error', ({ message }) => {
    // Before it listens, whoever asked it to is told.
    if (!server.listening) return;
    const kind = 'a connection was not accepted';
    strangers.note({ kind, address: undefined, line: `${kind}: ${message}` });
  });
  return server;
}
