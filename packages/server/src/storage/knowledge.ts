/** Rows of what agents were given to know: parts of texts, by the source that they come from. */
import type { Kysely } from 'kysely';
import { insertMemoryRows } from './memories.ts';
import type { Database } from './sqlite.ts';
import type { Tables } from './tables.ts';

/** The digest of each source that was read for an agent. */
export async function listSources(db: Kysely<Tables>, agentId: string): Promise<Map<string, string>> {
  const rows = await db.selectFrom('knowledge_sources').selectAll().where('agent_id', '=', agentId).execute();
  return new Map(rows.map(({ source, digest }) => [source, digest]));
}

/** Puts the parts of a source in the place of those that were there; none, and no digest, removes it. */
export async function replaceSource(
  { db, insertRows }: Pick<Database, 'db' | 'insertRows'>,
  agentId: string,
  source: string,
  texts: readonly string[],
  digest?: string,
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    for (const table of ['memories', 'knowledge_sources'] as const)
      await transaction.deleteFrom(table).where('agent_id', '=', agentId).where('source', '=', source).execute();
    insertMemoryRows(
      insertRows,
      texts.map((text) => ({ agent_id: agentId, kind: 'knowledge', source, text })),
    );
    if (digest !== undefined) insertRows('knowledge_sources', [{ agent_id: agentId, source, digest }]);
  });
}
