/**
 * Stop 4 of the walk: the one place where messages and turns are written. A job stores a message with the turns that it
 * causes, or ends a turn with or without the message that answers it; either way in one transaction.
 */
import type { Message, Outcome } from 'elizad-protocol';
import { type Insertable, sql, type Transaction } from 'kysely';
import { passStop } from '../observability/walk.ts';
import { inList } from './batches.ts';
import { type Deletion, eraseMessage } from './deletions.ts';
import { createGroupCommit, type GroupCommit } from './group-commit.ts';
import { getLastPosition } from './history.ts';
import { createId } from './ids.ts';
import { fromRow, type Stored, toDedupeKey, toRow } from './message-row.ts';
import type { Database, InsertRows } from './sqlite.ts';
import type { CompletionsTable, Tables, TurnsTable } from './tables.ts';

export type NewMessage = Omit<Message, 'seq'> & { clientMessageId: string | null };
export type TurnEnding = {
  turnId: string;
  messageId: string;
  channelId: string;
  outcome: Outcome;
  code: string | null;
};

/** What one call writes, all of it or nothing. */
export type LogJob = {
  message?: NewMessage;
  /** Agents that must answer the message: one queued turn each. */
  addressees?: readonly string[];
  ends?: TurnEnding;
  /** A message that shall be gone; `completed` then tells how the turns ended that were still open. */
  deletes?: Deletion;
};

export type LogResult = {
  message?: Message;
  /** It was done already, by an earlier try: the message is stored or gone, or the turn has ended. Nothing was written. */
  duplicate: boolean;
  /** After `ends`: how each turn of that message ended, once none is left open. */
  completed?: Pick<TurnsTable, 'agent_id' | 'outcome' | 'code'>[];
  /** Places in the order of the server: of the message, and of the completion, in `completed` or of a message that wakes nobody. */
  position?: number;
  completedAt?: number;
};

export type MessageLog = GroupCommit<LogJob, LogResult>;

export function openMessageLog({ db, insertRows }: Pick<Database, 'db' | 'insertRows'>): MessageLog {
  let last: number | undefined;
  return createGroupCommit(
    async (jobs) => {
      const results = await db.transaction().execute(async (transaction) => {
        // Only this process writes the store, so it need not ask again. What a group that failed took is left out.
        let position = last ?? (await getLastPosition(transaction));
        const takePlace = () => {
          position += 1;
          last = position;
          return position;
        };
        return commitJobs(transaction, insertRows, takePlace, jobs);
      });
      for (const { message, duplicate } of results) if (message && !duplicate) passStop('storage/commit', message.id);
      return results;
    },
    ({ message }) => message?.text.length ?? 0,
  );
}

async function commitJobs(
  db: Transaction<Tables>,
  insertRows: InsertRows,
  takePlace: () => number,
  jobs: LogJob[],
): Promise<LogResult[]> {
  const earlier = await findEarlier(db, jobs);
  const open = await findOpenTurns(db, jobs);
  const results: LogResult[] = [];
  const fresh: Stored[] = [];
  const completions: CompletionsTable[] = [];
  for (const { message, addressees = [], ends, deletes } of jobs) {
    const result: LogResult = { duplicate: false };
    results.push(result);
    const key = message && dedupeKey(message);
    const before = key && earlier.get(key);
    const isLate = ends !== undefined && !open.has(ends.turnId);
    if (before) result.message = before;
    if (before || isLate) result.duplicate = true;
    else if (message) {
      const { clientMessageId, ...said } = message;
      const posted: Message = { ...said, seq: 0 };
      if (key) earlier.set(key, posted);
      result.message = posted;
      result.position = takePlace();
      if (!ends && addressees.length === 0) result.completedAt = takePlace();
      const { position, completedAt = null } = result;
      fresh.push({ message: posted, clientMessageId, dedupeKey: key ?? null, position, completedAt });
    }
    if (deletes) Object.assign(result, await eraseMessage(db, deletes, open, takePlace));
    const completed = ends && (await endTurn(db, ends));
    if (!ends || !completed) continue;
    result.completed = completed;
    result.completedAt = takePlace();
    completions.push({ position: result.completedAt, channel_id: ends.channelId, message_id: ends.messageId });
  }
  await assignSeq(
    db,
    fresh.map(({ message }) => message),
  );
  insertRows('messages', fresh.map(toRow));
  insertRows('turns', listTurns(jobs, results));
  insertRows('completions', completions);
  return results;
}

const dedupeKey = (message: NewMessage): string | undefined =>
  message.clientMessageId === null
    ? undefined
    : toDedupeKey(message.channelId, message.senderId, message.clientMessageId);

async function findEarlier(db: Transaction<Tables>, jobs: LogJob[]): Promise<Map<string, Message>> {
  const keys = jobs.flatMap(({ message }) => (message && dedupeKey(message)) ?? []);
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

/** Which of the turns that the group would end are still open: a turn ends once, and only an open one may answer. */
async function findOpenTurns(db: Transaction<Tables>, jobs: LogJob[]): Promise<Set<string>> {
  const ids = jobs.flatMap(({ ends }) => ends?.turnId ?? []);
  if (ids.length === 0) return new Set();
  const rows = await db
    .selectFrom('turns')
    .select('id')
    .where('id', 'in', inList(ids))
    .where('state', '!=', 'ended')
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** Counts on in each channel, in the order of the group, and writes the last numbers back: one statement for all of them. */
async function assignSeq(db: Transaction<Tables>, messages: Message[]): Promise<void> {
  if (messages.length === 0) return;
  const byChannel = Map.groupBy(messages, (message) => message.channelId);
  const added = JSON.stringify(Object.fromEntries([...byChannel].map(([id, posted]) => [id, posted.length])));
  const { rows } = await sql<{ id: string; last_seq: number }>`
    update channels set last_seq = last_seq + added.value from json_each(${added}) as added
    where channels.id = added.key returning channels.id as id, last_seq`.execute(db);
  if (rows.length < byChannel.size) throw new Error('a channel of the group is not there');
  for (const { id, last_seq } of rows) {
    const posted = byChannel.get(id) ?? [];
    posted.forEach((message, index) => {
      message.seq = last_seq - posted.length + 1 + index;
    });
  }
}

function listTurns(jobs: LogJob[], results: LogResult[]): Insertable<TurnsTable>[] {
  const turns: Insertable<TurnsTable>[] = [];
  for (const [index, { addressees = [] }] of jobs.entries()) {
    const { message, duplicate } = results[index] as LogResult;
    if (!message || duplicate) continue;
    for (const agentId of addressees) {
      turns.push({
        id: createId(),
        message_id: message.id,
        channel_id: message.channelId,
        agent_id: agentId,
        state: 'queued',
        attempts: 0,
        created_at: message.createdAt,
        lease_until: null,
        started_at: null,
        ended_at: null,
        outcome: null,
        code: null,
      });
    }
  }
  return turns;
}

/** Ends a turn once; returns how all turns of its message ended when this was the last open one. */
async function endTurn(
  db: Transaction<Tables>,
  { turnId, messageId, outcome, code }: TurnEnding,
): Promise<LogResult['completed']> {
  const { numUpdatedRows } = await db
    .updateTable('turns')
    .set({ state: 'ended', outcome, code, ended_at: Date.now(), lease_until: null })
    .where('id', '=', turnId)
    .where('state', '!=', 'ended')
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return undefined;
  const turns = await db
    .selectFrom('turns')
    .select(['agent_id', 'outcome', 'code', 'state'])
    .where('message_id', '=', messageId)
    .execute();
  return turns.every((turn) => turn.state === 'ended') ? turns : undefined;
}
