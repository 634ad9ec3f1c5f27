/** The rows of the server as it runs: who is there, how it is, its version, its environment, its end. */
import { z } from 'zod';
import { uuid } from '../../ids.ts';
import { enveloped, isoTime, type RestRow } from '../rest-row.ts';

const health = {
  version: z.string(),
  timestamp: isoTime,
  dependencies: z.object({ agents: z.enum(['healthy', 'no_agents']), server: z.enum(['healthy', 'not_ready']) }),
  agentCount: z.int().min(0),
};

const failure = z.object({ code: z.string(), message: z.string(), hint: z.string() });

const healthAnswers = {
  200: z.object({ status: z.literal('OK'), ...health }),
  503: z.object({ status: z.literal('DEGRADED'), ...health, success: z.literal(false), error: failure }),
};

const healthAbout =
  'Whether messages are answered: 503 while no agent is running, and while the server starts or stops.';

const server = z.object({ id: uuid, name: z.string(), status: z.literal('active'), agents: z.array(uuid) });

const row = { domain: 'system', errors: [] } as const;

export const processRows = {
  'get-hello': {
    ...row,
    method: 'GET',
    path: '/api/server/hello',
    about: 'Returns a greeting.',
    scope: 'chat',
    answers: { 200: z.object({ message: z.string() }) },
  },
  'get-status': {
    ...row,
    method: 'GET',
    path: '/api/server/status',
    about: 'The number of running agents, the memory used by the server (bytes) and its uptime (seconds).',
    scope: 'chat',
    answers: {
      200: z.object({
        status: z.literal('ok'),
        agentCount: z.int().min(0),
        agents: z.object({ total: z.int(), active: z.int(), inactive: z.int() }),
        memory: z.object({ used: z.number(), total: z.number(), percentage: z.number() }),
        uptime: z.number(),
        version: z.string(),
        timestamp: isoTime,
      }),
    },
  },
  'get-server-health': {
    ...row,
    method: 'GET',
    path: '/api/server/health',
    about: healthAbout,
    scope: 'chat',
    answers: healthAnswers,
  },
  'get-open-health': {
    ...row,
    method: 'GET',
    path: '/health',
    about: `${healthAbout} For process monitors: needs no key.`,
    scope: null,
    answers: healthAnswers,
  },
  'stop-server': {
    ...row,
    method: 'POST',
    path: '/api/server/stop',
    about: 'Responds, then stops the server as SIGTERM does. 403 unless ALLOW_REMOTE_STOP is on.',
    scope: 'operate',
    answers: { 200: z.object({ message: z.string() }) },
    errors: ['remote-stop-off'],
  },
  'get-debug-servers': {
    ...row,
    method: 'GET',
    path: '/api/server/debug/servers',
    aliases: ['/api/server/servers'],
    about: 'Every message server (at most 1000) with its agents. All agents belong to the default server.',
    scope: 'chat',
    answers: { 200: enveloped(z.object({ servers: z.array(server) }), { servers: z.array(server), count: z.int() }) },
  },
  'get-version': {
    ...row,
    method: 'GET',
    path: '/api/system/version',
    about: 'The version of the server and its uptime in seconds.',
    scope: null,
    answers: {
      200: z.object({
        version: z.string(),
        source: z.string(),
        timestamp: isoTime,
        environment: z.string(),
        uptime: z.number(),
      }),
    },
  },
  'get-config': {
    ...row,
    method: 'GET',
    path: '/api/system/config',
    about: 'Whether a key is required (`X-API-KEY`).',
    scope: null,
    answers: { 200: enveloped(z.object({ requiresAuth: z.boolean() })) },
  },
} as const satisfies Record<string, RestRow>;
