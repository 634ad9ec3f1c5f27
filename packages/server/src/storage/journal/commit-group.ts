/**
 * What the jobs of one transaction share: places in the server's order, the turns that are open, and rows that are written
 * together at its end. A job that reads its own group's rows calls `flush` first.
 */
import { ElizadError, type Message } from 'elizad-protocol';
import { type Insertable, sql, type Transaction } from 'kysely';
import type { InsertRows, TakePlace } from '../engine/engine.ts';
import { amountsOf } from '../engine/words.ts';
import { insertFileUses } from '../kept/file-uses.ts';
import { type Stored, toRow } from '../messages/message-row.ts';
import type {
  ApprovalsTable,
  CompletionsTable,
  EditsTable,
  Tables,
  TracesTable,
  TurnsTable,
} from '../schema/tables.ts';
import type { AdmitTurn } from '../turns/turn-gate.ts';

/** Rows that wait for the end of the group. */
export type WaitingRows = {
  messages: Stored[];
  turns: Insertable<TurnsTable>[];
  completions: CompletionsTable[];
  edits: EditsTable[];
  approvals: ApprovalsTable[];
  traces: TracesTable[];
};

export type CommitGroup = {
  readonly db: Transaction<Tables>;
  /** The next place in the server's order. */
  readonly takePlace: TakePlace;
  readonly admitTurn: AdmitTurn;
  /** Turns that jobs of the group end, and that no earlier job has ended. */
  readonly open: Set<string>;
  /** Messages that were stored before, in this group too, by the key of their retry. */
  readonly earlier: Map<string, Message>;
  readonly rows: WaitingRows;
  flush(): Promise<void>;
};

/**
 * What a job gives back: the entries of the server's log that it made, in their order. `duplicate` when an earlier try, or
 * somebody else, had done it: nothing was written then.
 */
export type Written<Entry> = { duplicate: boolean; entries: readonly Entry[] };

/** What a job gives back that found nothing to do. */
export const nothingToDo: Written<never> = { duplicate: true, entries: [] };

export function openCommitGroup(
  insertRows: InsertRows<Tables>,
  given: Pick<CommitGroup, 'db' | 'takePlace' | 'admitTurn' | 'open' | 'earlier'>,
): CommitGroup {
  const { db } = given;
  const rows: WaitingRows = { messages: [], turns: [], completions: [], edits: [], approvals: [], traces: [] };
  return {
    ...given,
    rows,
    async flush() {
      await assignSeq(
        db,
        rows.messages.map(({ message }) => message),
      );
      const messages = rows.messages.splice(0).map(toRow);
      await insertRows(db, 'messages', messages);
      for (const row of messages) if (row.attachments !== '[]') await insertFileUses(db, row);
      await insertRows(db, 'turns', rows.turns.splice(0));
      await insertRows(db, 'completions', rows.completions.splice(0));
      await insertRows(db, 'edits', rows.edits.splice(0));
      await insertRows(db, 'approvals', rows.approvals.splice(0));
      await insertRows(db, 'traces', rows.traces.splice(0));
    },
  };
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
