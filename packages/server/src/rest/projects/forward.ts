/**
 * Routes of the plugins of Eliza OS projects: the request goes on to the project as it came, and its answer back. Whoever may use the
 * API of elizad may use them; the project does not learn the key.
 */
import { request as ask, type IncomingHttpHeaders } from 'node:http';
import { ElizadError } from 'elizad-protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Projects } from '../../agents/projects/projects.ts';
import type { RestDeps } from '../http/context.ts';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** What concerns one connection, and what is elizad's alone. */
const keptBack = [
  'authorization',
  'x-api-key',
  'connection',
  'keep-alive',
  'proxy-authorization',
  'te',
  'trailer',
  'upgrade',
  'expect',
];

/** Mounts the addresses in a scope of its own: bodies are left as they are, for the plugin to read. */
export function mountProjectRoutes(scope: FastifyInstance, { agents: { projects }, logger }: RestDeps): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
  scope.route({
    method: methods,
    url: '/api/agents/:agentId/plugins/*',
    handler: (request: FastifyRequest<{ Params: { agentId: string } }>, reply) => {
      const door = projects.findRoutes(request.params.agentId);
      if (!door) throw new ElizadError('agent-not-found');
      forward(door, request, reply, (error) =>
        logger.warn({ agentId: request.params.agentId, error: error.name }, 'a route of a plugin failed'),
      );
      return reply;
    },
  });
}

function forward(
  { port, headers }: NonNullable<ReturnType<Projects['findRoutes']>>,
  { raw, method, url }: FastifyRequest,
  reply: FastifyReply,
  onError: (error: Error) => void,
): void {
  const onward = ask({ host: '127.0.0.1', port, method, path: url, headers: { ...strip(raw.headers), ...headers } });
  onward.once('response', (answer) => {
    reply.hijack();
    reply.raw.writeHead(answer.statusCode ?? 502, { ...strip(answer.headers), ...onlyOurs(reply) });
    answer.pipe(reply.raw);
    // A plugin that breaks off must not look as if it had ended.
    answer.once('error', () => reply.raw.destroy());
  });
  onward.once('error', (error) => {
    if (reply.sent) return reply.raw.destroy();
    onError(error);
    reply.send(new ElizadError('project-not-running'));
  });
  reply.raw.once('close', () => onward.destroy());
  raw.pipe(onward);
}

const strip = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !keptBack.includes(name)));

/** What elizad says to pages of other sites. */
const onlyOurs = (reply: FastifyReply): Record<string, string> =>
  Object.fromEntries(
    Object.entries(reply.getHeaders())
      .filter(([name]) => name.startsWith('access-control-') || name === 'vary')
      .map(([name, value]) => [name, String(value)]),
  );
