/** The server as it runs: who is there, how it is, its version, its end. */
import { totalmem } from 'node:os';
import { defaultServerId, ElizadError, errorTable } from 'elizad-protocol';
import type { processRows } from 'elizad-protocol/rest';
import type { FastifyReply } from 'fastify';
import { listAllWithAgents } from '../../../messaging/rooms/servers.ts';
import { readResidentBytes } from '../../../observability/resident.ts';
import type { RestDeps } from '../../http/context.ts';
import type { RestHandlers } from '../../http/handler.ts';

export const processHandlers: RestHandlers<typeof processRows> = {
  'get-hello': () => ({ message: 'Hello World!' }),
  'get-status': (deps) => {
    const total = deps.messaging.agents.list().length;
    const active = countRunning(deps);
    const memory = { used: readResidentBytes(), total: totalmem() };
    return {
      status: 'ok',
      agentCount: active,
      agents: { total, active, inactive: total - active },
      memory: { ...memory, percentage: (memory.used / memory.total) * 100 },
      uptime: process.uptime(),
      version: deps.version,
      timestamp: new Date().toISOString(),
    };
  },
  'get-server-health': (deps, _request, reply) => describeHealth(deps, reply),
  'get-open-health': (deps, _request, reply) => describeHealth(deps, reply),
  'stop-server': ({ settings, stop, logger }, { raw }, reply) => {
    if (!settings.allowRemoteStop) throw new ElizadError('remote-stop-off');
    logger.warn({ address: raw.ip }, 'stop requested over HTTP');
    reply.header('connection', 'close');
    reply.raw.once('close', stop);
    return { message: 'Server stopping...' };
  },
  'get-debug-servers': async ({ messaging }) => {
    const found = await listAllWithAgents(messaging);
    const all = messaging.agents.list().map(({ id }) => id);
    const servers = found.map(({ id, name, agentIds }) => ({
      id,
      name,
      status: 'active' as const,
      agents: id === defaultServerId ? all : agentIds,
    }));
    return { success: true, data: { servers }, servers, count: servers.length };
  },
  'get-version': ({ version }) => ({
    version,
    source: 'elizad',
    timestamp: new Date().toISOString(),
    environment: process.env.NODE_ENV || 'production',
    uptime: process.uptime(),
  }),
  'get-config': ({ settings }) => ({ success: true, data: { requiresAuth: settings.apiKey !== undefined } }),
};

const countRunning = ({ messaging }: RestDeps): number =>
  messaging.agents.list().filter(({ status }) => status === 'active').length;

function describeHealth(deps: RestDeps, reply: FastifyReply) {
  const agentCount = countRunning(deps);
  const isReady = deps.listUnready().length === 0;
  const health = {
    version: deps.version,
    timestamp: new Date().toISOString(),
    dependencies: {
      agents: agentCount > 0 ? ('healthy' as const) : ('no_agents' as const),
      server: isReady ? ('healthy' as const) : ('not_ready' as const),
    },
    agentCount,
  };
  if (agentCount > 0 && isReady) return { status: 'OK' as const, ...health };
  const code = agentCount > 0 ? 'server-not-ready' : 'no-agents-running';
  const { message, hint } = errorTable[code];
  reply.code(503);
  return { status: 'DEGRADED' as const, ...health, success: false as const, error: { code, message, hint } };
}
