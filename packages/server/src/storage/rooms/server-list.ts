/** Every server with its agents, for who looks at the whole. */
import type { Kysely } from 'kysely';
import type { Tables } from '../schema/tables.ts';

/** The first `limit` servers, oldest first. */
export async function listServersWithAgents(
  db: Kysely<Tables>,
  limit: number,
): Promise<{ id: string; name: string; agentIds: string[] }[]> {
  const servers = await db.selectFrom('servers').select(['id', 'name']).orderBy('created_at').limit(limit).execute();
  const added = await db.selectFrom('server_agents').select(['server_id', 'agent_id']).execute();
  const byServer = Map.groupBy(added, ({ server_id }) => server_id);
  return servers.map(({ id, name }) => ({ id, name, agentIds: (byServer.get(id) ?? []).map((one) => one.agent_id) }));
}
