/**
 * Jobs: one question to one agent, in a channel of its own, whose answer somebody comes back for. A job ends, by its
 * deadline at the latest, and it goes on after a restart: asked again under its own id, the question is said once.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { ElizadError, errorTable, type JsonValue, type Message } from 'elizad-protocol';
import { assertScope, chooseSpeaker } from '../auth/permissions.ts';
import { createOperator, type Principal } from '../auth/principal.ts';
import { listMessagesAfter } from '../storage/journal/history.ts';
import {
  averageJobMs,
  changeJob,
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
} from '../storage/kept/jobs.ts';
import { findMessageEnd } from '../storage/messages/answers.ts';
import { createId } from '../storage/schema/ids.ts';
import { inviteAgent, readAnswer } from './asking/ask-agent.ts';
import { type Exchange, exchange } from './asking/ask-and-wait.ts';
import type { CancelTurns, Messaging } from './ground/context.ts';
import { createAlarm } from './pacing/next-timer.ts';

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

export type JobsDeps = { messaging: Messaging; cancelTurns: CancelTurns; onError(error: unknown): void };

/** Open ones, at most. */
export const mostJobs = 1_000;

const retryMs = 10_000;

const keptMs = 7 * 24 * 3_600_000;

/** How long a job may still take, in ms: never longer than in all, however the clock was set while the server was not there. */
const measureLeft = ({ created_at, expires_at }: JobRow): number =>
  Math.min(Math.max(expires_at - Date.now(), 0), expires_at - created_at);

export function openJobs({ messaging, cancelTurns, onError }: JobsDeps): Jobs {
  const { db } = messaging.database;
  const running = new Map<string, Promise<void>>();
  const stopping = new AbortController();
  const alarm = createAlarm(async () => {
    const { due, next } = await findDueJobs(db, Date.now());
    // Those that are at work have timers of their own.
    for (const id of due) if (!running.has(id)) await settle(await getJob(id));
    return next;
  }, onError);

  function begin(row: JobRow): void {
    const deadline = new AbortController();
    // By what passes, not by the clock, which may be set meanwhile.
    const timer = setTimeout(() => deadline.abort(), measureLeft(row)).unref();
    const over = run(row, deadline.signal).catch((error) => {
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

  async function run(row: JobRow, deadline: AbortSignal): Promise<void> {
    try {
      await changeJob(db, row.id, { status: 'processing' });
      const asker = createOperator('loopback');
      const question = {
        channelId: row.id,
        entityId: row.user_id,
        clientMessageId: row.id,
        text: row.prompt,
        attachments: [],
        metadata: JSON.parse(row.metadata),
        source: { door: 'job' as const },
        isDm: true,
      };
      const draft = await inviteAgent(messaging, asker, row.agent_id, question);
      const told = await exchange(messaging, asker, draft, AbortSignal.any([deadline, stopping.signal]));
      if (told.completion) await end(row, told);
      else if (deadline.aborted) await giveUp(row, told.message);
    } catch (error) {
      if (stopping.signal.aborted) return;
      if (!(error instanceof ElizadError)) onError(error);
      await fail(row, error instanceof ElizadError ? error : new ElizadError('internal'));
    }
  }

  async function end(row: JobRow, { answers, completion }: Pick<Exchange, 'answers' | 'completion'>): Promise<void> {
    const { last } = readAnswer(row.agent_id, answers, completion);
    const ended_at = Date.now();
    if (last) await changeJob(db, row.id, { status: 'completed', ended_at, answer_id: last.id });
    else await changeJob(db, row.id, { status: 'failed', ended_at, error: 'The agent chose to say nothing.' });
  }

  async function fail(row: JobRow, { code }: ElizadError): Promise<void> {
    const { message, hint } = errorTable[code];
    const isTimeout = code === 'turn-timed-out';
    const status = isTimeout ? 'timeout' : 'failed';
    await changeJob(db, row.id, { status, ended_at: Date.now(), error: `${code}: ${message} ${hint}` });
  }

  /** Nobody comes back for the answer: the model need not go on. */
  async function giveUp(row: JobRow, question: Message | undefined): Promise<void> {
    const error = `No answer within ${row.expires_at - row.created_at} ms.`;
    await changeJob(db, row.id, { status: 'timeout', ended_at: Date.now(), error });
    if (question) await cancelTurns(row.id, question.id);
  }

  /** A job whose time was over while the server was not there: it may have been answered before that. */
  async function settle(row: JobRow): Promise<void> {
    const [question] = await listMessagesAfter(db, row.id, 0, 1);
    const told = question && (await findMessageEnd(db, question));
    if (told && told.answers.length > 0) {
      const answer_id = told.answers.at(-1)?.id ?? null;
      await changeJob(db, row.id, { status: 'completed', ended_at: Date.now(), answer_id });
    } else await giveUp(row, question);
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
        if (row.expires_at <= Date.now()) await settle(row);
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
