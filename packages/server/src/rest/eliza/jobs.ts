/** Jobs over HTTP. */
import type { JsonValue } from 'elizad-protocol';
import type { jobRows } from 'elizad-protocol/rest';
import { type Job, mostJobs } from '../../messaging/jobs/jobs.ts';
import type { RestHandlers } from '../http/handler.ts';

export const jobHandlers: RestHandlers<typeof jobRows> = {
  'create-job': async ({ jobs }, { principal, body }) => toCreated(await jobs.create(principal, body)),
  'list-jobs': async ({ jobs }, { principal, query }) => {
    const userId = principal.scopes.includes('moderate') ? undefined : principal.entityId;
    const [{ jobs: found, hasMore }, counts] = await Promise.all([jobs.list({ ...query, userId }), jobs.count(userId)]);
    const total = sum(counts);
    return {
      jobs: found.map(toJob),
      total,
      filtered: query.status === undefined ? total : (counts[query.status] ?? 0),
      ...(hasMore && { nextCursor: found.at(-1)?.row.id }),
    };
  },
  'get-jobs-health': async ({ jobs, listUnready }) => {
    const [counts, averageMs] = await Promise.all([jobs.count(), jobs.averageMs()]);
    const { pending = 0, processing = 0, completed = 0, failed = 0, timeout = 0 } = counts;
    const ended = Math.max(1, completed + failed + timeout);
    return {
      healthy: listUnready().length === 0,
      timestamp: Date.now(),
      totalJobs: sum(counts),
      statusCounts: { pending, processing, completed, failed, timeout },
      metrics: {
        averageProcessingTimeMs: averageMs,
        successRate: completed / ended,
        failureRate: failed / ended,
        timeoutRate: timeout / ended,
      },
      maxJobs: mostJobs,
    };
  },
  'get-job': async ({ jobs }, { params, query }) => toJob(await jobs.get(params.jobId, query.wait * 1_000)),
};

const sum = (counts: Partial<Record<string, number>>): number =>
  Object.values(counts).reduce<number>((total, n) => total + (n ?? 0), 0);

const toCreated = ({ row }: Job) => ({
  jobId: row.id,
  status: row.status,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
});

function toJob(job: Job) {
  const { row, answer } = job;
  const message = answer && {
    id: answer.id,
    content: answer.text,
    authorId: answer.senderId,
    createdAt: answer.createdAt,
    metadata: { ...(answer.metadata as Record<string, JsonValue>), thought: answer.thought, actions: answer.actions },
  };
  return {
    ...toCreated(job),
    agentId: row.agent_id,
    userId: row.user_id,
    channelId: row.id,
    prompt: row.prompt,
    metadata: JSON.parse(row.metadata) as Record<string, JsonValue>,
    ...(message && {
      result: { message, processingTimeMs: Math.max(0, (row.ended_at ?? row.created_at) - row.created_at) },
    }),
    ...(row.error !== null && { error: row.error }),
  };
}
