/** What a route of the HTTP edge is given, and who is behind a request. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { checkApiKey } from '../auth/credentials.ts';
import type { Principal } from '../auth/principal.ts';
import type { CancelTurns } from '../messaging/delete-message.ts';
import type { Messaging } from '../messaging/messages.ts';
import type { Logger } from '../observability/logger.ts';

export type RestDeps = {
  apiKey: string | undefined;
  logger: Logger;
  version: string;
  listUnready: () => string[];
  /** What rooms are made of; a function, because the HTTP server is there first. */
  getMessaging: () => Messaging;
  cancelTurns: CancelTurns;
};

export type RouteHandler = (deps: RestDeps, request: FastifyRequest, reply: FastifyReply) => unknown;

/** What vouches for a request. Throws `unauthorized`. */
export function authorize({ apiKey }: Pick<RestDeps, 'apiKey'>, request: FastifyRequest): Principal['credential'] {
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return checkApiKey(apiKey, [request.headers['x-api-key'], bearer]);
}
