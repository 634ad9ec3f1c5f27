/** Questions of agents to the people of a room. An open one is settled once, and its turn is then given back to the queue. */
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { ApprovalsTable, Tables } from '../schema/tables.ts';

export type ApprovalRow = Selectable<ApprovalsTable>;

/** What a call of a turn has asked, where it has. */
export const findApproval = (db: Kysely<Tables>, turnId: string, callId: string): Promise<ApprovalRow | undefined> =>
  db.selectFrom('approvals').selectAll().where('turn_id', '=', turnId).where('call_id', '=', callId).executeTakeFirst();

/** The question of a message of a channel. */
export const findApprovalById = (db: Kysely<Tables>, channelId: string, id: string): Promise<ApprovalRow | undefined> =>
  db.selectFrom('approvals').selectAll().where('id', '=', id).where('channel_id', '=', channelId).executeTakeFirst();

/** Open questions, the most urgent first. */
export const listOpenApprovals = (db: Kysely<Tables>, limit: number): Promise<ApprovalRow[]> =>
  db
    .selectFrom('approvals')
    .selectAll()
    .where('approved', 'is', sql.lit(null))
    .orderBy('deadline')
    .limit(limit)
    .execute();

/** What a turn has asked and nobody has answered. */
export const listOpenApprovalsOf = (db: Kysely<Tables>, turnId: string): Promise<ApprovalRow[]> =>
  db.selectFrom('approvals').selectAll().where('turn_id', '=', turnId).where('approved', 'is', null).execute();

/** What nobody will answer any more: the turn that asked has ended, and a kill kept it from being taken back. */
export const listLeftApprovals = (db: Kysely<Tables>): Promise<ApprovalRow[]> =>
  db
    .selectFrom('approvals')
    .selectAll()
    .where('approved', 'is', sql.lit(null))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('turns')
            .select('turns.id')
            .whereRef('turns.id', '=', 'approvals.turn_id')
            .where('turns.state', '!=', 'ended'),
        ),
      ),
    )
    .execute();

/** An answer to a question: of a person, or, with `answeredBy` null, of nobody. */
export type Settlement = Pick<ApprovalRow, 'id' | 'turn_id'> & { approved: boolean; answeredBy: string | null };

/** Settles an open question, and lets its turn go on. False when it was settled already. */
export async function settleApproval(
  db: Transaction<Tables>,
  { id, turn_id, approved, answeredBy }: Settlement,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('approvals')
    .set({ approved: approved ? 1 : 0, answered_by: answeredBy })
    .where('id', '=', id)
    .where('approved', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await db
    .updateTable('turns')
    .set({ state: 'queued' })
    .where('id', '=', turn_id)
    .where('state', '=', 'waiting')
    .execute();
  return true;
}
