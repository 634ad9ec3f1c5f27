/** The rows of jobs: one question, whose answer is waited for. Times are ms since the epoch. */
import { z } from 'zod';
import { wellFormed } from '../../fields.ts';
import { uuid } from '../../ids.ts';
import { boundedRecord } from '../bounded.ts';
import { idParams, metadata, queryNumber, type RestRow } from '../rest-row.ts';
import { speakerErrors } from './turn-errors.ts';

const ms = z.int().min(0);
const statuses = ['pending', 'processing', 'completed', 'failed', 'timeout'] as const;
const status = z.enum(statuses);

const created = z.object({ jobId: uuid, status, createdAt: ms, expiresAt: ms });

/** `channelId` is that of the job: what was said in it is the history of that channel. */
const job = created.extend({
  agentId: uuid,
  userId: uuid,
  channelId: uuid,
  prompt: z.string(),
  result: z
    .object({
      message: z.object({ id: uuid, content: z.string(), authorId: uuid, createdAt: ms, metadata }),
      processingTimeMs: ms,
    })
    .optional(),
  error: z.string().optional(),
  metadata,
});

const path = '/api/messaging/jobs';
const row = { domain: 'jobs', scope: 'chat' } as const;
const orNone = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);

export const jobRows = {
  'create-job': {
    ...row,
    method: 'POST',
    path,
    about: 'Asks an agent in a channel of its own and responds at once. `GET …/jobs/:jobId` returns the result.',
    body: z.object({
      userId: uuid,
      agentId: orNone(uuid).describe('Without it, the first agent is asked.'),
      content: wellFormed
        .min(1)
        .max(50_000)
        .refine((text) => text.trim() !== '', 'expected some text'),
      metadata: orNone(boundedRecord(10_000)).transform((given) => given ?? {}),
      timeoutMs: orNone(z.int().min(1_000).max(300_000))
        .transform((given) => given ?? 30_000)
        .describe('30000 by default. Then the job ends as `timeout` and the agent stops.'),
    }),
    spellings: {
      userId: ['user_id', 'entityId'],
      agentId: ['agent_id'],
      content: ['prompt', 'text', 'message'],
      timeoutMs: ['timeout_ms'],
    },
    answers: { 201: created },
    errors: ['agent-not-found', 'no-agents-running', ...speakerErrors, 'text-too-long', 'too-many-jobs'],
  },
  'list-jobs': {
    ...row,
    method: 'GET',
    path,
    about: 'Jobs, newest first, and their number. With `X-Entity-Id`, only those of this user.',
    query: z.object({
      limit: queryNumber(1, 500).default(50).describe('Large jobs make a page shorter, about half a megabyte.'),
      status: status.optional(),
      before: uuid.optional().describe('The `nextCursor` of the previous page.'),
    }),
    spellings: { before: ['cursor'] },
    answers: {
      200: z.object({
        jobs: z.array(job),
        total: z.int(),
        filtered: z.int().describe('The number of jobs with the given status.'),
        nextCursor: uuid.optional(),
      }),
    },
    errors: [],
  },
  'get-jobs-health': {
    ...row,
    method: 'GET',
    path: `${path}/health`,
    about: 'The number of jobs by status, and the times and rates of those that ended. Jobs are kept for a week.',
    answers: {
      200: z.object({
        healthy: z.boolean(),
        timestamp: ms,
        totalJobs: z.int(),
        statusCounts: z.record(status, z.int()),
        metrics: z.object({
          averageProcessingTimeMs: z.number(),
          successRate: z.number(),
          failureRate: z.number(),
          timeoutRate: z.number(),
        }),
        maxJobs: z.int(),
      }),
    },
    errors: [],
  },
  'get-job': {
    ...row,
    method: 'GET',
    path: `${path}/:jobId`,
    about:
      'A job: `result` if it completed, `error` if it did not. With `wait`, responds when it has ended or after that many seconds.',
    params: idParams('jobId'),
    query: z.object({ wait: queryNumber(0, 60).default(0) }),
    answers: { 200: job },
    errors: ['job-not-found'],
  },
} as const satisfies Record<string, RestRow>;
