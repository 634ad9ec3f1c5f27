/** All that agents keep beside the rooms themselves: facts, knowledge, and what finds them again. app/ makes it once. */
import type { Logger } from '../../observability/logger.ts';
import type { Engine } from '../../storage/engine/engine.ts';
import { listSources } from '../../storage/memory/knowledge.ts';
import type { Place } from '../../storage/memory/memories.ts';
import type { Embedder } from '../models/embedder.ts';
import type { Model } from '../models/model.ts';
import { createEmbedding } from './embedding.ts';
import { createFactSchedule, type Pace, usualPace } from './fact-schedule.ts';
import type { Usage } from './facts.ts';
import type { KnowledgeItem } from './knowledge-files.ts';
import type { ContextSource } from './memory.ts';
import { createFactSource, createKnowledgeSource } from './recall.ts';

export type MemoryDeps = {
  readonly database: Engine;
  readonly logger: Logger;
  /** What an agent thinks with; it also looks for facts. */
  readonly modelOf: (agentId: string) => Model | undefined;
  /** What gives the meaning of texts; without, memories are found by their words. */
  readonly embedderOf?: (agentId: string) => Embedder | undefined;
  /** False for an agent that shall learn no facts, and be told of none: default true. Its knowledge stays. */
  readonly isRemembering?: (agentId: string) => boolean;
  /** Called once for each request that looked for facts. */
  readonly onUsage?: (usage: Usage) => void;
  readonly pace?: Partial<Pace>;
};

export type LongTermMemory = {
  /** What to ask before each answer. */
  readonly sources: readonly ContextSource[];
  /** To be called after each turn. Never throws, and waits for nothing. */
  observe(place: Place): void;
  /** Reads the knowledge of a character below its folder: at start, and whenever it has changed. Rejects only where the store does. */
  loadKnowledge(agentId: string, items: readonly KnowledgeItem[], folder: string): Promise<void>;
  /** Finds out anew the meaning of what was changed, in the background. */
  renew(agentId: string): void;
  /** Aborts what runs in the background; before the store is closed. */
  stop(): Promise<void>;
};

export function createMemory(deps: MemoryDeps): LongTermMemory {
  const { database, logger, modelOf, embedderOf = () => undefined, onUsage = () => {} } = deps;
  const { isRemembering = () => true } = deps;
  const embedding = createEmbedding({ database, embedderOf, logger });
  const schedule = createFactSchedule(
    {
      database,
      logger,
      onUsage,
      modelOf: (agentId) => (isRemembering(agentId) ? modelOf(agentId) : undefined),
      onKept: embedding.wake,
    },
    { ...usualPace, ...deps.pace },
  );
  const recall = { database, embedding, logger, isRemembering };
  return {
    sources: [createFactSource(recall), createKnowledgeSource(recall)],
    observe: schedule.observe,
    async loadKnowledge(agentId, items, folder) {
      if (items.length === 0 && (await listSources(database.db, agentId)).size === 0) return;
      const { loadKnowledge } = await import('./knowledge.ts');
      await loadKnowledge({ database, logger }, agentId, items, folder);
      embedding.wake(agentId);
    },
    renew: embedding.wake,
    async stop() {
      await Promise.all([schedule.stop(), embedding.stop()]);
    },
  };
}
