/**
 * Who may ask, and how often: known from the headers alone, so that a stranger is refused before a byte of what it sends is
 * read. Every request passes here, also to an address that no row has.
 */
import { ElizadError } from 'elizad-protocol';
import { type RestRowName, type RestScope, restRows } from 'elizad-protocol/rest';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { identify } from '../auth/identify.ts';
import { assertScope } from '../auth/permissions.ts';
import { createOperator, type Principal } from '../auth/principal.ts';
import { passStop } from '../observability/walk.ts';
import type { RestDeps } from './http/context.ts';
import { createRequestRate } from './http/limits/request-rate.ts';
import { listMethods } from './http/methods.ts';
import { findsWeb } from './web/send-web.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks, from the admission on. */
    principal: Principal;
  }
  interface FastifyContextConfig {
    /** What the address is mounted for. */
    row?: RestRowName;
  }
}

/** Throws what refuses the request: `unauthorized`, `too-many-keys`, `invalid-entity-id`, `missing-scope`, `too-many-requests`, `not-found`, `method-not-allowed`. */
export function createAdmission(deps: RestDeps): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  const { apiKey, restRequestsPerMinute } = deps.settings;
  const checkRate = restRequestsPerMinute > 0 ? createRequestRate(restRequestsPerMinute) : undefined;
  return async (request, reply) => {
    passStop('rest/admission');
    const { row } = request.routeOptions.config;
    const { guarded } = request.door;
    const isGuarded = guarded !== undefined && request.url.startsWith(guarded);
    const scope = row ? restRows[row].scope : isGuarded ? 'chat' : null;
    let refusal: unknown;
    try {
      request.principal = readCaller(deps, request, scope);
    } catch (error) {
      refusal = error;
    }
    // Who shows no key shall not use up what its holders may ask from the same address.
    const isStranger = apiKey !== undefined && (scope === null || refusal !== undefined);
    await checkRate?.(request, reply, isStranger);
    if (refusal) throw refusal;
    // What is sent to nowhere is not read either.
    if (request.is404 && !findsWeb(request)) refuseNowhere(request, reply);
  };
}

/** No route has it. Throws `method-not-allowed` where one has the address, else `not-found`. */
export function refuseNowhere(request: FastifyRequest, reply: FastifyReply): never {
  const methods = listMethods(request.url);
  if (methods === undefined) throw new ElizadError('not-found');
  reply.header('Allow', methods);
  throw new ElizadError('method-not-allowed');
}

/** Who asks. Throws `unauthorized`, `too-many-keys`, `invalid-entity-id` and `missing-scope`. */
export function readCaller(
  { checkKey }: Pick<RestDeps, 'checkKey'>,
  request: FastifyRequest,
  scope: RestScope,
): Principal {
  if (scope === null) return createOperator('loopback');
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const principal = identify(checkKey, {
    address: request.ip,
    keys: [request.headers['x-api-key'], bearer],
    entityId: request.headers['x-entity-id'],
  });
  assertScope(principal, scope);
  return principal;
}
