/** Rows of turns: who claims which, and what is left after a stop. Ending a turn is the message log's. */
import { type Kysely, type Selectable, sql } from 'kysely';
import { type Figure, toNumber } from '../engine/numbers.ts';
import { rowsOf } from '../engine/words.ts';
import type { Tables, TurnsTable } from '../schema/tables.ts';

export type TurnRow = Selectable<TurnsTable>;

/** A literal, not a parameter: SQLite uses the partial indexes of open turns only when it can read the condition. */
const ended = sql.lit('ended' as const);

/** Where the turns of one agent in one room wait, one behind the other. */
export type Lane = { readonly channelId: string; readonly agentId: string };

/**
 * Claims the first turn of each of some lanes. An agent has one turn at a time in a channel: a turn waits until all turns
 * before it of that agent in that channel have ended, or wait for a person. A claimed turn is `running` until it is ended or
 * requeued.
 */
export async function claimTurns(db: Kysely<Tables>, lanes: readonly Lane[]): Promise<TurnRow[]> {
  const wanted = rowsOf(
    lanes.map(({ channelId, agentId }) => [channelId, agentId]),
    { channel: 'text', agent: 'text' },
  );
  const { rows } = await sql<TurnRow>`
    update turns set state = 'running', attempts = attempts + 1, started_at = ${Date.now()}
    where state = 'queued' and id in (
      select (
        select id from turns as next
        where next.channel_id = lane.channel and next.agent_id = lane.agent
          and next.state != 'ended' and next.state != 'waiting'
        order by next.position limit 1)
      from ${wanted} as lane)
    returning *`.execute(db);
  return rows;
}

/** Lanes in which a turn is open, those first whose first one is the oldest. */
export async function listOpenLanes(db: Kysely<Tables>): Promise<Lane[]> {
  return db
    .selectFrom('turns')
    .select(['channel_id as channelId', 'agent_id as agentId'])
    .where('state', '!=', ended)
    .groupBy(['channel_id', 'agent_id'])
    .orderBy(({ fn }) => fn.min('position'))
    .execute();
}

/** How many turns are open, in a channel or in all; counts no further than `most`. */
export async function countOpenTurns(db: Kysely<Tables>, most: number, channelId?: string): Promise<number> {
  let query = db.selectFrom('turns').select('position').where('state', '!=', ended).limit(most);
  if (channelId !== undefined) query = query.where('channel_id', '=', channelId);
  const counted = await db
    .selectFrom(query.as('open'))
    .select(({ fn }) => fn.countAll<Figure>().as('count'))
    .executeTakeFirstOrThrow();
  return toNumber(counted.count);
}

/** Gives running turns back to the queue: one, or, on start, all that the last process left behind; returns how many. */
export async function requeueTurns(db: Kysely<Tables>, id?: string): Promise<number> {
  let query = db.updateTable('turns').set({ state: 'queued' }).where('state', '!=', ended);
  query = query.where('state', '=', 'running');
  if (id !== undefined) query = query.where('id', '=', id);
  const { numUpdatedRows } = await query.executeTakeFirst();
  return Number(numUpdatedRows);
}

/** Leaves a running turn to the next start. Nothing has gone wrong with it: that it was begun does not count. */
export async function handBackTurn(db: Kysely<Tables>, id: string): Promise<void> {
  await db
    .updateTable('turns')
    .set((eb) => ({ state: 'queued', attempts: eb('attempts', '-', 1) }))
    .where('id', '=', id)
    .where('state', '=', 'running')
    .execute();
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

/** Keeps what a running turn has done so far; false where it has ended meanwhile. */
export async function saveProgress(db: Kysely<Tables>, id: string, progress: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('turns')
    .set({ progress })
    .where('id', '=', id)
    .where('state', '!=', 'ended')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
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
