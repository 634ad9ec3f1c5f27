/** Rows of jobs, by id (which is in the order of time), by status, and of those that are open by their end. */
import { type Insertable, type Kysely, type Selectable, sql } from 'kysely';
import { type Figure, toNumber } from '../engine/numbers.ts';
import { prune } from '../engine/pruning.ts';
import { inList } from '../engine/words.ts';
import { fromRow } from '../messages/message-row.ts';
import { countFitting, weight } from '../messages/message-weights.ts';
import type { Tables } from '../schema/tables.ts';
import type { JobStatus, JobsTable } from '../schema/tables-rest.ts';

export type JobRow = Selectable<JobsTable>;
export type { JobStatus };

export async function insertJob(db: Kysely<Tables>, row: Insertable<JobsTable>): Promise<void> {
  await db.insertInto('jobs').values(row).execute();
}

export const findJob = (db: Kysely<Tables>, id: string): Promise<JobRow | undefined> =>
  db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirst();

export type JobPage = {
  userId?: string | undefined;
  status?: JobStatus | undefined;
  before?: string | undefined;
  limit: number;
};

/**
 * Of one user or of all, newest first; those made before the one that `before` names, or only those of a status. What they
 * ask and were answered is weighed before it is read: `hasMore` where that is as much as is read at a time, too.
 */
export async function listJobs(
  db: Kysely<Tables>,
  { userId, status, before, limit }: JobPage,
): Promise<{ rows: JobRow[]; hasMore: boolean }> {
  const answer = sql`(select ${weight} from messages where messages.id = jobs.answer_id)`;
  let query = db
    .selectFrom('jobs')
    .select([
      'id',
      sql<number>`octet_length(prompt) + octet_length(jobs.metadata) + coalesce(${answer}, 0)`.as('bytes'),
    ])
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (userId !== undefined) query = query.where('user_id', '=', userId);
  if (status !== undefined) query = query.where('status', '=', status);
  if (before !== undefined) query = query.where('id', '<', before);
  const found = await query.execute();
  const fitting = countFitting(found.slice(0, limit).map(({ bytes }) => bytes));
  const ids = found.slice(0, fitting).map(({ id }) => id);
  const rows = await db.selectFrom('jobs').selectAll().where('id', 'in', inList(ids)).orderBy('id', 'desc').execute();
  return { rows, hasMore: found.length > fitting };
}

export const listOpenJobs = (db: Kysely<Tables>): Promise<JobRow[]> =>
  db.selectFrom('jobs').selectAll().where('ended_at', 'is', null).orderBy('expires_at').execute();

/** Ids of open jobs whose time is over, and when the time of the next one is. */
export async function findDueJobs(
  db: Kysely<Tables>,
  now: number,
): Promise<{ due: string[]; next: number | undefined }> {
  const open = () => db.selectFrom('jobs').where('ended_at', 'is', null).orderBy('expires_at');
  const due = await open().select('id').where('expires_at', '<=', now).execute();
  const next = await open().select('expires_at').where('expires_at', '>', now).limit(1).executeTakeFirst();
  return { due: due.map(({ id }) => id), next: next?.expires_at };
}

/** Changes a job that is open; one that has ended stays as it is. */
export async function changeJob(
  db: Kysely<Tables>,
  id: string,
  change: Partial<Pick<JobRow, 'status' | 'ended_at' | 'answer_id' | 'error'>>,
): Promise<void> {
  await db.updateTable('jobs').set(change).where('id', '=', id).where('ended_at', 'is', null).execute();
}

/** How many there are of each status, of one user or of all. */
export async function countJobs(db: Kysely<Tables>, userId?: string): Promise<Partial<Record<JobStatus, number>>> {
  const all = userId === undefined ? db.selectFrom('jobs') : db.selectFrom('jobs').where('user_id', '=', userId);
  const counts = await all
    .select((eb) => ['status', eb.fn.countAll<Figure>().as('n')])
    .groupBy('status')
    .execute();
  return Object.fromEntries(counts.map(({ status, n }) => [status, toNumber(n)]));
}

/** Jobs of which the time is taken. */
const mostTimed = 1_000;

/** How long the last ones that were completed took on average, in ms. */
export async function averageJobMs(db: Kysely<Tables>): Promise<number> {
  const last = db
    .selectFrom('jobs')
    .select((eb) => eb('ended_at', '-', eb.ref('created_at')).as('took'))
    .where('status', '=', 'completed')
    .orderBy('id', 'desc')
    .limit(mostTimed);
  const average = await db
    .selectFrom(last.as('last'))
    .select((eb) => eb.fn.avg<Figure | null>('took').as('ms'))
    .executeTakeFirst();
  return toNumber(average?.ms ?? 0);
}

/** Answers of jobs, by id; one that was deleted is not there. */
export async function listJobAnswers(db: Kysely<Tables>, jobs: readonly JobRow[]) {
  const ids = jobs.flatMap(({ answer_id }) => answer_id ?? []);
  if (ids.length === 0) return new Map<string, ReturnType<typeof fromRow>>();
  const rows = await db
    .selectFrom('messages')
    .innerJoin('channels', 'channels.id', 'messages.channel_id')
    .selectAll('messages')
    .select('channels.server_id')
    .where('messages.id', 'in', inList(ids))
    .execute();
  return new Map(rows.map((row) => [row.id, fromRow(row)]));
}

/** Forgets jobs that ended before a time; what was said stays. */
export async function deleteJobsBefore(db: Kysely<Tables>, time: number, signal?: AbortSignal): Promise<void> {
  await prune(async (most) => {
    const old = db.selectFrom('jobs').select('id').where('ended_at', '<', time).limit(most);
    const { numDeletedRows } = await db.deleteFrom('jobs').where('id', 'in', old).executeTakeFirst();
    return Number(numDeletedRows);
  }, signal);
}
