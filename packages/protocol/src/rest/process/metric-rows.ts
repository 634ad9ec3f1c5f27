/** The rows of the figures: how the server does, now and in the last five minutes, and the same for Prometheus. */
import { z } from 'zod';
import { outcomes } from '../../wire/events.ts';
import { enveloped, type RestRow } from '../rest-row.ts';

const ms = z.number().min(0).nullable();
const percentiles = z.object({ p50: ms, p99: ms }).describe('In ms; null if nothing was measured in these seconds.');
const rate = z.number().min(0);

/** Metrics of a few seconds. */
export const metricSample = z.object({
  at: z.int().describe('The end of these seconds, in ms since the epoch.'),
  connections: z.int().min(0).describe('Connected sockets.'),
  messagesPerSecond: rate.describe('Stored messages of people, agents and the server.'),
  turnsStartedPerSecond: rate.describe('Turns started; a turn resumed after a restart counts again.'),
  turnsEndedPerSecond: z.record(z.enum(outcomes), rate).describe('By outcome.'),
  turnsUnderWay: z.int().min(0),
  send: percentiles.describe('From receiving a message on a socket to its acknowledgement, in ms.'),
  turn: percentiles.describe('From storing the question to the end of the turn, in ms.'),
  firstToken: percentiles.describe('From storing the question to the first token of the model, in ms.'),
  eventLoopLagP99: z.number().min(0).describe('Delay of timers, 99th percentile, in ms.'),
  rssBytes: z.int().min(0).describe('Resident memory of the process.'),
});
export type MetricSample = z.output<typeof metricSample>;

const total = z.int().min(0);

export const metricRows = {
  'get-metrics': {
    method: 'GET',
    path: '/api/server/metrics',
    domain: 'system',
    about:
      'Server metrics: `now` covers the last five to ten seconds, `ring` the last five minutes (oldest first), and `totals` everything since the start.',
    scope: 'chat',
    answers: {
      200: enveloped(
        z.object({
          now: metricSample,
          stepMs: z.int().describe('Milliseconds between two samples of `ring`.'),
          ring: z.array(metricSample),
          totals: z.object({ messages: total, turnsStarted: total, turnsEnded: z.record(z.enum(outcomes), total) }),
        }),
      ),
    },
    errors: [],
  },
  'get-prometheus': {
    method: 'GET',
    path: '/metrics',
    domain: 'system',
    about: 'The same metrics in the Prometheus text format: counters, gauges and histograms since the start.',
    scope: 'chat',
    answers: { 200: 'text' },
    errors: [],
  },
} as const satisfies Record<string, RestRow>;
