/** One job at work: the question is asked, and how it ended is written down. */
import { ElizadError, errorTable, type Message } from 'elizad-protocol';
import { createOperator } from '../../auth/principal.ts';
import { changeJob, type JobRow } from '../../storage/kept/jobs.ts';
import { findMessageEnd } from '../../storage/messages/answers.ts';
import { listMessagesAfter } from '../../storage/messages/history.ts';
import { addressAgent, readAnswer } from '../asking/ask-agent.ts';
import { type Exchange, exchange } from '../asking/ask-and-wait.ts';
import type { CancelTurns, Messaging } from '../ground/context.ts';

export type JobsDeps = { messaging: Messaging; cancelTurns: CancelTurns; onError(error: unknown): void };

/** What ends the waiting for an answer: the time of the job is over, or the server stops. */
export type JobSignals = { deadline: AbortSignal; stopping: AbortSignal };

/** Asks the question of a job, or waits for its answer again; a stop leaves the job open. Throws where its end could not be written. */
export async function runJob(deps: JobsDeps, row: JobRow, { deadline, stopping }: JobSignals): Promise<void> {
  const { messaging, onError } = deps;
  try {
    await changeJob(messaging.database.db, row.id, { status: 'processing' });
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
    const draft = await addressAgent(messaging, asker, row.agent_id, question);
    const told = await exchange(messaging, asker, draft, AbortSignal.any([deadline, stopping]));
    if (told.completion) await end(deps, row, told);
    else if (deadline.aborted) await giveUp(deps, row, told.message);
  } catch (error) {
    if (stopping.aborted) return;
    if (!(error instanceof ElizadError)) onError(error);
    await fail(deps, row, error instanceof ElizadError ? error : new ElizadError('internal'));
  }
}

/** Ends a job whose time was over while the server was not there: it may have been answered before that. */
export async function settleJob(deps: JobsDeps, row: JobRow): Promise<void> {
  const { db } = deps.messaging.database;
  const [question] = await listMessagesAfter(db, row.id, 0, 1);
  const told = question && (await findMessageEnd(db, question));
  if (told && told.answers.length > 0) {
    const answer_id = told.answers.at(-1)?.id ?? null;
    await changeJob(db, row.id, { status: 'completed', ended_at: Date.now(), answer_id });
  } else await giveUp(deps, row, question);
}

type Told = Pick<Exchange, 'answers' | 'completion'>;

async function end({ messaging }: JobsDeps, row: JobRow, { answers, completion }: Told): Promise<void> {
  const { db } = messaging.database;
  const { last } = readAnswer(row.agent_id, answers, completion);
  const ended_at = Date.now();
  if (last) await changeJob(db, row.id, { status: 'completed', ended_at, answer_id: last.id });
  else await changeJob(db, row.id, { status: 'failed', ended_at, error: 'The agent chose to say nothing.' });
}

async function fail({ messaging }: JobsDeps, row: JobRow, { code }: ElizadError): Promise<void> {
  const { message, hint } = errorTable[code];
  const status = code === 'turn-timed-out' ? 'timeout' : 'failed';
  const error = `${code}: ${message} ${hint}`;
  await changeJob(messaging.database.db, row.id, { status, ended_at: Date.now(), error });
}

/** Nobody comes back for the answer: the model need not go on. */
async function giveUp({ messaging, cancelTurns }: JobsDeps, row: JobRow, question: Message | undefined): Promise<void> {
  const error = `No answer within ${row.expires_at - row.created_at} ms.`;
  await changeJob(messaging.database.db, row.id, { status: 'timeout', ended_at: Date.now(), error });
  if (question) await cancelTurns(row.id, question.id);
}
