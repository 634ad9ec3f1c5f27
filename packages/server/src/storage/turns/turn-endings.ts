/**
 * The turns of a group of writes (stop 4 of the walk): which are still open, those that messages cause, and how the last
 * one of a chain ends it. A chain is the message of a person, its turns, and the turns that their answers cause.
 */
import type { Outcome } from 'elizad-protocol';
import type { Insertable, Kysely, Transaction } from 'kysely';
import { inList } from '../engine/words.ts';
import { createId } from '../schema/ids.ts';
import type { Tables, TurnsTable } from '../schema/tables.ts';
import type { TurnRow } from './turns.ts';

/** Where a turn stands in its chain. */
export type Link = { rootId: string; hops: number };

export type TurnEnding = Link & {
  turnId: string;
  channelId: string;
  serverId: string;
  outcome: Outcome;
  code: string | null;
};

export type EndedTurn = Pick<TurnRow, 'agent_id' | 'outcome' | 'code'>;

/** Which of some turns are still open: a turn ends once, and only an open one may answer. */
export async function findOpenTurns(db: Transaction<Tables>, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await db
    .selectFrom('turns')
    .select('id')
    .where('id', 'in', inList(ids))
    .where('state', '!=', 'ended')
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** What some messages began: how the turns of each ended, or nothing while one is open. Those that asked nothing are left out. */
export async function listChains(
  db: Kysely<Tables>,
  messageIds: readonly string[],
): Promise<{ rootId: string; turns?: EndedTurn[] }[]> {
  const asked = await db
    .selectFrom('messages')
    .select('id')
    .where('id', 'in', inList(messageIds))
    .where('completed_at', 'is not', null)
    .execute();
  const turns = await db
    .selectFrom('turns')
    .select(['root_id', 'agent_id', 'outcome', 'code', 'state'])
    .where('root_id', 'in', inList(messageIds))
    .orderBy('position')
    .execute();
  const byRoot = Map.groupBy(turns, ({ root_id }) => root_id);
  for (const { id } of asked) if (!byRoot.has(id)) byRoot.set(id, []);
  return [...byRoot].map(([rootId, ended]) =>
    ended.every(({ state }) => state === 'ended') ? { rootId, turns: ended } : { rootId },
  );
}

/** Whether an agent has a turn in a channel that has not ended. */
export async function hasOpenTurn(db: Transaction<Tables>, channelId: string, agentId: string): Promise<boolean> {
  const row = await db
    .selectFrom('turns')
    .select('id')
    .where('channel_id', '=', channelId)
    .where('agent_id', '=', agentId)
    .where('state', '!=', 'ended')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether any of some turns of a message was begun, or could be: not each of them was refused. */
export const hasBegun = (turns: readonly Pick<EndedTurn, 'code'>[]): boolean =>
  turns.some(({ code }) => code === null || !(code in refusals));

type Cause = { id: string; channelId: string; createdAt: number };

/** How turns end that are not begun. */
const refusals = { 'agent-busy': 'ignored', 'too-many-turns': 'failed' } as const;

/** A turn that waits, or, with `refused`, one that ends as it begins. */
export const toTurnRow = (
  cause: Cause,
  agentId: string,
  link: Link,
  refused?: keyof typeof refusals,
): Insertable<TurnsTable> => ({
  id: createId(),
  message_id: cause.id,
  channel_id: cause.channelId,
  agent_id: agentId,
  state: refused === undefined ? 'queued' : 'ended',
  attempts: 0,
  // A message may be ahead of a clock that was set back; a turn is measured by the clock.
  created_at: Math.min(cause.createdAt, Date.now()),
  started_at: null,
  ended_at: refused === undefined ? null : cause.createdAt,
  outcome: refused === undefined ? null : refusals[refused],
  code: refused ?? null,
  root_id: link.rootId,
  hops: link.hops,
});

/** Ends a turn once; returns how all turns of its chain ended when this was the last open one. */
export async function endTurn(
  db: Transaction<Tables>,
  { turnId, rootId, outcome, code }: TurnEnding,
): Promise<EndedTurn[] | undefined> {
  const { numUpdatedRows } = await db
    .updateTable('turns')
    .set({ state: 'ended', outcome, code, ended_at: Date.now(), progress: null })
    .where('id', '=', turnId)
    .where('state', '!=', 'ended')
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return undefined;
  const turns = await db
    .selectFrom('turns')
    .select(['agent_id', 'outcome', 'code', 'state'])
    .where('root_id', '=', rootId)
    .orderBy('position')
    .execute();
  return turns.every((turn) => turn.state === 'ended') ? turns : undefined;
}
