/**
 * Rows of sessions: sockets that may come back, by their secret id, and the rooms that each was in. The id itself is not
 * written down, only its digest: whoever reads the disk comes back as nobody.
 */
import { createHash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { type Figure, toNumber } from '../engine/numbers.ts';
import { prune } from '../engine/pruning.ts';
import { splitBatches } from '../engine/statement-shapes.ts';
import { inList, jsonRows, rowsOf } from '../engine/words.ts';
import type { SessionRoomsTable, Tables } from '../schema/tables.ts';

/** A room of a socket: as whom it joined, after which position in the log, and whose log lines it hears there. */
export type SessionRoom = { channelId: string; as: string; after: number; agents: readonly string[] | undefined };

/** What changed of a session since it was saved; `isWhole`: nothing is known of what was, and these are all its rooms. */
export type SessionChange = {
  pid: string;
  sid: string;
  /** All that is known of the socket but its rooms, as JSON. */
  data: string;
  touchedAt: number;
  isWhole: boolean;
  entered: readonly SessionRoom[];
  left: readonly string[];
};

export type Session = { pid: string; sid: string; data: string; rooms: SessionRoom[] };

export const digestPid = (pid: string): string => createHash('sha256').update(pid).digest('base64url');

export async function saveSessions(db: Kysely<Tables>, changes: readonly SessionChange[]): Promise<void> {
  const rows = changes.map(({ pid, sid, data, touchedAt }) => ({
    pid_digest: digestPid(pid),
    sid,
    data,
    touched_at: touchedAt,
  }));
  const whole = changes.flatMap(({ isWhole }, index) => (isWhole ? [rows[index]?.pid_digest ?? ''] : []));
  const left = changes.flatMap((change, index) => change.left.map((id) => [rows[index]?.pid_digest ?? '', id]));
  const entered = changes.flatMap((change, index) =>
    change.entered.map((room) => toRow(rows[index]?.pid_digest ?? '', room)),
  );
  await db.transaction().execute(async (transaction) => {
    for (const batch of splitBatches(rows)) await upsertSessions(transaction, batch);
    if (whole.length > 0)
      await transaction.deleteFrom('session_rooms').where('pid_digest', 'in', inList(whole)).execute();
    if (left.length > 0)
      await sql`delete from session_rooms where (pid_digest, channel_id) in
        (select gone.digest, gone.channel from ${rowsOf(left, { digest: 'text', channel: 'text' })} as gone)`.execute(
        transaction,
      );
    for (const batch of splitBatches(entered)) await upsertRooms(transaction, batch);
  });
}

const toRow = (pid_digest: string, { channelId, as, after, agents }: SessionRoom): SessionRoomsTable => ({
  pid_digest,
  channel_id: channelId,
  joined_as: as,
  heard_after: after,
  agents: agents === undefined ? null : JSON.stringify(agents),
});

async function upsertSessions(db: Kysely<Tables>, rows: readonly Tables['sessions'][]): Promise<void> {
  await db
    .insertInto('sessions')
    .values(rows)
    .onConflict((conflict) =>
      conflict.column('pid_digest').doUpdateSet((eb) => ({
        sid: eb.ref('excluded.sid'),
        data: eb.ref('excluded.data'),
        touched_at: eb.ref('excluded.touched_at'),
      })),
    )
    .execute();
}

async function upsertRooms(db: Kysely<Tables>, rows: readonly SessionRoomsTable[]): Promise<void> {
  await db
    .insertInto('session_rooms')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['pid_digest', 'channel_id']).doUpdateSet((eb) => ({
        joined_as: eb.ref('excluded.joined_as'),
        heard_after: eb.ref('excluded.heard_after'),
        agents: eb.ref('excluded.agents'),
      })),
    )
    .execute();
}

type FoundRow = { pid_digest: string; sid: string; data: string; rooms: string };
type FoundRoom = [channelId: string, as: string, after: number, agents: string | null];

/** Those of the sessions that are known. */
export async function listSessions(db: Kysely<Tables>, pids: readonly string[]): Promise<Session[]> {
  const pidOf = new Map(pids.map((pid) => [digestPid(pid), pid]));
  const { rows } = await sql<FoundRow>`select pid_digest, sid, data, (
      select ${jsonRows(['channel_id', 'joined_as', 'heard_after', 'agents'])} from session_rooms as room
        where room.pid_digest = sessions.pid_digest) as rooms
    from sessions where pid_digest in ${inList([...pidOf.keys()])}`.execute(db);
  return rows.map(({ pid_digest, sid, data, rooms }) => ({
    pid: pidOf.get(pid_digest) ?? '',
    sid,
    data,
    rooms: (JSON.parse(rooms) as FoundRoom[]).map(([channelId, as, after, agents]) => ({
      channelId,
      as,
      after,
      agents: agents === null ? undefined : JSON.parse(agents),
    })),
  }));
}

/** How many rooms each of them is in; of one that is not known, none. */
export async function countSessionRooms(db: Kysely<Tables>, pids: readonly string[]): Promise<number[]> {
  const digests = pids.map(digestPid);
  const rows = await db
    .selectFrom('session_rooms')
    .select(['pid_digest', (eb) => eb.fn.countAll<Figure>().as('rooms')])
    .where('pid_digest', 'in', inList([...new Set(digests)]))
    .groupBy('pid_digest')
    .execute();
  const counts = new Map(rows.map(({ pid_digest, rooms }) => [pid_digest, toNumber(rooms)]));
  return digests.map((digest) => counts.get(digest) ?? 0);
}

/** Its rooms go with it. */
export async function deleteSession(db: Kysely<Tables>, pid: string): Promise<void> {
  await db.deleteFrom('sessions').where('pid_digest', '=', digestPid(pid)).execute();
}

/** They are there, whether they enter and leave rooms or not. */
export async function touchSessions(db: Kysely<Tables>, pids: readonly string[], time: number): Promise<void> {
  const digests = inList(pids.map(digestPid));
  await db.updateTable('sessions').set({ touched_at: time }).where('pid_digest', 'in', digests).execute();
}

/** Forgets all but the `most` sockets that were heard of last. It looks at as many: some ms for each 100,000. */
export async function deleteSessionsBeyond(db: Kysely<Tables>, most: number, signal?: AbortSignal): Promise<void> {
  const last = db.selectFrom('sessions').select('touched_at').orderBy('touched_at', 'desc').offset(most).limit(1);
  const row = await last.executeTakeFirst();
  if (row) await deleteSessionsBefore(db, row.touched_at + 1, signal);
}

/** Whether there are sockets that nobody has heard of since a time. */
export async function hasSessionsBefore(db: Kysely<Tables>, time: number): Promise<boolean> {
  const row = await db.selectFrom('sessions').select('sid').where('touched_at', '<', time).limit(1).executeTakeFirst();
  return row !== undefined;
}

/** Forgets sockets that nobody has heard of since a time (ms since the epoch), with their rooms. */
export async function deleteSessionsBefore(db: Kysely<Tables>, time: number, signal?: AbortSignal): Promise<void> {
  await prune(async (most) => {
    const { numAffectedRows = 0n } = await sql`delete from sessions where pid_digest in (
      select pid_digest from sessions where touched_at < ${time} order by touched_at limit ${most})`.execute(db);
    return Number(numAffectedRows);
  }, signal);
}
