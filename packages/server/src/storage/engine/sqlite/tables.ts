/** The tables that only SQLite has, beside those of every engine. */
import type { Tables } from '../../schema/tables.ts';

/** The full text index of memories, by their `row`. */
type MemoryWordsTable = { rowid: number; words: string };
/** One row: how many memories were erased, and how many of them are no longer in the index of words. */
type WordErasuresTable = { erased: number; merged: number };

export type SqliteTables = Tables & { memory_words: MemoryWordsTable; word_erasures: WordErasuresTable };
