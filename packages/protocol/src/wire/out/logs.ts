/** The log of the server and the events of other sockets, for those who subscribed. */
import { z } from 'zod';
import { uuid } from '../../ids.ts';
import type { LogLine } from '../events.ts';
import { type WireRecord, wireRecord } from '../wire-watch.ts';
import { agentId, at, channelId, ms, outRow } from './row.ts';

const logEntry = z.strictObject({
  level: z.int(),
  time: ms,
  msg: z.string(),
  agentId: uuid.optional(),
  agentName: z.string().optional(),
});
const filters = z.strictObject({ agentName: z.string(), level: z.union([z.string(), z.int()]) });

type Filters = { filters?: { agentName: string; level: string | number }; error?: string };

const line: LogLine = { level: 30, time: at, msg: 'turn answered', agentId, agentName: 'Eliza' };

export const logEvents = {
  logged: outRow<LogLine>()({
    sample: line,
    frames: {
      logEntry: {
        schema: logEntry,
        about:
          'A log entry (pino levels), for subscribed sockets; sockets that joined with the id of an agent get its entries too. Never contains message texts or secrets.',
        wrong: { change: { level: 'info' }, path: 'level' },
      },
      log_stream: {
        schema: z.strictObject({ type: z.literal('log_entry'), payload: logEntry }),
        about: 'The same in another spelling.',
        wrong: { change: { type: 'log' }, path: 'type' },
      },
    },
    encode: (event) => [
      ['logEntry', event],
      ['log_stream', { type: 'log_entry' as const, payload: event }],
    ],
  }),
  'logged-many': outRow<{ entries: LogLine[] }>()({
    sample: { entries: [line] },
    frames: {
      logEntries: {
        schema: z.strictObject({ entries: z.array(logEntry) }),
        about:
          'Log entries in order, for sockets that subscribed with `batched`; replaces `logEntry` and `log_stream`.',
        wrong: { change: { entries: 'none' }, path: 'entries' },
      },
    },
    encode: (event) => [['logEntries', event]],
  }),
  'log-subscription': outRow<{ subscribed: boolean }>()({
    sample: { subscribed: true },
    frames: {
      log_subscription_confirmed: {
        schema: z.strictObject({ subscribed: z.boolean(), message: z.string() }),
        about: 'Sent after subscribe_logs and unsubscribe_logs.',
        wrong: { change: { subscribed: 'yes' }, path: 'subscribed' },
      },
    },
    encode: ({ subscribed }) => [
      [
        'log_subscription_confirmed',
        { subscribed, message: subscribed ? 'Subscribed to the log stream' : 'Unsubscribed from the log stream' },
      ],
    ],
  }),
  'log-filters': outRow<Filters>()({
    sample: { filters: { agentName: 'Eliza', level: 'warn' } },
    frames: {
      log_filters_updated: {
        schema: z.union([
          z.strictObject({ success: z.literal(true), filters }),
          z.strictObject({ success: z.literal(false), error: z.string() }),
        ]),
        about: 'Sent after update_log_filters.',
        wrong: { change: { success: 'yes' }, path: '' },
      },
    },
    encode: ({ filters: current, error }) => [
      [
        'log_filters_updated',
        current ? { success: true as const, filters: current } : { success: false as const, error: error ?? '' },
      ],
    ],
  }),
  /** `dropped`: how many events of the sockets it watches are left out since the last one. */
  'wire-watched': outRow<{ events: WireRecord[]; dropped: number }>()({
    sample: {
      events: [
        {
          socketId: 'vdBr1n_2nLGsYD4yAAAA',
          time: at,
          direction: 'in',
          event: 'message',
          dialect: 'documented',
          intent: 'send-message',
          roomId: channelId,
          bytes: 84,
          ack: 'ok',
          ms: 2,
        },
      ],
      dropped: 0,
    },
    frames: {
      wireEvent: {
        schema: z.strictObject({ events: z.array(wireRecord), dropped: z.int().min(0) }),
        about:
          'For sockets that watch others (subscribe_wire): the events that those sent and received since the last `wireEvent`, oldest first, at most ten times a second. `dropped` is the number of omitted events. Log entries and `wireEvent` itself are not included. Never contains message texts or secrets.',
        wrong: { change: { dropped: -1 }, path: 'dropped' },
      },
    },
    encode: (event) => [['wireEvent', event]],
  }),
};
