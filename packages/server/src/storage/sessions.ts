/** Rows of sessions: sockets that may come back, by their secret id. */
import type { Kysely, Selectable } from 'kysely';
import { inList, splitBatches } from './batches.ts';
import type { SessionsTable, Tables } from './tables.ts';

export type SessionRow = Selectable<SessionsTable>;

/** Saves sessions, one for each `pid`, in place of what was saved before. */
export async function saveSessions(db: Kysely<Tables>, sessions: readonly SessionRow[]): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    for (const batch of splitBatches(sessions)) await upsert(transaction, batch);
  });
}

async function upsert(db: Kysely<Tables>, sessions: readonly SessionRow[]): Promise<void> {
  await db
    .insertInto('sessions')
    .values(sessions)
    .onConflict((conflict) =>
      conflict.column('pid').doUpdateSet((eb) => ({
        sid: eb.ref('excluded.sid'),
        data: eb.ref('excluded.data'),
        touched_at: eb.ref('excluded.touched_at'),
      })),
    )
    .execute();
}

export const listSessions = (db: Kysely<Tables>, pids: readonly string[]): Promise<SessionRow[]> =>
  db.selectFrom('sessions').selectAll().where('pid', 'in', inList(pids)).execute();

export async function deleteSession(db: Kysely<Tables>, pid: string): Promise<void> {
  await db.deleteFrom('sessions').where('pid', '=', pid).execute();
}

/** Forgets sockets that nobody has heard of since a time (ms since the epoch). */
export async function deleteSessionsBefore(db: Kysely<Tables>, time: number): Promise<void> {
  await db.deleteFrom('sessions').where('touched_at', '<', time).execute();
}
