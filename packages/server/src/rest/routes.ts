/** What answers HTTP: Fastify with the rows of every door. Loaded with the first request. */
import type { RequestListener } from 'node:http';
import cors from '@fastify/cors';
import multipart from '@fastify/multipart';
import { ElizadError, type ErrorCode, errorTable } from 'elizad-protocol';
import { type RestRow, restRows } from 'elizad-protocol/rest';
import { type FastifyError, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { isCallerAllowed } from '../auth/credentials.ts';
import { createAdmission, refuseNowhere } from './admission.ts';
import { doors, findDoor, findDoorAt } from './doors.ts';
import type { RestDeps } from './http/context.ts';
import { rateHeaders } from './http/limits/request-rate.ts';
import { unpackBody } from './http/limits/unpack.ts';
import { listMethods } from './http/methods.ts';
import { mountRows } from './http/mount.ts';
import { mountProjectRoutes } from './projects/forward.ts';
import { toFullAddress } from './projects/short-addresses.ts';

/** Ready to be given requests. */
export async function openRoutes(deps: RestDeps): Promise<RequestListener> {
  const app = fastify({
    logger: false,
    frameworkErrors: (error, request, reply) => sendFailure(deps, request, reply, error),
    trustProxy: deps.settings.trustProxy,
    bodyLimit: deps.settings.maxPayloadBytes,
    routerOptions: { ignoreTrailingSlash: true },
    schemaController: { compilersFactory: { buildValidator: refuseSchema, buildSerializer: refuseSchema } },
  });
  // Clients name a type also where they send no body.
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null);
    else parseJson(request, String(body), done);
  });
  app.setErrorHandler((error: FastifyError, request, reply) => sendFailure(deps, request, reply, error));
  app.setNotFoundHandler((request, reply) => {
    const sending = request.door.unrouted?.send(request, reply, deps.settings.basePath);
    return sending ?? refuseNowhere(request, reply);
  });
  app.addHook('onRequest', (request, _reply, done) => {
    request.door = findDoor(request);
    // A page sends some requests without asking first: they must not be carried out either.
    const isAllowed =
      isCallerAllowed(request.headers, deps.settings, isPublic(request)) || request.door.unrouted?.isPublic(request);
    done(isAllowed ? undefined : new ElizadError(deps.refuseCaller(request.headers, request.ip)));
  });
  const pageHeaders = doors.flatMap((door) => door.pageHeaders ?? []);
  const forPages = {
    origin: true,
    credentials: true,
    methods: [...new Set(Object.values<RestRow>(restRows).map(({ method }) => method))].join(', '),
    exposedHeaders: ['Allow', 'Location', 'Retry-After', ...pageHeaders, ...rateHeaders].join(', '),
  };
  await app.register(cors, {
    // Only pages read these headers, and each costs every answer: others are told no more than that pages get them.
    delegator: (request: FastifyRequest, decide) => {
      if (isPreflight(request)) return decide(null, forPages);
      decide(null, request.headers.origin === undefined ? { origin: false } : { ...forPages, preflight: false });
    },
  });
  app.addHook('onRequest', async (request, reply) => {
    if (request.method !== 'OPTIONS') return;
    const methods = listMethods(request.url);
    if (methods === undefined) throw new ElizadError('not-found');
    return reply.header('Allow', methods).code(204).send();
  });
  // Behind CORS: a page must be able to read why it is refused.
  app.addHook('onRequest', createAdmission(deps));
  app.addHook('preParsing', unpackBody);
  const takesForm = ({ upload, form }: RestRow) => upload !== undefined || form !== undefined;
  for (const { rows, handlers } of doors) mountRows(app, deps, rows, handlers, (row) => !takesForm(row));
  // What reads forms looks at every request that it is there for, at its beginning and at its end.
  await app.register(async (scope) => {
    await scope.register(multipart);
    for (const { rows, handlers } of doors) mountRows(scope, deps, rows, handlers, takesForm);
  });
  const { projects } = deps.agents;
  if (projects.isAny) await app.register(async (scope) => mountProjectRoutes(scope, deps));
  await app.ready();
  if (!projects.isAny) return (request, response) => app.routing(request, response);
  return (request, response) => {
    request.url = toFullAddress(projects, request.url ?? '/');
    app.routing(request, response);
  };
}

/** What a browser asks by itself before it sends what a page wants sent. */
const isPreflight = ({ method, headers }: FastifyRequest): boolean =>
  method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;

/** Validation is zod's. Fastify's own compilers would be a hundred modules more. */
function refuseSchema(): never {
  throw new Error('A route has no schema of its own: the row of the protocol table has.');
}

/** What Fastify itself refuses, in our words. */
const refusals: Readonly<Record<number, ErrorCode>> = {
  413: 'payload-too-large',
  415: 'unsupported-media-type',
};

/** An address that cannot be one of ours: with a broken escape, or a part that is longer than any. */
const ofAddress: readonly string[] = ['FST_ERR_BAD_URL', 'FST_ERR_MAX_PARAM_LENGTH'];

/** By the row that it came to, not by how its address is spelled; where there is none, the answer is a page or nothing. */
const isPublic = ({ method, routeOptions: { config } }: FastifyRequest): boolean =>
  (method === 'GET' || method === 'HEAD') && (config.row === undefined || restRows[config.row].scope === null);

function sendFailure(
  { logger }: RestDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  error: Error & Partial<FastifyError>,
): void {
  const known = error instanceof ElizadError ? error : toKnown(error);
  if (known.code === 'internal' || known.code === 'storage-failed') logger.error({ err: error }, 'a request failed');
  const { retryAfterMs } = known.details;
  if (retryAfterMs !== undefined) reply.header('Retry-After', Math.max(1, Math.ceil(retryAfterMs / 1_000)));
  // Who guesses begins anew each time.
  if (known.code === 'unauthorized' || known.code === 'too-many-keys') reply.header('Connection', 'close');
  // What Fastify cannot read at all has passed no hook.
  const door = request.door ?? findDoorAt(request.url);
  const { body, headers = {} } = door.describeFailure(known);
  reply.headers(headers).code(errorTable[known.code].httpStatus).send(body);
}

function toKnown({ statusCode = 500, code, message }: Error & Partial<FastifyError>): ElizadError {
  if (statusCode >= 500) return new ElizadError('internal');
  if (code && ofAddress.includes(code)) return new ElizadError('not-found');
  return new ElizadError(refusals[statusCode] ?? 'invalid-payload', { issues: [{ path: '', message }] });
}
