/** The rows of what agents did: their runs, and the log that is made from the same traces. */
import { z } from 'zod';
import { uuid } from '../../ids.ts';
import { logLevelNames } from '../../limits.ts';
import { enveloped, idParams, moment, queryNumber, type RestRow } from '../rest-row.ts';

const runStatus = z.enum(['started', 'completed', 'timeout', 'error']);

/** Times are ms since the epoch; null where it is not over. */
const runSummary = z.object({
  runId: uuid,
  status: runStatus,
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  durationMs: z.number().nullable(),
  messageId: uuid,
  roomId: uuid,
  entityId: uuid,
  metadata: z.looseObject({ outcome: z.string().nullable() }),
  counts: z.object({ actions: z.number(), modelCalls: z.number(), errors: z.number(), evaluators: z.number() }),
});

const runEvent = z.object({
  type: z.enum(['RUN_STARTED', 'RUN_ENDED', 'ACTION_STARTED', 'ACTION_COMPLETED', 'MODEL_USED']),
  timestamp: z.number(),
  data: z.looseObject({}),
});

const logEntry = z.object({
  id: uuid,
  type: z.string(),
  body: z.looseObject({}),
  createdAt: z.number(),
  roomId: uuid,
  entityId: uuid,
  agentId: uuid,
  agentName: z.string(),
  level: z.number(),
  time: z.number(),
  msg: z.string(),
});

/** Texts with commas between them. */
const list = z
  .union([z.string(), z.array(z.string()).max(100)])
  .transform((given) => [given].flat().flatMap((text) => text.split(',').filter(Boolean)));

export const runRows = {
  'list-runs': {
    method: 'GET',
    path: '/api/agents/:agentId/runs',
    domain: 'agents',
    about:
      'The runs of an agent, one for each message it had to answer: unfinished runs first, then newest first. Kept for 14 days.',
    scope: 'logs',
    params: idParams('agentId'),
    query: z.object({
      roomId: uuid.optional(),
      status: z.enum([...runStatus.options, 'all']).default('all'),
      limit: queryNumber(1, 100).default(20),
      from: moment.optional().describe('Earliest start of a run.'),
      to: moment.optional().describe('Latest start of a run.'),
    }),
    spellings: { roomId: ['channelId'] },
    answers: {
      200: enveloped(z.object({ runs: z.array(runSummary), total: z.number(), hasMore: z.boolean() })),
    },
    errors: ['agent-not-found'],
  },
  'get-run': {
    method: 'GET',
    path: '/api/agents/:agentId/runs/:runId',
    domain: 'agents',
    about: 'A run and its events: what the agent did, when, and what it cost. Runs store no message or prompt texts.',
    scope: 'logs',
    params: idParams('agentId', 'runId'),
    answers: { 200: enveloped(z.object({ summary: runSummary, events: z.array(runEvent) })) },
    errors: ['agent-not-found', 'run-not-found'],
  },
  'list-agent-logs': {
    method: 'GET',
    path: '/api/agents/:agentId/logs',
    domain: 'agents',
    about:
      'The model calls (`useModel:…`) and actions of an agent, newest first. Runs store no prompts, answers or message texts; rooms keep the messages.',
    scope: 'logs',
    params: idParams('agentId'),
    query: z.object({
      limit: queryNumber(1, 1_000).default(50),
      offset: queryNumber(0, 10_000).default(0),
      before: moment.optional().describe('Only entries before this time.'),
      since: moment.optional().describe('Only entries since this time.'),
      type: z.string().optional(),
      excludeTypes: list.default([]),
      roomId: uuid.optional(),
      level: z.enum(logLevelNames).default('all'),
    }),
    spellings: { limit: ['count'], before: ['until'], roomId: ['channelId'] },
    answers: { 200: enveloped(z.array(logEntry), { count: z.number() }) },
    errors: ['agent-not-found'],
  },
  'delete-agent-log': {
    method: 'DELETE',
    path: '/api/agents/:agentId/logs/:logId',
    domain: 'agents',
    about: "Deletes an entry of an agent's log. Its cost still counts towards the budgets of the room.",
    scope: 'operate',
    params: idParams('agentId', 'logId'),
    answers: { 204: 'none' },
    errors: ['agent-not-found', 'log-entry-not-found'],
  },
} as const satisfies Record<string, RestRow>;
