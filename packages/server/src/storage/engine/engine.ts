/**
 * The port of the storage engine. SQLite is one engine (engine/sqlite); the contract suite in tests/storage/contract holds
 * for each. The functions of this floor are written once, over `db`, and take what differs from the words in words.ts.
 */
import type { Insertable, Kysely, Transaction } from 'kysely';
import type { Tables } from '../schema/tables.ts';
import type { LogTables } from '../schema/tables-rest.ts';
import type { Scope } from './memory-words.ts';

/**
 * Writes rows in their order, all with the same columns, as part of the transaction: they are there if it commits, and are
 * not if it does not. Resolves with the number that the table gave each row. Throws what the table refuses, and the
 * transaction must then end. No query is built for it, and it waits once, however many rows there are: it is the hot path.
 */
export type InsertRows<Schema> = <Name extends keyof Schema & string>(
  tx: Transaction<Schema>,
  table: Name,
  rows: readonly Insertable<Schema[Name]>[],
) => Promise<number[]>;

/**
 * `db.transaction()` is all or nothing. Others see its writes when it has committed, and then they are on disk; a process
 * that dies leaves all of it or none. Only one transaction writes the log at a time (`startPlaces`).
 */
export type Connection<Schema> = { db: Kysely<Schema>; insertRows: InsertRows<Schema> };

/** Gives the next place in the order of the server. It does not wait, and does not throw. */
export type TakePlace = () => number;

/**
 * Begins to give places within a transaction that writes the log. Until that transaction ends, no other one is given any,
 * so places become visible in their order. A place is not given twice, also where its transaction was rolled back: what was
 * not written leaves a gap. `findLast` reads the last place that was written; the engine asks it when it does not know.
 */
export type StartPlaces = (
  tx: Transaction<Tables>,
  findLast: (tx: Transaction<Tables>) => Promise<number>,
) => Promise<TakePlace>;

/** A memory as the index of words takes it; `row` is its number in `memories`. */
export type IndexedMemory = { row: number; scope: Scope; text: string };

/** The lines of the server's log. They may be lost in a power failure, so that logging waits for nothing. */
export type KeptLines = {
  /** Throws `storage-failed`; the next call tries again. */
  open(): Connection<LogTables>;
  /** Leaves nothing on disk of lines that were deleted. */
  compact(): void;
};

/**
 * Every call throws `ElizadError` with `storage-failed` when the disk or the database refuses it, and has then done
 * nothing. Whoever opens an engine closes it, once, when nothing is under way; `close` waits for its own writes.
 */
export type Engine = Connection<Tables> & {
  startPlaces: StartPlaces;
  /** Writes the words of memories into the index, as part of the transaction. With its memory, the index entry goes by itself. */
  indexWords(tx: Transaction<Tables>, memories: readonly IndexedMemory[]): Promise<void>;
  logs: KeptLines;
  /** Whether the disk or the database has refused something within the last ten seconds, or nothing can be stored now. */
  isFailing(): boolean;
  close(): Promise<void>;
};
