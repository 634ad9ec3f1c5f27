/** Embeddings of texts that are nearly the same as another: to ask a model again is not needed. */

import type { Store } from '../engine/store.ts';
import { toCount } from '../engine/values.ts';
import { findDistance } from './distance.ts';
import { readEmbedding } from './vectors.ts';

export type SimilarTexts = {
  query_table_name: string;
  query_threshold: number;
  query_input: string;
  query_field_name: string;
  query_field_sub_name: string;
  query_match_count: number;
};

/** In bytes of UTF-8, as in Postgres; a longer text is never nearly the same. */
const longestText = 255;

export function createSimilarTexts(store: Store) {
  return {
    /** The nearest first. The text is that of a field of the content; `query_field_name` is not looked at. */
    async getCachedEmbeddings(query: SimilarTexts): Promise<{ embedding: number[]; levenshtein_score: number }[]> {
      const count = toCount('query_match_count', query.query_match_count);
      if (Buffer.byteLength(query.query_input) > longestText) return [];
      const input = [...query.query_input];
      const rows = store.each<{ text: string; vector: Uint8Array }>(
        `SELECT CAST(content ->> ? AS TEXT) AS text, vector FROM memories JOIN embeddings ON embeddings.memory = memories.row
         WHERE type = ? AND text IS NOT NULL AND length(CAST(text AS BLOB)) <= ?
           AND dimension = (SELECT min(dimension) FROM embeddings WHERE memory = memories.row)`,
        `$.${JSON.stringify(query.query_field_sub_name)}`,
        query.query_table_name,
        longestText,
      );
      const found: { embedding: number[]; levenshtein_score: number }[] = [];
      for (const { text, vector } of rows) {
        const distance = findDistance(input, [...text], query.query_threshold);
        if (distance === undefined) continue;
        found.push({ embedding: readEmbedding(vector) ?? [], levenshtein_score: distance });
      }
      found.sort((a, b) => a.levenshtein_score - b.levenshtein_score);
      return found.slice(0, count ?? undefined);
    },
  };
}
