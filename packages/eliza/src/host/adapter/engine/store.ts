/**
 * The SQLite file of an agent: opened, brought to the newest version of its tables, and its statements kept prepared. What
 * is in it is derived, so a power failure may cost the last writes, but never the file.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { createKeptRows, isRead, isWrite } from './kept-rows.ts';
import { steps } from './schema.ts';
import { listChanges, type Value } from './values.ts';

export type Store = {
  readonly agentId: string;
  isOpen(): boolean;
  /** Does nothing where it is open. Throws, in words for the operator, where the file cannot be used. */
  open(): void;
  close(): void;
  all<Row>(sql: string, ...values: Value[]): Row[];
  /** Rows as lists of their columns: for many of them, twice as fast. */
  lists<Row extends readonly Value[]>(sql: string, ...values: Value[]): Row[];
  each<Row>(sql: string, ...values: Value[]): Iterable<Row>;
  find<Row>(sql: string, ...values: Value[]): Row | undefined;
  /** Gives how many rows were changed, not counting those that were deleted with others. */
  run(sql: string, ...values: Value[]): number;
  /** Sets the columns that are not undefined, of the rows with the condition. Gives how many were others before. */
  update(
    table: string,
    columns: { readonly [column: string]: Value | undefined },
    where: string,
    ...values: Value[]
  ): number;
  /** All or nothing. Within another one, a part of it. */
  transact<T>(work: () => T): T;
  /** Calls `listener` when rows may have gone that nobody named: after a rollback, a cascade, or another opening. */
  onShift(listener: () => void): void;
  shift(): void;
  /** Calls `listener` before rows go that others may refer to, and before the file is closed: writes that wait are written. */
  onFlush(listener: () => void): void;
  flush(): void;
};

export function createStore({ file, agentId }: { file: string; agentId: string }): Store {
  const statements = new Map<string, StatementSync>();
  const listing = new Map<string, StatementSync>();
  const listeners: (() => void)[] = [];
  const flushers: (() => void)[] = [];
  const kept = createKeptRows();
  let database: DatabaseSync | undefined;
  let isInTransaction = false;

  function prepare(sql: string, asLists = false): StatementSync {
    const known = (asLists ? listing : statements).get(sql);
    if (known) return known;
    if (!database) throw new Error(`the store of agent ${agentId} is closed: call init() before you use it again`);
    const statement = database.prepare(sql);
    if (asLists) statement.setReturnArrays(true);
    (asLists ? listing : statements).set(sql, statement);
    return statement;
  }

  function run(sql: string, ...values: Value[]): number {
    const changes = Number(prepare(sql).run(...values).changes);
    // Of a COMMIT, SQLite says how many the statement before it has changed.
    if (changes > 0 && isWrite(sql)) kept.wrote(sql);
    return changes;
  }

  /** What is not a SELECT writes, and gives rows of it. */
  function read<Rows>(way: string, sql: string, values: readonly Value[], ask: () => Rows): Rows {
    if (isRead(sql)) return kept.get(way, sql, values, ask);
    const rows = ask();
    kept.wrote(sql);
    return rows;
  }

  const shift = (): void => {
    kept.clear();
    for (const listener of listeners) listener();
  };

  const flush = (): void => {
    for (const flusher of flushers) flusher();
  };

  function transact<T>(work: () => T): T {
    if (isInTransaction) return work();
    run('BEGIN IMMEDIATE');
    isInTransaction = true;
    try {
      const result = work();
      run('COMMIT');
      return result;
    } catch (error) {
      run('ROLLBACK');
      shift();
      throw error;
    } finally {
      isInTransaction = false;
    }
  }

  return {
    agentId,
    isOpen: () => database !== undefined,
    open() {
      database ??= openFile(file);
    },
    close() {
      if (database) flush();
      statements.clear();
      listing.clear();
      shift();
      database?.close();
      database = undefined;
    },
    all: <Row>(sql: string, ...values: Value[]) => read('all', sql, values, () => prepare(sql).all(...values) as Row[]),
    lists: <Row extends readonly Value[]>(sql: string, ...values: Value[]) =>
      read('lists', sql, values, () => prepare(sql, true).all(...values) as unknown as Row[]),
    each: <Row>(sql: string, ...values: Value[]) => prepare(sql).iterate(...values) as Iterable<Row>,
    find: <Row>(sql: string, ...values: Value[]) =>
      read('find', sql, values, () => prepare(sql).get(...values) as Row | undefined),
    run,
    update(table, columns, where, ...values) {
      const changes = listChanges(columns);
      if (changes.length === 0) return 0;
      const set = changes.map(([column]) => `${column} = ?`).join(', ');
      // A row that stays as it is costs no transaction: core stores each person again with each message.
      const differs = changes.map(([column]) => `${column} IS NOT ?`).join(' OR ');
      const wanted = changes.map(([, value]) => value);
      return run(`UPDATE ${table} SET ${set} WHERE (${where}) AND (${differs})`, ...wanted, ...values, ...wanted);
    },
    transact,
    onShift(listener) {
      listeners.push(listener);
    },
    shift,
    onFlush(listener) {
      flushers.push(listener);
    },
    flush,
  };
}

function openFile(file: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true });
    database = new DatabaseSync(file, { enableForeignKeyConstraints: true, timeout: 5_000 });
    // A file that is no database is noticed here.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -4000');
    // Each checkpoint waits for the disk: with the default, one for every few turns.
    database.exec('PRAGMA wal_autocheckpoint = 4000');
    bringUpToDate(database);
    return database;
  } catch (error) {
    database?.close();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `${file} cannot be used: ${reason}. Check its rights and its disk; moved away, it is made again without memories`,
      { cause: error },
    );
  }
}

function bringUpToDate(database: DatabaseSync): void {
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version > steps.length)
    throw new Error(`a newer elizad wrote it (version ${version}, this one knows ${steps.length})`);
  for (const [index, step] of steps.entries())
    if (index >= version) database.exec(`BEGIN IMMEDIATE; ${step} PRAGMA user_version = ${index + 1}; COMMIT`);
}
