/**
 * Jobs: one question to one agent, in a channel of its own, whose answer somebody comes back for. A job ends, by its
 * deadline at the latest, and it goes on after a restart: asked again under its own id, the question is said once.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { ElizadError, type JsonValue, type Message } from 'elizad-protocol';
import { assertScope, chooseSpeaker } from '../../auth/permissions.ts';
import type { Principal } from '../../auth/principal.ts';
import { createAlarm } from '../../pacing/next-timer.ts';
import {
  averageJobMs,
  countJobs,
  deleteJobsBefore,
  findDueJobs,
  findJob,
  insertJob,
  type JobPage,
  type JobRow,
  listJobAnswers,
  listJobs,
  listOpenJobs,
} from '../../storage/kept/jobs.ts';
import { createId } from '../../storage/schema/ids.ts';
import { type JobsDeps, runJob, settleJob } from './job-run.ts';

/** `answer` is there where it was completed, unless it was deleted since; `error` where it was not. */
export type Job = { row: JobRow; answer: Message | undefined };

export type JobWish = {
  userId: string;
  agentId?: string | undefined;
  content: string;
  metadata: Record<string, JsonValue>;
  timeoutMs: number;
};

export type Jobs = {
  /** Throws `agent-not-found`, `no-agents-running`, `speaking-as-agent`, `reserved-voice`, `text-too-long`, `too-many-jobs`. */
  create(principal: Principal, wish: JobWish): Promise<Job>;
  /** As it is, or, with `waitMs`, as it is when it has ended or so much time has passed. Throws `job-not-found`. */
  get(id: string, waitMs?: number): Promise<Job>;
  /** `hasMore`: whether there are older ones, because these are as many as wanted, or as large as a page may be. */
  list(page: JobPage): Promise<{ jobs: Job[]; hasMore: boolean }>;
  /** Of one user, or of all. */
  count(userId?: string): ReturnType<typeof countJobs>;
  /** How long the last ones that were completed took on average, in ms. */
  averageMs(): Promise<number>;
  /** Goes on with jobs that are open; call it when agents answer. */
  start(): Promise<void>;
  /** Jobs that are open stay so. */
  stop(): Promise<void>;
  /** Forgets those that ended a week ago. */
  forgetOld(signal: AbortSignal): Promise<void>;
};

/** Open ones, at most. */
export const mostJobs = 1_000;

const retryMs = 10_000;

const keptMs = 7 * 24 * 3_600_000;

/** How long a job may still take, in ms: never longer than in all, however the clock was set while the server was not there. */
const measureLeft = ({ created_at, expires_at }: JobRow): number =>
  Math.min(Math.max(expires_at - Date.now(), 0), expires_at - created_at);

export function openJobs(deps: JobsDeps): Jobs {
  const { messaging, onError } = deps;
  const { db } = messaging.database;
  const running = new Map<string, Promise<void>>();
  const stopping = new AbortController();
  const alarm = createAlarm(async () => {
    const { due, next } = await findDueJobs(db, Date.now());
    // Those that are at work have timers of their own.
    for (const id of due) if (!running.has(id)) await settleJob(deps, await getJob(id));
    return next;
  }, onError);

  function begin(row: JobRow): void {
    const deadline = new AbortController();
    // By what passes, not by the clock, which may be set meanwhile.
    const timer = setTimeout(() => deadline.abort(), measureLeft(row)).unref();
    const over = runJob(deps, row, { deadline: deadline.signal, stopping: stopping.signal }).catch((error) => {
      // How it ended could not be written down: it is settled later.
      onError(error);
      alarm.setFor(Math.max(row.expires_at, Date.now() + retryMs));
    });
    running.set(row.id, over);
    void over.then(() => {
      clearTimeout(timer);
      running.delete(row.id);
    });
  }

  async function getJob(id: string): Promise<JobRow> {
    const row = await findJob(db, id);
    if (!row) throw new ElizadError('job-not-found');
    return row;
  }

  const show = async (rows: JobRow[]): Promise<Job[]> => {
    const answers = await listJobAnswers(db, rows);
    return rows.map((row) => ({ row, answer: row.answer_id === null ? undefined : answers.get(row.answer_id) }));
  };

  return {
    async create(principal, { userId, agentId, content, metadata, timeoutMs }) {
      assertScope(principal, 'chat');
      const { agents, limits } = messaging;
      if (agentId !== undefined && !agents.find(agentId)) throw new ElizadError('agent-not-found');
      const agent = agentId ?? agents.list().find(({ status }) => status === 'active')?.id;
      if (agent === undefined) throw new ElizadError('no-agents-running');
      chooseSpeaker(principal, userId, agents);
      if (content.length > limits.maxTextLength) throw new ElizadError('text-too-long');
      if (running.size >= mostJobs) throw new ElizadError('too-many-jobs');
      const now = Date.now();
      const row: JobRow = {
        id: createId(),
        agent_id: agent,
        user_id: userId,
        prompt: content,
        metadata: JSON.stringify(metadata),
        status: 'pending',
        created_at: now,
        expires_at: now + timeoutMs,
        ended_at: null,
        answer_id: null,
        error: null,
      };
      await insertJob(db, row);
      begin(row);
      return { row, answer: undefined };
    },
    async get(id, waitMs = 0) {
      const over = running.get(id);
      if (over && waitMs > 0) await Promise.race([over, pause(waitMs, undefined, { ref: false })]);
      return (await show([await getJob(id)]))[0] as Job;
    },
    async list(page) {
      const { rows, hasMore } = await listJobs(db, page);
      return { jobs: await show(rows), hasMore };
    },
    count: (userId) => countJobs(db, userId),
    averageMs: () => averageJobMs(db),
    async start() {
      for (const row of await listOpenJobs(db)) {
        if (row.expires_at <= Date.now()) await settleJob(deps, row);
        else begin(row);
      }
    },
    async stop() {
      stopping.abort();
      await alarm.stop();
      await Promise.all(running.values());
    },
    forgetOld: (signal) => deleteJobsBefore(db, Date.now() - keptMs, signal),
  };
}
