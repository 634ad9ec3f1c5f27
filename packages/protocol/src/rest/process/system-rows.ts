/** The rows of the server itself: is it there, is it ready, which one is it. */
import { z } from 'zod';
import type { RestRow } from '../rest-row.ts';

export const systemRows = {
  'get-health': {
    method: 'GET',
    path: '/healthz',
    domain: 'system',
    about: 'Reports that the process is alive.',
    scope: null,
    answers: { 200: z.object({ status: z.literal('ok'), timestamp: z.number() }) },
    errors: [],
  },
  'get-readiness': {
    method: 'GET',
    path: '/readyz',
    domain: 'system',
    about:
      '200 when storage and agents are ready. 503 while starting or stopping, and for ten seconds after a disk error; `unready` lists the causes.',
    scope: null,
    answers: {
      200: z.object({ status: z.literal('ready'), unready: z.array(z.string()) }),
      503: z.object({ status: z.literal('not-ready'), unready: z.array(z.string()) }),
    },
    errors: [],
  },
  'get-root': {
    method: 'GET',
    path: '/',
    domain: 'system',
    about: 'Describes the server and how to connect, as JSON; browsers get the web client.',
    scope: null,
    answers: {
      200: z.object({
        name: z.string(),
        version: z.string(),
        connect: z.string(),
        health: z.string(),
        readiness: z.string(),
      }),
    },
    errors: [],
  },
  'get-websocket': {
    method: 'GET',
    path: '/websocket',
    domain: 'system',
    about: 'Upgrades to the same socket as `/socket.io/` (101). Without an upgrade: 426 and instructions.',
    scope: null,
    answers: { 101: 'none' },
    errors: ['upgrade-required'],
  },
  'get-ping': {
    method: 'GET',
    path: '/api/server/ping',
    domain: 'system',
    about: 'Confirms that the server answers and that the key is right.',
    scope: 'chat',
    answers: { 200: z.object({ pong: z.literal(true), timestamp: z.number() }) },
    errors: [],
  },
} as const satisfies Record<string, RestRow>;
