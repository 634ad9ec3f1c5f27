/** The rows of the server's log. */
import { z } from 'zod';
import { uuid } from '../../ids.ts';
import { logLevelNames } from '../../limits.ts';
import { moment, type RestRow } from '../rest-row.ts';

const level = z
  .string()
  .toLowerCase()
  .pipe(z.enum(logLevelNames, { error: `expected one of ${logLevelNames.join(', ')}` }));

/** What is empty, or `all`, is no filter. */
const anyOr = <T extends z.ZodType>(schema: T) =>
  z
    .preprocess((value) => (value === '' || value === 'all' || value === null ? undefined : value), schema.optional())
    .optional();

const filters = z.object({
  since: z
    .preprocess((value) => (value === '' || value === null ? undefined : value), moment.optional())
    .optional()
    .describe('Only lines since this time.'),
  level: z
    .preprocess((value) => (value === '' || value === null ? undefined : value), level.default('info'))
    .describe('Lowest level; `all` includes every line.'),
  agentName: anyOr(z.string().max(200)),
  agentId: anyOr(uuid),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .transform((limit) => Math.min(limit, 1_000))
    .default(100)
    .describe('At most 1000, and at most a megabyte of lines.'),
});

const logs = z.object({
  logs: z.array(
    z.object({
      level: z.int(),
      time: z.int(),
      msg: z.string(),
      agentId: uuid.optional(),
      agentName: z.string().optional(),
    }),
  ),
  count: z.int(),
  total: z.int(),
  requestedLevel: z.string(),
  level: z.string(),
  agentName: z.string(),
  agentId: z.string(),
  levels: z.array(z.string()),
});

const row = { path: '/api/server/logs', domain: 'logs', scope: 'logs', errors: [] } as const;
const about =
  'The last matching log lines, oldest first, across restarts (LOG_KEPT). Never contains message texts or secrets.';

export const logRows = {
  'get-logs': { ...row, method: 'GET', about, query: filters, answers: { 200: logs } },
  'post-logs': {
    ...row,
    method: 'POST',
    about: `${about} The filters go in the body.`,
    body: filters,
    answers: { 200: logs },
  },
  'clear-logs': {
    ...row,
    method: 'DELETE',
    about: 'Deletes all stored log lines.',
    scope: 'operate',
    answers: { 200: z.object({ status: z.literal('success'), message: z.string() }) },
  },
} as const satisfies Record<string, RestRow>;
