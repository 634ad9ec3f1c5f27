/** Rows of sessions, each found by index: by id, by their user, by their end, by their warning. */
import type { Insertable, Kysely, Selectable } from 'kysely';
import { type Figure, toNumber } from '../engine/numbers.ts';
import type { Tables } from '../schema/tables.ts';
import type { ChatSessionsTable } from '../schema/tables-rest.ts';

export type ChatSessionRow = Selectable<Tables['chat_sessions']>;

export async function insertChatSession(db: Kysely<Tables>, row: Insertable<ChatSessionsTable>): Promise<void> {
  await db.insertInto('chat_sessions').values(row).execute();
}

export const findChatSession = (db: Kysely<Tables>, id: string): Promise<ChatSessionRow | undefined> =>
  db.selectFrom('chat_sessions').selectAll().where('id', '=', id).executeTakeFirst();

/** Sessions that are open at a time, of one user or of all, newest first, those made before the one that `before` names. */
export function listOpenChatSessions(
  db: Kysely<Tables>,
  {
    now,
    userId,
    before,
    limit,
  }: { now: number; userId?: string | undefined; before?: string | undefined; limit: number },
): Promise<ChatSessionRow[]> {
  let query = db.selectFrom('chat_sessions').selectAll().where('ended_at', 'is', null).where('expires_at', '>', now);
  if (userId !== undefined) query = query.where('user_id', '=', userId);
  if (before !== undefined) query = query.where('id', '<', before);
  return query.orderBy('id', 'desc').limit(limit).execute();
}

/** Of every session that was not told to have ended. */
export const listOpenSessionUsers = (db: Kysely<Tables>): Promise<Pick<ChatSessionRow, 'id' | 'user_id'>[]> =>
  db.selectFrom('chat_sessions').select(['id', 'user_id']).where('ended_at', 'is', null).execute();

/** How many there are, of one user or of all: known, open at a time, and open but warned. */
export async function countChatSessions(
  db: Kysely<Tables>,
  now: number,
  userId?: string,
): Promise<{ known: number; open: number; ending: number }> {
  const count = () => {
    const all = db.selectFrom('chat_sessions').select((eb) => eb.fn.countAll<Figure>().as('n'));
    return userId === undefined ? all : all.where('user_id', '=', userId);
  };
  const open = () => count().where('ended_at', 'is', null).where('expires_at', '>', now);
  const [known, active, ending] = await Promise.all([
    count().executeTakeFirstOrThrow(),
    open().executeTakeFirstOrThrow(),
    open()
      .where((eb) => eb.or([eb('warn_at', 'is', null), eb('warn_at', '<=', now)]))
      .executeTakeFirstOrThrow(),
  ]);
  return { known: toNumber(known.n), open: toNumber(active.n), ending: toNumber(ending.n) };
}

/** Whether so many are open at a time: no more than that are counted. */
export async function hasOpenChatSessions(db: Kysely<Tables>, now: number, most: number): Promise<boolean> {
  const open = db.selectFrom('chat_sessions').select('expires_at').where('ended_at', 'is', null);
  const row = await open
    .where('expires_at', '>', now)
    .orderBy('expires_at')
    .offset(most - 1)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** How many are open at a time, by agent. */
export async function countSessionsByAgent(
  db: Kysely<Tables>,
  now: number,
): Promise<{ agent_id: string; open: number }[]> {
  const rows = await db
    .selectFrom('chat_sessions')
    .select((eb) => ['agent_id', eb.fn.countAll<Figure>().as('open')])
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .groupBy('agent_id')
    .execute();
  return rows.map(({ agent_id, open }) => ({ agent_id, open: toNumber(open) }));
}

export type SessionChange = Pick<ChatSessionRow, 'last_activity'> &
  Partial<Pick<ChatSessionRow, 'expires_at' | 'warn_at' | 'timeout_config'>>;

/** Changes a session that is open, and counts its renewal; undefined where it is not open (any more). */
export function changeChatSession(
  db: Kysely<Tables>,
  id: string,
  change: SessionChange,
  isRenewal: boolean,
): Promise<ChatSessionRow | undefined> {
  return db
    .updateTable('chat_sessions')
    .set(change)
    .set((eb) => ({ renewal_count: eb('renewal_count', '+', isRenewal ? 1 : 0) }))
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', change.last_activity)
    .returningAll()
    .executeTakeFirst();
}

/** Marks up to `limit` sessions as warned whose time for it has come. Each is returned once. */
export function takeWarnings(db: Kysely<Tables>, now: number, limit: number): Promise<ChatSessionRow[]> {
  return db
    .updateTable('chat_sessions')
    .set({ warn_at: null })
    .where('id', 'in', (eb) =>
      eb.selectFrom('chat_sessions').select('id').where('warn_at', '<=', now).orderBy('warn_at').limit(limit),
    )
    .returningAll()
    .execute();
}

/** Marks up to `limit` sessions as ended whose time is over. Each is returned once. */
export function takeEnded(db: Kysely<Tables>, now: number, limit: number): Promise<ChatSessionRow[]> {
  return db
    .updateTable('chat_sessions')
    .set({ ended_at: now, warn_at: null })
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('chat_sessions')
        .select('id')
        .where('ended_at', 'is', null)
        .where('expires_at', '<=', now)
        .orderBy('expires_at')
        .limit(limit),
    )
    .returningAll()
    .execute();
}

/** When something is to be done next: an end, a warning, or, `keptMs` after its end, a session that is forgotten. */
export async function findNextMoment(db: Kysely<Tables>, keptMs: number): Promise<number | undefined> {
  const first = async (column: 'expires_at' | 'warn_at' | 'ended_at') => {
    let query = db.selectFrom('chat_sessions').select(column).where(column, 'is not', null).orderBy(column).limit(1);
    if (column === 'expires_at') query = query.where('ended_at', 'is', null);
    return (await query.executeTakeFirst())?.[column] ?? undefined;
  };
  const [end, warning, ended] = await Promise.all([first('expires_at'), first('warn_at'), first('ended_at')]);
  const moments = [end, warning, ended === undefined ? undefined : ended + keptMs].filter((one) => one !== undefined);
  return moments.length === 0 ? undefined : Math.min(...moments);
}

/** Forgets sessions that ended before a time. */
export async function forgetChatSessions(db: Kysely<Tables>, before: number): Promise<void> {
  await db.deleteFrom('chat_sessions').where('ended_at', '<=', before).execute();
}

/** Whether it was there. */
export async function deleteChatSession(db: Kysely<Tables>, id: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('chat_sessions').where('id', '=', id).executeTakeFirst();
  return numDeletedRows > 0n;
}

export async function deleteChatSessions(db: Kysely<Tables>): Promise<void> {
  await db.deleteFrom('chat_sessions').execute();
}
