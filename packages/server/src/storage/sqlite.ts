/** The SQLite engine: node:sqlite under kysely, durable (WAL, fsync at every commit), with prepared statements kept. */
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import { ElizadError } from 'elizad-protocol';
import {
  type Insertable,
  Kysely,
  type LimitNode,
  type QueryCompiler,
  type SqliteDatabase,
  SqliteDialect,
  SqliteQueryCompiler,
  type SqliteStatement,
} from 'kysely';
import { createPrivateFile, prepareDataDir } from './data-dir.ts';
import { type DataLock, lockDataDir, StoreError } from './data-lock.ts';
import { migrate } from './migrations.ts';
import { busyMs, compact, isErasing, openScrub, type Scrub } from './scrub.ts';
import type { Tables } from './tables.ts';

/** Statements kept prepared; those of the server are fewer. */
const keptStatements = 200;

/**
 * Writes rows in their order, all of the same columns, and returns the number that the table gave each. Within a
 * transaction it is part of that. The hot path: a statement of one row that stays prepared, which kysely would build anew.
 */
export type InsertRows = <Name extends keyof Tables>(
  table: Name,
  rows: readonly Insertable<Tables[Name]>[],
) => number[];

export type Database = {
  db: Kysely<Tables>;
  insertRows: InsertRows;
  /** Whether the disk or the file has refused something within the last ten seconds. */
  isFailing(): boolean;
  close(): Promise<void>;
};

/** Opens the store in a directory, which is made when missing. Throws `StoreError` when it cannot be used. */
export async function openSqlite(dataDir: string): Promise<Database> {
  let lock: DataLock | undefined;
  try {
    prepareDataDir(dataDir);
    lock = lockDataDir(dataDir);
    return await openFile(dataDir, lock);
  } catch (cause) {
    lock?.release();
    if (cause instanceof StoreError) throw cause;
    const { message } = cause as Error;
    throw new StoreError(
      `ELIZAD_DATA: ${dataDir} cannot be used (${message}). Set it to a directory that can be written, or move what is there aside.`,
      { cause },
    );
  }
}

/**
 * Writes the store of a server that does not run anew, without anything that was ever deleted from it, and shorter.
 * Throws as `openSqlite` does.
 */
export async function compactSqlite(dataDir: string): Promise<void> {
  const { close } = await openSqlite(dataDir);
  await close();
  const lock = lockDataDir(dataDir);
  const file = new DatabaseSync(join(dataDir, 'elizad.sqlite'), { timeout: busyMs });
  try {
    compact(file);
  } catch (cause) {
    throw new StoreError(`${dataDir} could not be written anew (${(cause as Error).message}). It is as it was.`, {
      cause,
    });
  } finally {
    file.close();
    lock.release();
  }
}

async function openFile(dataDir: string, lock: DataLock): Promise<Database> {
  const path = join(dataDir, 'elizad.sqlite');
  createPrivateFile(path);
  const file = new DatabaseSync(path, { timeout: busyMs });
  try {
    file.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;',
    );
    file.exec('PRAGMA secure_delete = ON');
    // In pages: a checkpoint every 16 MB instead of 4 writes each page of an index less often.
    file.exec('PRAGMA wal_autocheckpoint = 4000');
    const scrub = openScrub(file);
    const guard = createGuard();
    const database = bridge(file, scrub.plan, guard.run);
    const db = new Kysely<Tables>({ dialect: new Dialect({ database }) });
    await migrate(db);
    scrub.start(db);
    return {
      db,
      insertRows: createInsertRows(database),
      isFailing: guard.isFailing,
      close: () => closeAll(db, scrub, lock),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

async function closeAll(db: Kysely<Tables>, scrub: Scrub, lock: DataLock): Promise<void> {
  await scrub.stop();
  await db.destroy();
  lock.release();
}

function createInsertRows(database: SqliteDatabase): InsertRows {
  return (table, rows) => {
    if (rows.length === 0) return [];
    const columns = Object.keys(rows[0] ?? {});
    const names = columns.map((name) => `"${name}"`).join(', ');
    const statement = database.prepare(
      `insert into "${table}" (${names}) values (${columns.map(() => '?').join(', ')})`,
    );
    return rows.map((row) => {
      const values = columns.map((name) => (row as Record<string, unknown>)[name]);
      return Number(statement.run(values).lastInsertRowid);
    });
  };
}

class Dialect extends SqliteDialect {
  override createQueryCompiler(): QueryCompiler {
    return new Compiler();
  }
}

/** SQLite plans a statement anew whenever its limit is given, where that is a bare parameter: as a sum it is none. */
class Compiler extends SqliteQueryCompiler {
  protected override visitLimit(node: LimitNode): void {
    super.visitLimit(node);
    this.append(' + 0');
  }
}

/** node:sqlite in the shape that kysely's dialect takes. `onErased` is called after a statement that erases. */
function bridge(file: DatabaseSync, onErased: () => void, guard: Guard): SqliteDatabase {
  const kept = new Map<string, SqliteStatement>();
  return {
    close: () => file.close(),
    prepare(sql) {
      // A full disk has rolled back by itself: an error of this one would hide the one that matters.
      if (/^rollback$/i.test(sql) && !file.isTransaction) return nothing;
      let statement = kept.get(sql);
      if (!statement) {
        if (kept.size >= keptStatements) kept.delete(kept.keys().next().value as string);
        statement = bridgeStatement(
          guard(() => file.prepare(sql)),
          isErasing(sql) ? onErased : () => {},
          guard,
        );
        kept.set(sql, statement);
      }
      return statement;
    },
  };
}

const nothing: SqliteStatement = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0n, lastInsertRowid: 0n }),
  *iterate() {},
};

/** Rows come as arrays and are named here: objects that node:sqlite names itself are slow to make, and slow to read. */
function bridgeStatement(statement: StatementSync, onDone: () => void, guard: Guard): SqliteStatement {
  let names = listNames(statement);
  const toObject = (row: unknown) => {
    const values = row as SQLOutputValue[];
    // The table has another column since.
    if (values.length !== names.length) names = listNames(statement);
    const named: Record<string, SQLOutputValue | undefined> = {};
    for (let index = 0; index < names.length; index++) named[names[index] as string] = values[index];
    return named;
  };
  statement.setReturnArrays(true);
  return {
    reader: names.length > 0,
    all(parameters) {
      const rows = guard(() => statement.all(...(parameters as SQLInputValue[])).map(toObject));
      onDone();
      return rows;
    },
    run(parameters) {
      const result = guard(() => statement.run(...(parameters as SQLInputValue[])));
      onDone();
      return result;
    },
    *iterate(parameters) {
      for (const row of statement.iterate(...(parameters as SQLInputValue[]))) yield toObject(row);
    },
  };
}

const listNames = (statement: StatementSync): string[] => statement.columns().map(({ name }) => name);

type Guard = <T>(use: () => T) => T;

/** What SQLite says of a disk or a file that cannot be used, in the lowest byte: read-only, I/O, corrupt, full, cannot open, no database. */
const ofTheDisk = new Set([8, 10, 11, 13, 14, 26]);
const failingMs = 10_000;

/** Whatever the disk or the database refuses is one error of the table, wherever it is met. */
function createGuard(): { run: Guard; isFailing(): boolean } {
  let failedAt = Number.NEGATIVE_INFINITY;
  return {
    run(use) {
      try {
        return use();
      } catch (cause) {
        const { errcode = 0 } = cause as { errcode?: number };
        if (ofTheDisk.has(errcode & 0xff)) failedAt = performance.now();
        throw new ElizadError('storage-failed', {}, { cause });
      }
    },
    isFailing: () => performance.now() - failedAt < failingMs,
  };
}
