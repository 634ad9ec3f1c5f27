/** Rows of turns: who claims which, and what is left after a stop. Ending a turn is the message log's. */
import { type Kysely, type Selectable, sql } from 'kysely';
import { inList } from './batches.ts';
import type { Tables, TurnsTable } from './tables.ts';

export type TurnRow = Selectable<TurnsTable>;

/** A literal, not a parameter: SQLite uses the partial indexes of open turns only when it can read the condition. */
const ended = sql.lit('ended' as const);

/**
 * Claims up to `limit` queued turns, oldest first. An agent has one turn at a time in a channel: a turn waits until all
 * turns before it of that agent in that channel have ended, or wait for a person. A claimed turn is `running` until it is
 * ended or requeued. None is claimed of the agents `without`.
 */
export async function claimTurns(
  db: Kysely<Tables>,
  limit: number,
  leaseMs: number,
  without: readonly string[] = [],
): Promise<TurnRow[]> {
  const now = Date.now();
  return db
    .updateTable('turns')
    .set((eb) => ({
      state: 'running' as const,
      attempts: eb('attempts', '+', 1),
      started_at: now,
      lease_until: now + leaseMs,
    }))
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('turns as next')
        .select('next.id')
        .where('next.state', '=', 'queued')
        .where('next.state', '!=', ended)
        .$if(without.length > 0, (query) => query.where('next.agent_id', 'not in', inList(without)))
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('turns as before')
                .select('before.id')
                .where('before.state', '!=', ended)
                .where('before.state', '!=', 'waiting')
                .whereRef('before.channel_id', '=', 'next.channel_id')
                .whereRef('before.agent_id', '=', 'next.agent_id')
                .whereRef('before.position', '<', 'next.position'),
            ),
          ),
        )
        .orderBy('next.position')
        .limit(limit),
    )
    .returningAll()
    .execute();
}

/** Gives running turns back to the queue: those named, or, on start, all that the last process left behind. */
export async function requeueTurns(db: Kysely<Tables>, ids?: readonly string[]): Promise<number> {
  let query = db.updateTable('turns').set({ state: 'queued', lease_until: null }).where('state', '=', 'running');
  if (ids) query = query.where('id', 'in', inList(ids));
  const { numUpdatedRows } = await query.executeTakeFirst();
  return Number(numUpdatedRows);
}

/**
 * Leaves a running turn to wait for an answer, or, where that is there by now, gives it back to the queue. It has not
 * failed: its attempts are counted anew.
 */
export async function parkTurn(db: Kysely<Tables>, id: string): Promise<void> {
  await db
    .updateTable('turns')
    .set(({ selectFrom, exists, case: choose }) => ({
      state: choose()
        .when(
          exists(
            selectFrom('approvals').select('approvals.id').where('turn_id', '=', id).where('approved', 'is', null),
          ),
        )
        .then('waiting' as const)
        .else('queued' as const)
        .end(),
      attempts: 0,
      lease_until: null,
    }))
    .where('id', '=', id)
    .where('state', '=', 'running')
    .execute();
}

/** Open turns of a channel, or of those that one message in it began. */
export async function listOpenTurns(db: Kysely<Tables>, channelId: string, messageId?: string): Promise<TurnRow[]> {
  let query = db.selectFrom('turns').selectAll().where('state', '!=', ended).where('channel_id', '=', channelId);
  if (messageId) query = query.where((eb) => eb.or([eb('message_id', '=', messageId), eb('root_id', '=', messageId)]));
  return query.execute();
}

/** Turns of an agent that wait for a person. */
export async function listWaitingTurns(db: Kysely<Tables>, agentId: string): Promise<TurnRow[]> {
  return db
    .selectFrom('turns')
    .selectAll()
    .where('state', '!=', ended)
    .where('state', '=', 'waiting')
    .where('agent_id', '=', agentId)
    .execute();
}

/** Keeps what a running turn has done so far. */
export async function saveProgress(db: Kysely<Tables>, id: string, progress: string): Promise<void> {
  await db.updateTable('turns').set({ progress }).where('id', '=', id).execute();
}

/** The turns of a chain, oldest first. */
export async function listChain(
  db: Kysely<Tables>,
  rootId: string,
): Promise<Pick<TurnRow, 'id' | 'agent_id' | 'hops'>[]> {
  return db
    .selectFrom('turns')
    .select(['id', 'agent_id', 'hops'])
    .where('root_id', '=', rootId)
    .orderBy('position')
    .execute();
}
