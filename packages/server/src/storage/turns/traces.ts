/** Traces of turns: what each cost and when it did what. Written with the end of the turn; bounded in age and in number. */
import { type Kysely, type Selectable, sql } from 'kysely';
import { type Figure, toNumber } from '../engine/numbers.ts';
import { prune } from '../engine/pruning.ts';
import { arrivalIn, rowOf } from '../engine/words.ts';
import type { Tables, TracesTable } from '../schema/tables.ts';

export type TraceRow = Selectable<TracesTable>;

/** What the turns of a channel have cost since a time; `cost` in US dollars, of those whose price is known. */
export type Spending = { turns: number; tokens: number; cost: number };

/** What was spent in a channel after a time (ms since the epoch), and when the first of it was. */
export async function sumSpending(
  db: Kysely<Tables>,
  channelId: string,
  since: number,
): Promise<Spending & { first: number | null }> {
  const sum = await db
    .selectFrom('traces')
    .select(({ fn }) => [
      // What memory spends is no turn of a message.
      fn.count<Figure>(sql`nullif(message_id, '')`).as('turns'),
      fn.sum<Figure | null>('input_tokens').as('input'),
      fn.sum<Figure | null>('output_tokens').as('output'),
      fn.sum<Figure | null>('cost').as('cost'),
      fn.min<Figure | null>('ended_at').as('first'),
    ])
    .where('channel_id', '=', channelId)
    .where('ended_at', '>', since)
    .executeTakeFirstOrThrow();
  const { turns, input, output, cost, first } = sum;
  return {
    turns: toNumber(turns),
    tokens: toNumber(input) + toNumber(output),
    cost: toNumber(cost),
    first: first === null ? null : toNumber(first),
  };
}

export async function findTrace(db: Kysely<Tables>, turnId: string): Promise<TraceRow | undefined> {
  return db.selectFrom('traces').selectAll().where('turn_id', '=', turnId).executeTakeFirst();
}

/** Deletes traces that ended before a time, and all but the newest `most`. */
export async function deleteOldTraces(
  db: Kysely<Tables>,
  { before, most }: { before: number; most: number },
  signal?: AbortSignal,
): Promise<void> {
  const row = rowOf('traces');
  const number = arrivalIn('traces');
  const ofAge = (limit: number) =>
    sql`delete from traces where ${row} in (
      select ${row} from traces where ended_at < ${before} order by ended_at limit ${limit})`.execute(db);
  // They are numbered as they ended: to count them would cost as much as there are.
  const tooMany = (limit: number) =>
    sql`delete from traces where ${row} in (
      select ${row} from traces where ${number} <= (select max(${number}) from traces) - ${most}
      order by ${number} limit ${limit})`.execute(db);
  for (const some of [ofAge, tooMany])
    await prune(async (limit) => Number((await some(limit)).numAffectedRows ?? 0), signal);
}
