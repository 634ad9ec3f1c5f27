/** What was acknowledged, written down by whoever heard it, and what of it stands in the store: an account of its own. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';

/** A message that was acknowledged; `clientId` is the id that its sender gave it. */
export type Entry = { readonly roomId: string; readonly clientId: string; readonly id: string; readonly seq: number };

/** `acked` is in the order in which each sender heard of it; `refused` counts by code. */
export class Ledger {
  readonly acked: Entry[] = [];
  readonly refused = new Map<string, number>();
  /** Rooms of an agent, that must be asked by each message. */
  readonly agentRooms = new Set<string>();
  /** Neither acknowledged nor refused, however often they were sent. */
  unanswered = 0;

  /** Writes down an acknowledgement. */
  note(roomId: string, clientId: string, ack: unknown): void {
    const { ok, messageId, seq, details } = ack as Ack;
    if (ok) this.acked.push({ roomId, clientId, id: String(messageId), seq: Number(seq) });
    else this.refuse(details?.code ?? 'no code');
  }

  refuse(code: string): void {
    this.refused.set(code, (this.refused.get(code) ?? 0) + 1);
  }
}

type Ack = { ok: boolean; messageId?: string; seq?: number; details?: { code?: string } };

/** How the store does not fit to the ledger, and how its turns have ended. */
export type Audit = {
  lost: number;
  doubled: number;
  /** They stand elsewhere than was said, or under another id of their sender. */
  moved: number;
  gaps: number;
  broken: string;
  /** Messages that should have asked an agent, and did not. */
  unasked: number;
  /** Turns in their rooms that ended otherwise than with an answer. */
  failed: number;
  turns: string;
  open: number;
};

/** Reads the store of a server, which may run. */
export function audit(dataDir: string, { acked, agentRooms }: Ledger): Audit {
  const file = openStore(dataDir);
  try {
    const count = (sql: string) => Number(file.prepare(sql).get()?.n);
    const find = file.prepare('select channel_id, seq, client_message_id from messages where id = ?');
    const findTurn = file.prepare('select outcome from turns where message_id = ?');
    let [lost, moved, unasked, failed] = [0, 0, 0, 0];
    for (const { id, roomId, seq, clientId } of acked) {
      const row = find.get(id);
      if (!row) lost++;
      else if (row.channel_id !== roomId || row.seq !== seq || row.client_message_id !== clientId) moved++;
      if (!agentRooms.has(roomId)) continue;
      const turn = findTurn.get(id);
      if (!turn) unasked++;
      else if (turn.outcome !== 'answered') failed++;
    }
    const outcomes = file
      .prepare("select outcome, count(*) as n from turns where state = 'ended' group by outcome")
      .all();
    const check = String(file.prepare('pragma integrity_check').get()?.integrity_check);
    return {
      lost,
      moved,
      unasked,
      failed,
      doubled: count(
        'select count(*) - count(distinct channel_id || client_message_id) as n from messages where client_message_id is not null',
      ),
      gaps: count(
        'select count(*) as n from (select 1 from messages group by channel_id having max(seq) <> count(*) or min(seq) <> 1)',
      ),
      broken: check === 'ok' ? '' : check,
      turns: outcomes.map(({ outcome, n }) => `${n} ${outcome}`).join(', '),
      open: count("select count(*) as n from turns where state <> 'ended'"),
    };
  } finally {
    file.close();
  }
}

/** Resolves when no turn is open any more, or the patience is over; true where all have ended. */
export async function waitForTurns(dataDir: string, mostMs: number): Promise<boolean> {
  for (const began = performance.now(); ; ) {
    const file = openStore(dataDir);
    const open = Number(file.prepare("select count(*) as n from turns where state <> 'ended'").get()?.n);
    file.close();
    if (open === 0) return true;
    if (performance.now() - began > mostMs) return false;
    await pause(100);
  }
}

/** What turns have left of how they went. */
export function listTraces(dataDir: string): string[] {
  const file = openStore(dataDir);
  const rows = file.prepare('select turn_id as id from traces').all();
  file.close();
  return rows.map(({ id }) => String(id));
}

function openStore(dataDir: string): DatabaseSync {
  const file = new DatabaseSync(join(dataDir, 'elizad.sqlite'));
  file.exec('pragma busy_timeout = 5000');
  return file;
}

/** Each sender's messages stand in the room in the order in which it sent them. */
export function countOutOfOrder({ acked }: Ledger): number {
  const last = new Map<string, number>();
  let wrong = 0;
  for (const { roomId, clientId, seq } of acked) {
    const lane = `${roomId} ${clientId.split(' ')[0]}`;
    if (seq <= (last.get(lane) ?? 0)) wrong++;
    last.set(lane, seq);
  }
  return wrong;
}

/** `mayRefuse`: codes with which messages may have been refused. */
export function judge(
  ledger: Ledger,
  found: Audit,
  mayRefuse: readonly string[] = [],
): { holds: boolean; figures: string } {
  const wrong = countOutOfOrder(ledger);
  const { lost, doubled, moved, gaps, broken, unasked, failed, turns, open } = found;
  const isTyped = [...ledger.refused.keys()].every((code) => mayRefuse.includes(code));
  const refused = [...ledger.refused].map(([code, n]) => `${n} ${code}`).join(', ');
  return {
    holds:
      ledger.acked.length > 0 &&
      lost + doubled + moved + gaps + wrong + unasked + failed + open + ledger.unanswered === 0 &&
      broken === '' &&
      isTyped,
    figures:
      `${ledger.acked.length} acked, refused ${refused || 0}, unanswered ${ledger.unanswered}; acked messages lost ${lost}, ` +
      `doubled ${doubled}, moved ${moved}, out of order ${wrong}, rooms with gaps ${gaps}; turns ${turns || 'none'}, open ${open}, never begun ${unasked}, failed where none should ${failed}` +
      (broken && `; **${broken}**`),
  };
}
