/** Reads the rows of a table of which parts cannot be read: what is left out is where the damage is, and nothing beside it. */
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';

export type Row = SQLOutputValue[];

/** Which columns, by which the table is in order where it has no rowid, and how many places could not be read so far. */
export type Reading = { table: string; columns: readonly string[]; key: readonly string[]; ranges: number };

const quote = (name: string): string => `"${name}"`;

/** So many numbers of rows behind a damaged place are tried one by one: a page has fewer. Then in steps that double. */
const oneByOne = 4_000;

/** No row has a number beyond. */
const mostRowid = 2 ** 50;

/** Damaged pages may lead round in a circle: so often a number may be lower than the one before it. */
const mostReturns = 100;

/** Rows with their number before them. */
export function* readByRowid(file: DatabaseSync, reading: Reading): Generator<Row> {
  const columns = ['rowid', ...reading.columns.map(quote)].join(', ');
  // Of the table itself: an index may be damaged where that is whole.
  const sql = `select ${columns} from ${quote(reading.table)} not indexed where rowid >= ? order by rowid`;
  const rows = prepare(file, sql);
  const probe = prepare(file, `${sql} limit 1`);
  let returns = 0;
  for (let next = 0; ; ) {
    try {
      for (const row of iterate(rows, next)) {
        const [id] = row;
        if (typeof id !== 'number') continue;
        if (id < next) returns += 1;
        if (returns > mostReturns) {
          reading.ranges += 1;
          return;
        }
        // One whose number is damaged leads the search astray, not the way from page to page.
        if (id < mostRowid) next = id + 1;
        if (id < mostRowid) yield row;
      }
      return;
    } catch {
      const found = findReadable(probe, next);
      if (found !== next) reading.ranges += 1;
      if (found === undefined) return;
      next = found;
    }
  }
}

/** The first number at or behind one from where on rows can be read again; nothing where there is none. */
function findReadable(probe: StatementSync, from: number): number | undefined {
  for (let n = 0; n < oneByOne; n++) if (canRead(probe, from + n)) return from + n;
  for (let step = oneByOne; from + step < mostRowid; step *= 2) {
    if (!canRead(probe, from + step)) continue;
    let [low, high] = [from + Math.floor(step / 2), from + step];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (canRead(probe, middle)) high = middle;
      else low = middle;
    }
    return high;
  }
  return undefined;
}

function canRead(probe: StatementSync, at: number): boolean {
  try {
    const row = probe.get(at) as unknown as Row | undefined;
    return row === undefined || Number(row[0]) >= at;
  } catch {
    return false;
  }
}

/** Of a table without numbers of rows: from its beginning, and where that does not reach the end, from there. */
export function* readFromBothEnds(file: DatabaseSync, reading: Reading): Generator<Row> {
  const from = `select ${reading.columns.map(quote).join(', ')} from ${quote(reading.table)} order by`;
  for (const direction of ['asc', 'desc']) {
    const order = reading.key.map((name) => `${quote(name)} ${direction}`).join(', ');
    try {
      yield* iterate(prepare(file, `${from} ${order}`));
      return;
    } catch {
      reading.ranges = 1;
    }
  }
}

function prepare(file: DatabaseSync, sql: string): StatementSync {
  const statement = file.prepare(sql);
  statement.setReturnArrays(true);
  return statement;
}

const iterate = (statement: StatementSync, ...values: number[]): Iterable<Row> =>
  statement.iterate(...values) as unknown as Iterable<Row>;
