/** Rows of worlds. */
import type { Insertable, Kysely, Selectable, Updateable } from 'kysely';
import { type Figure, toNumber } from '../engine/numbers.ts';
import type { Tables } from '../schema/tables.ts';
import type { WorldsTable } from '../schema/tables-rest.ts';

export type WorldRow = Selectable<WorldsTable>;

/** Newest first; after the world `before`, or from the newest. */
export async function listWorlds(db: Kysely<Tables>, limit: number, before?: string): Promise<WorldRow[]> {
  let query = db.selectFrom('worlds').selectAll();
  // Ids are in the order of time.
  if (before) query = query.where('id', '<', before);
  return query.orderBy('id', 'desc').limit(limit).execute();
}

export const countWorlds = async (db: Kysely<Tables>, agentId: string): Promise<number> =>
  toNumber(
    (
      await db
        .selectFrom('worlds')
        .select((eb) => eb.fn.countAll<Figure>().as('count'))
        .where('agent_id', '=', agentId)
        .executeTakeFirstOrThrow()
    ).count,
  );

export const findWorld = (db: Kysely<Tables>, agentId: string, id: string): Promise<WorldRow | undefined> =>
  db.selectFrom('worlds').selectAll().where('id', '=', id).where('agent_id', '=', agentId).executeTakeFirst();

/** The worlds of an agent, oldest first. */
export const listWorldsOf = (db: Kysely<Tables>, agentId: string): Promise<WorldRow[]> =>
  db.selectFrom('worlds').selectAll().where('agent_id', '=', agentId).orderBy('created_at').orderBy('id').execute();

export async function insertWorld(db: Kysely<Tables>, world: Insertable<WorldsTable>): Promise<void> {
  await db.insertInto('worlds').values(world).execute();
}

export async function updateWorld(
  db: Kysely<Tables>,
  id: string,
  changes: Pick<Updateable<WorldsTable>, 'name' | 'metadata'>,
): Promise<void> {
  await db.updateTable('worlds').set(changes).where('id', '=', id).execute();
}
