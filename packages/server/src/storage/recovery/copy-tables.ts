/** Copies what can be read of the tables of a damaged store into the tables of a new one. */
import type { DatabaseSync } from 'node:sqlite';
import { type Reading, type Row, readByRowid, readFromBothEnds } from './read-rows.ts';

/** What became of a table. `left`: rows that were read and are no rows of it. `ranges`: unreadable places. */
export type Copied = { table: string; copied: number; left: number; ranges: number };

type Column = { name: string; type: string; notnull: number; pk: number };
type Table = { name: string; columns: Column[]; hasRowid: boolean };

/** What is made anew: the index of words, and what was done to the tables. */
const made = /^(sqlite_|kysely_|word_erasures$)/;

export function listTables(file: DatabaseSync): Table[] {
  const tables = file.prepare("select name, wr from pragma_table_list where schema = 'main' and type = 'table'").all();
  return tables
    .filter(({ name }) => !made.test(String(name)))
    .map(({ name, wr }) => ({ name: String(name), columns: listColumns(file, String(name)), hasRowid: wr === 0 }));
}

const listColumns = (file: DatabaseSync, table: string): Column[] =>
  file.prepare('select name, type, "notnull", pk from pragma_table_info(?)').all(table) as Column[];

/** `onRows` is told now and then how many rows of a table were copied. */
export function copyTable(from: DatabaseSync, to: DatabaseSync, table: Table, onRows: (rows: number) => void): Copied {
  const there = new Set(listColumns(from, table.name).map(({ name }) => name));
  const columns = table.columns.filter(({ name }) => there.has(name));
  const names = columns.map(({ name }) => name);
  const copied: Copied = { table: table.name, copied: 0, left: 0, ranges: 0 };
  if (names.length === 0) return { ...copied, ranges: 1 };
  const key = table.columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
  const reading: Reading = { table: table.name, columns: names, key: key.map(({ name }) => name), ranges: 0 };
  // Rows that have no other order are read in that of their numbers.
  const keepsRowid = table.hasRowid && !key.some(({ type }) => type.toLowerCase() === 'integer');
  const target = [...(keepsRowid ? ['rowid'] : []), ...names.map((name) => `"${name}"`)];
  const insert = to.prepare(
    `insert or ignore into "${table.name}" (${target.join(', ')}) values (${target.map(() => '?').join(', ')})`,
  );
  to.exec('begin');
  for (const row of table.hasRowid ? readByRowid(from, reading) : readFromBothEnds(from, reading)) {
    const values = table.hasRowid ? row.slice(1) : row;
    const given = keepsRowid ? row : values;
    if (fits(values, columns) && insert.run(...given).changes === 1) copied.copied += 1;
    else copied.left += 1;
    if (copied.copied % 100_000 === 99_999) onRows(copied.copied + 1);
  }
  to.exec('commit');
  return { ...copied, ranges: reading.ranges };
}

const kinds: Record<string, string> = { text: 'string', integer: 'number', bigint: 'number', real: 'number' };

/** A damaged page may have something else in the place of a value. */
const fits = (values: Row, columns: readonly Column[]): boolean =>
  columns.every(({ type, notnull, pk }, index) => {
    const value = values[index];
    if (value === null) return notnull === 0 && pk === 0;
    const kind = kinds[type.toLowerCase()];
    return kind === undefined || typeof value === kind;
  });
