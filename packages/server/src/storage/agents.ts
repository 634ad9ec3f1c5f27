/** Rows of agents: every one that ever ran here, so that names in old rooms stay known. */
import type { Kysely, Selectable } from 'kysely';
import type { AgentsTable, Tables } from './tables.ts';

export type AgentRow = Selectable<AgentsTable>;

export const listAgents = (db: Kysely<Tables>): Promise<AgentRow[]> =>
  db.selectFrom('agents').selectAll().orderBy('name').execute();

export async function upsertAgent(
  db: Kysely<Tables>,
  agent: { id: string; name: string; character: string },
): Promise<void> {
  const now = Date.now();
  await db
    .insertInto('agents')
    .values({ ...agent, created_at: now, updated_at: now })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet({ name: agent.name, character: agent.character, updated_at: now }),
    )
    .execute();
}
