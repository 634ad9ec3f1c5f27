/** Rows of what agents were given to know: parts of texts, by the source that they come from. */
import type { Kysely } from 'kysely';
import type { Tables } from '../schema/tables.ts';
import { insertMemoryRows, type MemoryWriter } from './memories.ts';

/** The digest of each source that was read for an agent. */
export async function listSources(db: Kysely<Tables>, agentId: string): Promise<Map<string, string>> {
  const rows = await db.selectFrom('knowledge_sources').selectAll().where('agent_id', '=', agentId).execute();
  return new Map(rows.map(({ source, digest }) => [source, digest]));
}

/** Of one step, between which others are served: rows that go or come, and letters of those that come. */
const mostRows = 500;
const mostLetters = 16_000;

/** Of a source whose parts are not all there: no text has it, so after a crash the source is replaced or removed anew. */
const unfinished = '';

/**
 * Puts the parts of a source in the place of those that were there; none, and no digest, removes it. Parts are asked for as
 * they are written. Returns how many there are.
 */
export async function replaceSource(
  engine: MemoryWriter,
  agentId: string,
  source: string,
  texts: Iterable<string>,
  digest?: string,
): Promise<number> {
  const { db } = engine;
  const mark = (as: string) =>
    db
      .insertInto('knowledge_sources')
      .values({ agent_id: agentId, source, digest: as })
      .onConflict((conflict) => conflict.columns(['agent_id', 'source']).doUpdateSet({ digest: as }))
      .execute();
  const ofSource = db.selectFrom('memories').where('agent_id', '=', agentId).where('source', '=', source);
  await mark(unfinished);
  for (let deleted = mostRows; deleted === mostRows; await new Promise(setImmediate)) {
    const some = ofSource.select('row').limit(mostRows);
    const { numDeletedRows } = await db.deleteFrom('memories').where('row', 'in', some).executeTakeFirst();
    deleted = Number(numDeletedRows);
  }
  let parts = 0;
  for (const step of cutIntoSteps(texts)) {
    parts += step.length;
    await db.transaction().execute(async (transaction) => {
      await insertMemoryRows(
        engine,
        transaction,
        step.map((text) => ({ agent_id: agentId, kind: 'knowledge', source, text })),
      );
    });
    await new Promise(setImmediate);
  }
  if (digest !== undefined) await mark(digest);
  else await db.deleteFrom('knowledge_sources').where('agent_id', '=', agentId).where('source', '=', source).execute();
  return parts;
}

function* cutIntoSteps(texts: Iterable<string>): Generator<readonly string[]> {
  let step: string[] = [];
  let letters = 0;
  for (const text of texts) {
    step.push(text);
    letters += text.length;
    if (step.length < mostRows && letters < mostLetters) continue;
    yield step;
    step = [];
    letters = 0;
  }
  if (step.length > 0) yield step;
}
