/** What answers HTTP: Fastify with the routes of the protocol table, one shape of error, and the key where a route needs it. */
import type { RequestListener } from 'node:http';
import { ElizadError, errorTable, type RestFailure, type RestRouteName, restRoutes } from 'elizad-protocol';
import { type FastifyError, type FastifyReply, fastify } from 'fastify';
import { removeMessage } from './remove-message.ts';
import { authorize, type RestDeps, type RouteHandler } from './route-handler.ts';

const routeHandlers: { readonly [R in RestRouteName]: RouteHandler } = {
  'get-root': ({ version }) => ({
    name: 'elizad',
    version,
    connect: 'Point a Socket.IO v4 client here: io(url)',
    health: '/healthz',
    readiness: '/readyz',
  }),
  'get-health': () => ({ status: 'ok', timestamp: Date.now() }),
  'get-readiness': ({ listUnready }, _request, reply) => {
    const unready = listUnready();
    return reply
      .code(unready.length === 0 ? 200 : 503)
      .send({ status: unready.length === 0 ? 'ready' : 'not-ready', unready });
  },
  'get-websocket': (_deps, _request, reply) => {
    reply.header('upgrade', 'websocket').header('connection', 'upgrade');
    throw new ElizadError('upgrade-required');
  },
  'get-ping': () => ({ pong: true, timestamp: Date.now() }),
  'delete-central-message': removeMessage,
  'delete-message': removeMessage,
};

/** Ready to be given requests. */
export async function openRoutes(deps: RestDeps): Promise<RequestListener> {
  const app = fastify({
    logger: false,
    routerOptions: { ignoreTrailingSlash: true },
    schemaController: { compilersFactory: { buildValidator: refuseSchema, buildSerializer: refuseSchema } },
  });
  // Clients name a type also where they send no body.
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null);
    else parseJson(request, String(body), done);
  });
  app.setErrorHandler((error: FastifyError, _request, reply) => sendFailure(deps, reply, error));
  app.setNotFoundHandler((request, reply) => {
    if (request.url.startsWith('/api/')) authorize(deps, request);
    sendFailure(deps, reply, new ElizadError('not-found'));
  });
  for (const [name, route] of Object.entries(restRoutes) as [RestRouteName, (typeof restRoutes)[RestRouteName]][]) {
    app.route({
      method: route.method,
      url: route.path,
      handler: async (request, reply) => {
        if (route.auth) authorize(deps, request);
        return routeHandlers[name](deps, request, reply);
      },
    });
  }
  await app.ready();
  return (request, response) => app.routing(request, response);
}

/** Validation is zod's. Fastify's own compilers would be a hundred modules more at every start. */
function refuseSchema(): never {
  throw new Error('A route has no schema of its own: the row of the protocol table has.');
}

function sendFailure({ logger }: RestDeps, reply: FastifyReply, error: Error & { statusCode?: number }): void {
  if (!(error instanceof ElizadError) && !(error.statusCode && error.statusCode < 500))
    logger.error({ err: error }, 'a request failed');
  const known =
    error instanceof ElizadError
      ? error
      : new ElizadError(error.statusCode && error.statusCode < 500 ? 'invalid-payload' : 'internal');
  const { httpStatus, message, hint } = errorTable[known.code];
  const body: RestFailure = { success: false, error: { code: known.code, message, hint } };
  reply.code(httpStatus).send(body);
}
