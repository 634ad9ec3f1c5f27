/** node:sqlite under kysely, with prepared statements kept; whoever opens one guards what is done on it. */
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { Kysely, type QueryCompiler, type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely';
import type { Connection, InsertRows } from '../engine.ts';
import { Compiler } from './dialect.ts';

/** Statements kept prepared; those of the server are fewer. */
const keptStatements = 200;

/** Does something with the file, and gives back what came of it. */
export type Run = <T>(use: () => T) => T;

/** What every use of a file goes through. */
export type Guard = {
  run: Run;
  /** The same for a statement, by its SQL; asked once for each that is prepared. */
  runOf(sql: string): Run;
};

/** The file is closed with `db.destroy()`. */
export function openConnection<Schema>(file: DatabaseSync, guard: Guard): Connection<Schema> {
  const database = bridge(file, guard);
  return { db: new Kysely<Schema>({ dialect: new Dialect({ database }) }), insertRows: createInsertRows(database) };
}

/** A statement of one row that stays prepared, which kysely would build anew; on the connection of the transaction. */
function createInsertRows<Schema>(database: SqliteDatabase): InsertRows<Schema> {
  return async (tx, table, rows) => {
    if (rows.length === 0) return [];
    const columns = Object.keys(rows[0] ?? {});
    const names = columns.map((name) => `"${name}"`).join(', ');
    const text = `insert into "${table}" (${names}) values (${columns.map(() => '?').join(', ')})`;
    // There is one connection: who is given it is within the transaction, and alone.
    return tx.getExecutor().provideConnection(async () => {
      const statement = database.prepare(text);
      return rows.map((row) => {
        const values = columns.map((name) => (row as Record<string, unknown>)[name]);
        return Number(statement.run(values).lastInsertRowid);
      });
    });
  };
}

class Dialect extends SqliteDialect {
  override createQueryCompiler(): QueryCompiler {
    return new Compiler();
  }
}

/** node:sqlite in the shape that kysely's dialect takes. */
function bridge(file: DatabaseSync, guard: Guard): SqliteDatabase {
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
          guard.run(() => file.prepare(sql)),
          guard.runOf(sql),
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
function bridgeStatement(statement: StatementSync, run: Run): SqliteStatement {
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
      return run(() => statement.all(...(parameters as SQLInputValue[])).map(toObject));
    },
    run(parameters) {
      return run(() => statement.run(...(parameters as SQLInputValue[])));
    },
    *iterate(parameters) {
      for (const row of statement.iterate(...(parameters as SQLInputValue[]))) yield toObject(row);
    },
  };
}

const listNames = (statement: StatementSync): string[] => statement.columns().map(({ name }) => name);
