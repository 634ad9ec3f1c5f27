/** Rows of sessions: sockets that may come back, by their secret id. */
import type { Kysely, Selectable } from 'kysely';
import type { SessionsTable, Tables } from './tables.ts';

export type SessionRow = Selectable<SessionsTable>;

export async function saveSession(db: Kysely<Tables>, session: SessionRow): Promise<void> {
  const { pid, ...rest } = session;
  await db
    .insertInto('sessions')
    .values(session)
    .onConflict((conflict) => conflict.column('pid').doUpdateSet(rest))
    .execute();
}

export const findSession = (db: Kysely<Tables>, pid: string): Promise<SessionRow | undefined> =>
  db.selectFrom('sessions').selectAll().where('pid', '=', pid).executeTakeFirst();

export async function deleteSession(db: Kysely<Tables>, pid: string): Promise<void> {
  await db.deleteFrom('sessions').where('pid', '=', pid).execute();
}

/** Forgets sockets that nobody has heard of since a time (ms since the epoch). */
export async function deleteSessionsBefore(db: Kysely<Tables>, time: number): Promise<void> {
  await db.deleteFrom('sessions').where('touched_at', '<', time).execute();
}
