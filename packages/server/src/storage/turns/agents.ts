/** Rows of agents: every one that ever ran here, so that names in old rooms stay known. */
import type { Kysely, Selectable, Updateable } from 'kysely';
import { rowOf } from '../engine/words.ts';
import type { AgentsTable, Tables } from '../schema/tables.ts';

export type AgentRow = Selectable<AgentsTable>;

/** What is written of an agent; what is left out stays, or has its default. */
export type AgentDraft = Pick<AgentRow, 'id' | 'name' | 'character'> &
  Partial<Pick<AgentRow, 'secrets' | 'is_enabled' | 'edit_of'>>;

/** Those that were deleted too. */
export const listAgents = (db: Kysely<Tables>): Promise<AgentRow[]> =>
  db.selectFrom('agents').selectAll().orderBy('name').execute();

/** Writes an agent, and gives its row. One that is as it was keeps the time of its last change. */
export async function upsertAgent(db: Kysely<Tables>, draft: AgentDraft): Promise<AgentRow> {
  const now = Date.now();
  const { id: _id, ...changes } = draft;
  const before = await db.selectFrom('agents').selectAll().where('id', '=', draft.id).executeTakeFirst();
  const isSame =
    before?.deleted_at === null && Object.entries(changes).every(([key, value]) => before[key as 'name'] === value);
  if (isSame) return before;
  const update: Updateable<AgentsTable> = { ...changes, updated_at: now, deleted_at: null };
  if (before && before.deleted_at !== null) update.created_at = now;
  return db
    .insertInto('agents')
    .values({ ...draft, created_at: now, updated_at: now })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(update))
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** The same of many: they wait for the disk once. */
export const upsertAgents = (db: Kysely<Tables>, drafts: readonly AgentDraft[]): Promise<void> =>
  db.transaction().execute(async (transaction) => {
    for (const draft of drafts) await upsertAgent(transaction, draft);
  });

/** Deletes what an agent is; that the id was an agent's stays known. `eraseMemory` is to follow. */
export async function buryAgent(db: Kysely<Tables>, id: string): Promise<void> {
  await db
    .updateTable('agents')
    .set({ character: '{"bio":[]}', secrets: '{}', is_enabled: 0, edit_of: null, deleted_at: Date.now() })
    .where('id', '=', id)
    .execute();
}

/** Rows that are deleted in one go, so that others are served in between. */
const page = 500;

/** Deletes all that an agent has and remembers. Where the process ends before it is done, it is to be called again. */
export async function eraseMemory(db: Kysely<Tables>, id: string): Promise<void> {
  for (const table of ['memories', 'memory_progress', 'knowledge_sources', 'worlds', 'server_agents'] as const) {
    for (let deleted = page; deleted === page; ) {
      const { numDeletedRows } = await db
        .deleteFrom(table)
        .where(
          rowOf(table),
          'in',
          db.selectFrom(table).select(rowOf(table).as('row')).where('agent_id', '=', id).limit(page),
        )
        .executeTakeFirst();
      deleted = Number(numDeletedRows);
      if (deleted === page) await new Promise(setImmediate);
    }
  }
}
