/** What those who run the server watch: its log, and what sockets send and get. */
import { z } from 'zod';
import { logLevelNames, maxNameLength } from '../../limits.ts';
import { inRow, notAnObject } from './row.ts';

const logLevel = z.union([z.string().toLowerCase().pipe(z.enum(logLevelNames)), z.int()], {
  error: `expected a number, or one of ${logLevelNames.join(', ')}`,
});

export const watchIntents = {
  subscribe_logs: inRow({
    intent: 'subscribe-logs',
    payload: z.object({ batched: z.boolean().optional() }),
    result: z.object({ subscribed: z.literal(true) }),
    fields: { batched: 'batched' },
    about:
      'Sends this socket every new log entry of the server. With `batched` they come as `logEntries`, at most every 100 ms, so that thousands of entries per second become a few events.',
    valid: [
      { why: 'no payload', payload: undefined },
      { why: 'in batches', payload: { batched: true } },
    ],
    invalid: [notAnObject, { why: 'batched is a text', payload: { batched: 'yes' }, path: 'batched' }],
  }),
  unsubscribe_logs: inRow({
    intent: 'unsubscribe-logs',
    payload: z.object({}),
    result: z.object({ subscribed: z.literal(false) }),
    fields: {},
    about: 'Stops sending log entries.',
    valid: [{ why: 'no payload', payload: undefined }],
    invalid: [notAnObject],
  }),
  update_log_filters: inRow({
    intent: 'update-log-filters',
    payload: z.object({
      agentName: z.string().max(maxNameLength).optional(),
      level: logLevel.optional(),
    }),
    result: z.object({ filters: z.object({ agentName: z.string(), level: z.union([z.string(), z.int()]) }) }),
    fields: { agentName: 'agentName', level: 'level' },
    about:
      'Filters the log entries by agent (`all` for every agent) and by lowest level (a name, a pino number, or `all`).',
    valid: [{ why: 'warnings of one agent', payload: { agentName: 'Eliza', level: 'warn' } }],
    invalid: [
      notAnObject,
      { why: 'the agent is not text', payload: { agentName: 1 }, path: 'agentName' },
      { why: 'the level is a list', payload: { level: [] }, path: 'level' },
      { why: 'unknown level', payload: { level: 'loud' }, path: 'level' },
    ],
  }),
  subscribe_wire: inRow({
    intent: 'subscribe-wire',
    payload: z.object({ socketId: z.string().min(1).max(100).optional() }),
    result: z.object({ subscribed: z.literal(true) }),
    fields: { socketId: 'socketId' },
    about:
      'Sends this socket a summary of every event of one socket, or of all sockets without `socketId`, as `wireEvent`; the last hundred stored events come first. A second call with another `socketId` replaces the first. The subscription ends with the connection: subscribe again after each `connect`.',
    valid: [
      { why: 'all sockets', payload: {} },
      { why: 'one socket', payload: { socketId: 'vdBr1n_2nLGsYD4yAAAA' } },
    ],
    invalid: [
      notAnObject,
      { why: 'the socket is a number', payload: { socketId: 7 }, path: 'socketId' },
      { why: 'the id is longer than any socket id', payload: { socketId: 'x'.repeat(101) }, path: 'socketId' },
    ],
  }),
  unsubscribe_wire: inRow({
    intent: 'unsubscribe-wire',
    payload: z.object({}),
    result: z.object({ subscribed: z.literal(false) }),
    fields: {},
    about: 'Stops the `wireEvent` summaries.',
    valid: [{ why: 'no payload', payload: undefined }],
    invalid: [notAnObject],
  }),
} as const;
