/**
 * Stop 4 of the walk: the one place where messages and turns are written. A job stores a message with the turns that it
 * causes, or ends a turn with or without the message that answers it; either way in one transaction.
 */
import { ElizadError, type Message, type Outcome, type TurnPolicy } from 'elizad-protocol';
import { type Insertable, sql, type Transaction } from 'kysely';
import { passStop } from '../../observability/walk.ts';
import { createGroupCommit, type GroupCommit } from '../engine/batcher.ts';
import type { Engine, InsertRows, TakePlace } from '../engine/engine.ts';
import { amountsOf, inList } from '../engine/words.ts';
import { insertFileUses } from '../kept/file-uses.ts';
import { fromRow, type Stored, toEdit, toRow } from '../messages/message-row.ts';
import { setFrozenUntil } from '../rooms/channels.ts';
import { toDedupeKey } from '../schema/dedupe-key.ts';
import type {
  ApprovalsTable,
  CompletionsTable,
  EditsTable,
  Tables,
  TracesTable,
  TurnsTable,
} from '../schema/tables.ts';
import { type Settlement, settleApproval } from '../turns/approvals.ts';
import {
  type EndedTurn,
  endTurn,
  findOpenTurns,
  hasOpenTurn,
  type TurnEnding,
  toTurnRow,
} from '../turns/turn-endings.ts';
import { type AdmitTurn, createTurnGate, type TurnBounds } from '../turns/turn-gate.ts';
import { saveProgress } from '../turns/turns.ts';
import { type Deletion, eraseMessage } from './deletions.ts';
import { getLastPosition } from './history.ts';
import { changeRoom, type RoomChange, type RoomChanged } from './room-changes.ts';
import { markPassing, type RoomErasure, type Thinned, thinRoom } from './room-thinning.ts';

export type NewMessage = Omit<Message, 'seq'> & { clientMessageId: string | null };

/** What one call writes, all of it or nothing. */
export type LogJob = {
  message?: NewMessage;
  /** Agents that must answer the message: one queued turn each. */
  addressees?: readonly string[];
  /** With `reject`, an agent that is at work in the channel is not given another turn. */
  policy?: TurnPolicy;
  /** The message belongs to a turn under way, or is a notice: it has no completion of its own. */
  isAside?: boolean;
  ends?: TurnEnding;
  /** What the message asks the people of its room. */
  approval?: Omit<ApprovalsTable, 'id'>;
  /** An answer to what a message has asked; where there was one before, nothing is written. */
  settles?: Settlement;
  /** What the turn that says the message has done so far; where it has ended, nothing is written. */
  progress?: { turnId: string; progress: string };
  /** Until when (ms since the epoch) the agents of the message's room are quiet, as it tells. */
  frozenUntil?: number | null;
  trace?: TracesTable;
  /** Stands in place of the message of the same id, whose `seq` it has. */
  edit?: Message;
  /** A message that shall be gone; `completed` then tells how the turns ended that were still open. */
  deletes?: Deletion;
  /** A whole room that shall change, be emptied, or be gone. */
  room?: RoomChange;
  /** A step on the way to that, of which nobody is told: see room-thinning.ts. */
  thins?: RoomErasure;
  /** A room that is about to be made, and gone at the next start at the latest. */
  passing?: { channelId: string; serverId: string };
};

export type LogResult = {
  message?: Message;
  /** It was done already, by an earlier try: the message is stored or gone, or the turn has ended. Nothing was written. */
  duplicate: boolean;
  /** Where nothing is left to do for the message of a person: how each turn that came of it ended. */
  completed?: EndedTurn[];
  /** Of a deletion: which message that is. */
  completedId?: string;
  /** Places in the order of the server: of the message or its edit, and of the completion, in `completed` or of a message that wakes nobody. */
  position?: number;
  completedAt?: number;
  /** How turns ended that the message was refused, for agents that are at work. */
  refused?: Outcome[];
  /** Of a change of a room. */
  room?: Omit<RoomChanged, 'position'>;
  thinned?: Thinned;
};

export type MessageLog = GroupCommit<LogJob, LogResult>;

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
  return createGroupCommit(
    async (jobs) => {
      // A search for what is hardly ever there costs as much as half of the insert, whose index finds it too.
      const results = areRetriesExpected
        ? await commit(jobs, findEarlier)
        : await commit(jobs, findNothing).catch(() => commit(jobs, findEarlier));
      areRetriesExpected = results.some(({ duplicate }) => duplicate);
      for (const { message, duplicate, refused } of results) {
        if (message && !duplicate) passStop('storage/commit', message.id);
        refused?.forEach(onRefused);
      }
      return results;
    },
    ({ message }) => message?.text.length ?? 0,
  );
}

async function commitJobs(
  db: Transaction<Tables>,
  insertRows: InsertRows<Tables>,
  takePlace: TakePlace,
  admitTurn: AdmitTurn,
  jobs: LogJob[],
  earlier: Map<string, Message>,
): Promise<LogResult[]> {
  const open = await findOpenTurns(
    db,
    jobs.flatMap(({ ends }) => ends?.turnId ?? []),
  );
  const fresh: Stored[] = [];
  const turns: Insertable<TurnsTable>[] = [];
  const completions: CompletionsTable[] = [];
  const edits: EditsTable[] = [];
  const traces: TracesTable[] = [];
  const approvals: ApprovalsTable[] = [];
  const complete = (result: LogResult, channelId: string, rootId: string, completed: EndedTurn[]) => {
    result.completed = completed;
    result.completedAt = takePlace();
    completions.push({ position: result.completedAt, channel_id: channelId, message_id: rootId });
  };

  async function write(job: LogJob): Promise<LogResult> {
    const {
      message,
      addressees = [],
      isAside,
      ends,
      approval,
      settles,
      progress,
      frozenUntil,
      trace,
      edit,
      deletes,
      room,
      thins,
      passing,
    } = job;
    const key = message && dedupeKey(message);
    const before = key && earlier.get(key);
    if (before) return { duplicate: true, message: before };
    if (ends && !open.has(ends.turnId)) return { duplicate: true };
    if (progress && !(await saveProgress(db, progress.turnId, progress.progress))) return { duplicate: true };
    if (settles && !(await settleApproval(db, settles))) return { duplicate: true };
    const result: LogResult = { duplicate: false };
    if (message) {
      const { clientMessageId, ...said } = message;
      const posted: Message = { ...said, seq: 0 };
      if (key) earlier.set(key, posted);
      result.message = posted;
      result.position = takePlace();
      if (!ends && !isAside && addressees.length === 0) result.completedAt = takePlace();
      const { position, completedAt = null } = result;
      fresh.push({ message: posted, clientMessageId, dedupeKey: key ?? null, position, completedAt });
      const link = ends ? { ...ends, hops: ends.hops + 1 } : { rootId: message.id, hops: 0 };
      const caused: Insertable<TurnsTable>[] = [];
      for (const agentId of addressees) {
        const turn = toTurnRow(message, agentId, link, await refuse(message.channelId, agentId, job));
        caused.push(turn);
        if (turn.outcome) result.refused = [...(result.refused ?? []), turn.outcome];
      }
      turns.push(...caused);
      if (caused.length > 0 && caused.every(({ state }) => state === 'ended'))
        complete(result, message.channelId, message.id, caused.map(toEndedTurn));
    }
    if (edit) {
      const { numUpdatedRows } = await db
        .updateTable('messages')
        .set(toEdit(edit))
        .where('id', '=', edit.id)
        .executeTakeFirst();
      // It was deleted meanwhile: it must not come back to those who hear the room.
      if (numUpdatedRows === 0n) return { duplicate: true };
      await insertFileUses(db, { id: edit.id, attachments: JSON.stringify(edit.attachments) });
      result.message = edit;
      result.position = takePlace();
      edits.push({ position: result.position, channel_id: edit.channelId, message_id: edit.id });
    }
    if (deletes) Object.assign(result, await eraseMessage(db, deletes, open, takePlace));
    if (room) Object.assign(result, await change(room));
    if (thins) {
      await flush();
      result.thinned = await thinRoom(db, thins, takePlace);
    }
    if (passing) await markPassing(db, passing, takePlace);
    if (message && approval) approvals.push({ ...approval, id: message.id });
    if (message && frozenUntil !== undefined) await setFrozenUntil(db, message.channelId, frozenUntil);
    if (trace) traces.push(trace);
    const ended = ends && (await endTurn(db, ends));
    const goesOn = ends && turns.some(({ root_id, state }) => root_id === ends.rootId && state === 'queued');
    if (ends && ended && !goesOn) complete(result, ends.channelId, ends.rootId, ended);
    return result;
  }

  /** Why a message of a person gives an agent no turn, where it does not. What agents cause is bounded by their breaker. */
  async function refuse(channelId: string, agentId: string, { policy, ends }: LogJob) {
    if (ends) return undefined;
    if (policy === 'reject' && (await isAtWork(channelId, agentId))) return 'agent-busy';
    return (await admitTurn(channelId)) ? undefined : 'too-many-turns';
  }

  const isAtWork = async (channelId: string, agentId: string): Promise<boolean> =>
    turns.some((turn) => turn.channel_id === channelId && turn.agent_id === agentId && turn.state === 'queued') ||
    (await hasOpenTurn(db, channelId, agentId));

  async function change(room: RoomChange): Promise<LogResult> {
    // What was said in it before, in this group, changes with it.
    await flush();
    for (const [key, { channelId }] of earlier)
      if (channelId === room.channelId && room.kind !== 'updated') earlier.delete(key);
    const changed = await changeRoom(db, room, open, takePlace);
    return 'duplicate' in changed ? changed : { duplicate: false, position: changed.position, room: changed };
  }

  async function flush(): Promise<void> {
    await assignSeq(
      db,
      fresh.map(({ message }) => message),
    );
    const rows = fresh.splice(0).map(toRow);
    await insertRows(db, 'messages', rows);
    for (const row of rows) if (row.attachments !== '[]') await insertFileUses(db, row);
    await insertRows(db, 'turns', turns.splice(0));
    await insertRows(db, 'completions', completions.splice(0));
    await insertRows(db, 'edits', edits.splice(0));
    await insertRows(db, 'approvals', approvals.splice(0));
    await insertRows(db, 'traces', traces.splice(0));
  }

  const results: LogResult[] = [];
  for (const job of jobs) results.push(await write(job));
  await flush();
  return results;
}

const toEndedTurn = ({ agent_id, outcome = null, code = null }: Insertable<TurnsTable>): EndedTurn => ({
  agent_id,
  outcome,
  code,
});

const dedupeKey = (message: NewMessage): string | undefined =>
  message.clientMessageId === null
    ? undefined
    : toDedupeKey(message.channelId, message.senderId, message.clientMessageId);

const findNothing: typeof findEarlier = async () => new Map();

/** What was stored by an earlier try, by the key of its retry. */
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

/** Counts on in each channel, in the order of the group, and writes the last numbers back: one statement for all of them. */
async function assignSeq(db: Transaction<Tables>, messages: Message[]): Promise<void> {
  if (messages.length === 0) return;
  const byChannel = Map.groupBy(messages, (message) => message.channelId);
  const added = Object.fromEntries([...byChannel].map(([id, posted]) => [id, posted.length]));
  const { rows } = await sql<{ id: string; last_seq: number }>`
    update channels set last_seq = last_seq + added.amount from ${amountsOf(added)} as added
    where channels.id = added.name returning channels.id as id, last_seq`.execute(db);
  if (rows.length < byChannel.size) throw new ElizadError('channel-not-found');
  for (const { id, last_seq } of rows) {
    const posted = byChannel.get(id) ?? [];
    posted.forEach((message, index) => {
      message.seq = last_seq - posted.length + 1 + index;
    });
  }
}
