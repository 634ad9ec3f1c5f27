/**
 * Puts rows of the protocol table onto Fastify: is it what the row takes, may the caller have the room that it names, then the
 * handler. Who asks is known by then: admission.ts.
 */
import { ElizadError, type Issue, isShallow, maxNesting } from 'elizad-protocol';
import type { RestRow, RestRowName } from 'elizad-protocol/rest';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { getRoom } from '../../messaging/ground/access.ts';
import { passStop } from '../../observability/walk.ts';
import type { RestDeps } from './context.ts';
import { parseWith, respell } from './fields.ts';
import type { RestHandlers } from './handler.ts';

/** Mounts those of the rows that are `wanted`. */
export function mountRows<T extends Record<string, RestRow>>(
  app: FastifyInstance,
  deps: RestDeps,
  rows: T,
  handlers: RestHandlers<T>,
  wanted: (row: RestRow) => boolean,
): void {
  for (const [name, row] of Object.entries<RestRow>(rows)) {
    if (!wanted(row)) continue;
    const documented = createHandler(deps, rows, handlers, name);
    const released = row.released === undefined ? undefined : createHandler(deps, rows, handlers, row.released);
    const handler =
      released === undefined
        ? documented
        : (request: FastifyRequest, reply: FastifyReply) =>
            (isOfReleased(request) ? released : documented)(request, reply);
    const config = { row: name as RestRowName };
    for (const url of [row.path, ...(row.aliases ?? [])]) app.route({ method: row.method, url, config, handler });
  }
}

function createHandler<T extends Record<string, RestRow>>(
  deps: RestDeps,
  rows: T,
  handlers: RestHandlers<T>,
  name: string,
) {
  const row = rows[name] as RestRow;
  const handle = handlers[name] as (...given: unknown[]) => unknown;
  const usual = Number(Object.keys(row.answers)[0]);
  const answerWith = (given: object, request: FastifyRequest, reply: FastifyReply) => {
    reply.code(usual);
    const answer = handle(deps, { principal: request.principal, ...given, raw: request }, reply);
    return answer === undefined && !reply.sent ? reply.send() : answer;
  };
  const { room } = row;
  // Not async: what is known at once is sent at once, and what takes time Fastify waits for.
  if (!room)
    return (request: FastifyRequest, reply: FastifyReply) => answerWith(readRequest(row, request), request, reply);
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const given = readRequest(row, request);
    const id = (given.params as Record<string, string>)[room.id] as string;
    return answerWith(
      { ...given, room: await getRoom(deps.messaging, request.principal, id, room.right) },
      request,
      reply,
    );
  };
}

/** A client of the released servers: see `released` of a row. */
const isOfReleased = ({ headers }: FastifyRequest): boolean =>
  headers['content-type']?.startsWith('application/json') ?? false;

/**
 * What the row describes, checked; the fields of a form come later, with its file. Throws `invalid-payload` with every
 * fault: `params.…` and `query.…` are of the address, the rest of the body.
 */
function readRequest(row: RestRow, request: FastifyRequest) {
  passStop('rest/mount');
  const { params, query, body } = request;
  const isForm = row.form !== undefined && request.isMultipart();
  // Schemas walk it by recursion.
  if (!isShallow(body))
    throw new ElizadError('invalid-payload', {
      issues: [{ path: '', message: `expected JSON nested at most ${maxNesting} deep` }],
    });
  const issues: Issue[] = [];
  const given = {
    params: parseWith(row.params, params, issues, ['params']),
    query: parseWith(row.query, respell(row, query), issues, ['query']),
    body: readBody(row, body, isForm, issues),
  };
  if (issues.length > 0) throw new ElizadError('invalid-payload', { issues: issues.slice(0, mostIssues) });
  return given;
}

function readBody(row: RestRow, body: unknown, isForm: boolean, issues: Issue[]): unknown {
  if (row.upload) return {};
  if (isForm) return undefined;
  return parseWith(row.body, respell(row, body ?? {}), issues);
}

/** Faults that are told of one request. */
const mostIssues = 50;
