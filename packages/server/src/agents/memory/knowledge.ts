/** What an agent was given to know, brought into the store: what is new or changed is cut up anew, what is gone goes. */
import { hash } from 'node:crypto';
import type { Logger } from '../../observability/logger.ts';
import type { Engine } from '../../storage/engine/engine.ts';
import { listSources, replaceSource } from '../../storage/memory/knowledge.ts';
import { splitIntoChunks } from './chunks.ts';
import { type KnowledgeItem, readKnowledge } from './knowledge-files.ts';

/** Changes when texts are cut in another way, so that all are cut anew. */
const cutting = 1;

export type KnowledgeDeps = { readonly database: Engine; readonly logger: Logger };

/**
 * Reads what a character names, below its folder, and keeps it; what cannot be read is left out, with a line in the log.
 * Rejects only where the store does.
 */
export async function loadKnowledge(
  { database, logger }: KnowledgeDeps,
  agentId: string,
  items: readonly KnowledgeItem[],
  folder: string,
): Promise<void> {
  const { texts, refused } = await readKnowledge(items, folder);
  for (const reason of refused) logger.warn({ agentId }, `left out knowledge: ${reason}`);
  const known = await listSources(database.db, agentId);
  let parts = 0;
  let changed = 0;
  for (const { source, text } of texts) {
    const digest = hash('sha256', `${cutting} ${text}`, 'base64url');
    const isKnown = known.get(source) === digest;
    known.delete(source);
    if (isKnown) continue;
    parts += await replaceSource(database, agentId, source, splitIntoChunks(text), digest);
    changed += 1;
  }
  for (const source of known.keys()) await replaceSource(database, agentId, source, []);
  if (changed > 0 || known.size > 0)
    logger.info({ agentId, sources: texts.length, changed, removed: known.size, parts }, 'knowledge read');
}
