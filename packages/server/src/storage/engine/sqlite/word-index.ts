/**
 * The index of words in SQLite: FTS5, ranked by bm25. Each word is written with a mark of its scope before it, so that a
 * search costs what its own scope holds, however much others remember, and a rare word is one that is rare there.
 */
import { hash } from 'node:crypto';
import { type Expression, sql, type Transaction } from 'kysely';
import type { Tables } from '../../schema/tables.ts';
import type { IndexedMemory, InsertRows } from '../engine.ts';
import { listWords, type Scope } from '../memory-words.ts';
import type { RankedMemory } from '../words.ts';
import type { SqliteTables } from './tables.ts';

/** Digits, because the stemmer looks for vowels. Two scopes with one mark are told apart by their rows. */
const markOf = ({ agentId, channelId }: Scope): string =>
  `q${BigInt(`0x${hash('sha256', `${agentId} ${channelId}`).slice(0, 12)}`)}x`;

/** What is written into `memory_words` for a memory. */
export function toIndexedWords(scope: Scope, text: string): string {
  const mark = markOf(scope);
  return listWords(text)
    .map((word) => mark + word)
    .join(' ');
}

export const createIndexWords =
  (insertRows: InsertRows<SqliteTables>) =>
  async (tx: Transaction<Tables>, memories: readonly IndexedMemory[]): Promise<void> => {
    await insertRows(
      tx,
      'memory_words',
      memories.map(({ row, scope, text }) => ({ rowid: row, words: toIndexedWords(scope, text) })),
    );
  };

/** Any of the words. In quotes everything is a word, and none of them has a quote in it. */
export function rankByWords(scope: Scope, words: readonly string[]): Expression<RankedMemory> {
  const mark = markOf(scope);
  const query = words.map((word) => `"${mark}${word}"`).join(' OR ');
  return sql<RankedMemory>`(select rowid as row, rank from memory_words where memory_words match ${query})`;
}
