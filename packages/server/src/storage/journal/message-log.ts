/**
 * Stop 4 of the walk: the one place where messages and turns are written. Each kind of job is a line of the table `kinds`, and
 * writes its rows in the transaction of its group; what it made is told afterwards, and read back for whoever was away.
 */
import type { Message, Outcome } from 'elizad-protocol';
import type { Transaction } from 'kysely';
import { passStop } from '../../observability/walk.ts';
import { createBatcher } from '../../pacing/batcher.ts';
import type { Engine, InsertRows, TakePlace } from '../engine/engine.ts';
import { inList } from '../engine/words.ts';
import { fromRow } from '../messages/message-row.ts';
import type { Tables } from '../schema/tables.ts';
import { findOpenTurns } from '../turns/turn-endings.ts';
import { type AdmitTurn, createTurnGate, type TurnBounds } from '../turns/turn-gate.ts';
import { type CommitGroup, openCommitGroup } from './commit-group.ts';
import { type JobKind, kinds, type LogEntry, type LogJob, type LogResult } from './kinds.ts';
import { getLastPosition } from './log-entries.ts';
import { dedupeKey } from './posts.ts';

export type MessageLog = {
  /** Resolves once the job is on disk. `committed` is called synchronously in commit order. */
  write<K extends JobKind>(job: LogJob<K>, committed?: (result: LogResult<K>) => void): Promise<LogResult<K>>;
  /** Resolves when nothing is waiting or under way. */
  drain(): Promise<void>;
};

/**
 * `onRefused` is told of each turn that was stored as one that has ended: nobody else ends it. `bounds` is how many turns
 * may be open, default any number.
 */
export function openMessageLog(
  { db, insertRows, startPlaces }: Pick<Engine, 'db' | 'insertRows' | 'startPlaces'>,
  onRefused: (outcome: Outcome) => void = () => {},
  bounds: TurnBounds = { inRoom: Number.MAX_SAFE_INTEGER, inAll: Number.MAX_SAFE_INTEGER },
): MessageLog {
  const openGate = createTurnGate(bounds);
  // Retries come together, after a start most of all.
  let areRetriesExpected = true;
  const commit = (jobs: LogJob[], find: typeof findEarlier) =>
    db.transaction().execute(async (transaction) => {
      // Before anything is read: where many write, this is where one waits for another.
      const takePlace = await startPlaces(transaction, getLastPosition);
      return commitJobs(transaction, insertRows, takePlace, openGate(transaction), jobs, await find(transaction, jobs));
    });
  const { write, drain } = createBatcher<LogJob, LogResult>(
    async (jobs) => {
      // A search for what is hardly ever there costs as much as half of the insert, whose index finds it too.
      const results = areRetriesExpected
        ? await commit(jobs, findEarlier)
        : await commit(jobs, findNothing).catch(() => commit(jobs, findEarlier));
      areRetriesExpected = results.some(({ duplicate }) => duplicate);
      for (const result of results) {
        for (const entry of result.entries as readonly LogEntry[])
          if (entry.kind === 'posted' || entry.kind === 'edited') passStop('storage/commit', entry.message.id);
        if ('refused' in result) result.refused?.forEach(onRefused);
      }
      return results;
    },
    (job) => messageOf(job)?.text.length ?? 0,
  );
  // What comes back is of the kind of its job.
  return { write: write as MessageLog['write'], drain };
}

async function commitJobs(
  db: Transaction<Tables>,
  insertRows: InsertRows<Tables>,
  takePlace: TakePlace,
  admitTurn: AdmitTurn,
  jobs: LogJob[],
  earlier: Map<string, Message>,
): Promise<LogResult[]> {
  const ended = jobs.flatMap((job) => (job.kind === 'turn-end' ? job.ends.turnId : []));
  const open = await findOpenTurns(db, ended);
  const group = openCommitGroup(insertRows, { db, takePlace, admitTurn, open, earlier });
  const results: LogResult[] = [];
  for (const job of jobs)
    results.push(await (kinds[job.kind] as (group: CommitGroup, job: LogJob) => Promise<LogResult>)(group, job));
  await group.flush();
  return results;
}

const messageOf = (job: LogJob) => ('message' in job ? job.message : undefined);

const findNothing: typeof findEarlier = async () => new Map();

/** What was stored by an earlier try, by the key of its retry. */
async function findEarlier(db: Transaction<Tables>, jobs: LogJob[]): Promise<Map<string, Message>> {
  const keys = jobs.flatMap((job) => {
    const message = messageOf(job);
    return (message && dedupeKey(message)) ?? [];
  });
  if (keys.length === 0) return new Map();
  const rows = await db
    .selectFrom('messages')
    .innerJoin('channels', 'channels.id', 'messages.channel_id')
    .selectAll('messages')
    .select('channels.server_id')
    .where('dedupe_key', 'in', inList(keys))
    .execute();
  return new Map(rows.map((row) => [row.dedupe_key as string, fromRow(row)]));
}
