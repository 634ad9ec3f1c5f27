/** Puts rows of the protocol table onto Fastify: who asks, is it what the row takes, then the handler. */
import { ElizadError, isShallow, isUuid, maxNesting } from 'elizad-protocol';
import type { RestRow, RestScope } from 'elizad-protocol/rest';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { checkApiKey } from '../auth/credentials.ts';
import { assertScope } from '../auth/permissions.ts';
import { createOperator, createPrincipal, type Principal } from '../auth/principal.ts';
import type { RestDeps } from './context.ts';
import type { RestHandlers } from './handler.ts';

export function mountRows<T extends Record<string, RestRow>>(
  app: FastifyInstance,
  deps: RestDeps,
  rows: T,
  handlers: RestHandlers<T>,
): void {
  for (const [name, row] of Object.entries<RestRow>(rows)) {
    const handle = handlers[name] as (...given: unknown[]) => unknown;
    const handler = async (request: FastifyRequest, reply: FastifyReply) => {
      const principal = identify(deps, request, row.scope);
      const given = readRequest(row, request);
      reply.code(Number(Object.keys(row.answers)[0]));
      const answer = await handle(deps, { principal, ...given, raw: request }, reply);
      if (answer === undefined && !reply.sent && Object.values(row.answers).includes('none')) return reply.send();
      return answer;
    };
    for (const url of [row.path, ...(row.aliases ?? [])]) app.route({ method: row.method, url, handler });
  }
}

/** Who asks. Throws `unauthorized`, `invalid-entity-id` and `missing-scope`. */
export function identify(
  { settings }: Pick<RestDeps, 'settings'>,
  request: FastifyRequest,
  scope: RestScope,
): Principal {
  if (scope === null) return createOperator('loopback');
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const credential = checkApiKey(settings.apiKey, [request.headers['x-api-key'], bearer]);
  const named = request.headers['x-entity-id'];
  if (named !== undefined && !isUuid(named)) throw new ElizadError('invalid-entity-id');
  const principal = named ? createPrincipal(named.toLowerCase(), undefined, credential) : createOperator(credential);
  assertScope(principal, scope);
  return principal;
}

/** What the row describes, checked. Throws `invalid-payload` with every fault: `params.…` and `query.…` are of the address, the rest of the body. */
function readRequest(row: RestRow, { params, query, body }: FastifyRequest) {
  const issues: { path: string; message: string }[] = [];
  // Schemas walk it by recursion.
  if (!isShallow(body))
    throw new ElizadError('invalid-payload', {
      issues: [{ path: '', message: `expected JSON nested at most ${maxNesting} deep` }],
    });
  const read = (where: string[], schema: z.ZodType | undefined, value: unknown) => {
    if (!schema) return {};
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    issues.push(
      ...parsed.error.issues.map((issue) => ({ path: [...where, ...issue.path].join('.'), message: issue.message })),
    );
    return {};
  };
  const given = {
    params: read(['params'], row.params, params),
    query: read(['query'], row.query, respell(row, query)),
    body: read([], row.body, respell(row, body ?? {})),
  };
  if (issues.length > 0) throw new ElizadError('invalid-payload', { issues: issues.slice(0, mostIssues) });
  return given;
}

/** Faults that are told of one request. */
const mostIssues = 50;

/** Gives fields the names that the row has for them. */
function respell({ spellings = {} }: RestRow, given: unknown): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given;
  const fields = { ...(given as Record<string, unknown>) };
  for (const [name, others] of Object.entries(spellings)) {
    const other = others.find((one) => fields[one] !== undefined);
    if (fields[name] === undefined && other !== undefined) fields[name] = fields[other];
  }
  return fields;
}
