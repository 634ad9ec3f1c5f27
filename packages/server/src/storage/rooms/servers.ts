/** Rows of message servers and of the agents that belong to them. */
import type { Insertable, Kysely, Selectable } from 'kysely';
import { type Figure, toNumber } from '../engine/numbers.ts';
import { createQuery } from '../engine/query.ts';
import { arrivalIn } from '../engine/words.ts';
import type { ServersTable, Tables } from '../schema/tables.ts';

export type ServerRow = Selectable<ServersTable>;

/** The oldest first. */
export const listServers = (db: Kysely<Tables>, limit: number): Promise<ServerRow[]> => oldest(db, { limit });

const oldest = createQuery((db, { limit }: { limit: number }) =>
  db.selectFrom('servers').selectAll().orderBy('created_at').orderBy('id').limit(limit),
);

export const findServer = (db: Kysely<Tables>, id: string): Promise<ServerRow | undefined> =>
  db.selectFrom('servers').selectAll().where('id', '=', id).executeTakeFirst();

/** Makes a server; undefined where there are `most` already, or one of its id. */
export async function insertServer(
  db: Kysely<Tables>,
  server: Insertable<ServersTable>,
  most: number,
): Promise<ServerRow | undefined> {
  return db.transaction().execute(async (transaction) => {
    const { count } = await transaction
      .selectFrom('servers')
      .select((eb) => eb.fn.countAll<Figure>().as('count'))
      .executeTakeFirstOrThrow();
    if (toNumber(count) >= most) return undefined;
    return transaction
      .insertInto('servers')
      .values(server)
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returningAll()
      .executeTakeFirst();
  });
}

/** Deletes a server that has no channels; false where it has. */
export async function deleteServer(db: Kysely<Tables>, id: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('servers')
    .where('id', '=', id)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('channels').select('channels.id').where('server_id', '=', id))),
    )
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Ids of the agents that were made to belong to a server, in that order. */
export async function listServerAgentIds(db: Kysely<Tables>, serverId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('server_agents')
    .select('agent_id')
    .where('server_id', '=', serverId)
    .orderBy('added_at')
    .orderBy(arrivalIn('server_agents'))
    .execute();
  return rows.map(({ agent_id }) => agent_id);
}

/** Ids of the servers that an agent was made to belong to. */
export async function listServerIdsOf(db: Kysely<Tables>, agentId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('server_agents')
    .select('server_id')
    .where('agent_id', '=', agentId)
    .orderBy('added_at')
    .orderBy(arrivalIn('server_agents'))
    .execute();
  return rows.map(({ server_id }) => server_id);
}

/** Does nothing where it belongs to it. */
export async function insertServerAgent(db: Kysely<Tables>, serverId: string, agentId: string): Promise<void> {
  await db
    .insertInto('server_agents')
    .values({ server_id: serverId, agent_id: agentId, added_at: Date.now() })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** False where it did not belong to it. */
export async function deleteServerAgent(db: Kysely<Tables>, serverId: string, agentId: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('server_agents')
    .where('server_id', '=', serverId)
    .where('agent_id', '=', agentId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
