/** A table that is copied: how its rows are read in the source, and what becomes of one here. */
import type { Store } from '../../host/adapter/engine/store.ts';
import type { Value } from '../../host/adapter/engine/values.ts';
import type { Row } from '../source.ts';

export type Table = {
  readonly name: string;
  /** SQL of the source for each value of a row, by its name. The row of the table is `t`. */
  readonly select: { readonly [value: string]: string };
  /** Condition for the rows of the agent `$1`. */
  readonly owned: string;
  /** What tells rows of one time apart: a column, and its type. */
  readonly key: { readonly column: string; readonly type: 'uuid' | 'text' };
  /** Only so many of the newest are kept. */
  readonly newest?: number;
  /** Returns how many rows are new here. Throws where the row fits nothing that is here. */
  write(store: Store, row: Row): number;
  isThere(store: Store, row: Row): boolean;
};

/** How a value is read, and what it is here. */
type Kind = { sql(column: string): string; read(text: string): Value };

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const kinds = {
  text: { sql: (column) => `${column}::text`, read: (text) => text },
  /** Older versions of plugin-sql take any text for an id of a server. */
  idOrNone: { sql: (column) => `${column}::text`, read: (text) => (uuid.test(text) ? text : null) },
  /** Of JSON, and as text[]: the text of the JSON. */
  json: { sql: (column) => `${column}::text`, read: (text) => text },
  texts: { sql: (column) => `to_json(${column})::text`, read: (text) => text },
  /** Whole ms: what comes after them, plugin-sql cuts off as well. */
  time: { sql: (column) => `floor(extract(epoch from ${column}) * 1000)::bigint::text`, read: Number },
  flag: { sql: (column) => `${column}::int::text`, read: Number },
} as const satisfies Record<string, Kind>;

type Column = {
  readonly kind: keyof typeof kinds;
  /** Its name in the source, where that is another one. */
  readonly from?: string;
  /** What stands here where there is none: by itself, or as SQL of the source. */
  readonly otherwise?: Value;
  readonly otherwiseSql?: string;
};

type Plain = Pick<Table, 'name' | 'owned'> & {
  readonly columns: { readonly [column: string]: Column };
  readonly key?: Table['key'];
  /** The columns that say which row it is. */
  readonly identity?: readonly string[];
};

/** One whose rows are copied as they are. What is here already stays. */
export function plainTable({ name, owned, columns, key, identity = ['id'] }: Plain): Table {
  const names = Object.keys(columns);
  const places = names.map(() => '?').join(', ');
  const insert = `INSERT INTO ${name} (${names.join(', ')}) VALUES (${places}) ON CONFLICT DO NOTHING`;
  const find = `SELECT 1 FROM ${name} WHERE ${identity.map((column) => `${column} = ?`).join(' AND ')}`;
  const toValue = (row: Row, name: string): Value => readValue(columns[name] as Column, row[name] ?? null);
  return {
    name,
    owned,
    key: key ?? { column: 'id', type: 'uuid' },
    select: Object.fromEntries(Object.entries(columns).map(([column, one]) => [column, toSql(column, one)])),
    write: (store, row) => store.run(insert, ...names.map((column) => toValue(row, column))),
    isThere: (store, row) => store.find(find, ...identity.map((column) => toValue(row, column))) !== undefined,
  };
}

function toSql(column: string, { kind, from = column, otherwiseSql }: Column): string {
  const sql = kinds[kind].sql(`t."${from}"`);
  return otherwiseSql === undefined ? sql : `coalesce(${sql}, ${otherwiseSql})`;
}

const readValue = ({ kind, otherwise = null }: Column, text: string | null): Value =>
  text === null ? otherwise : kinds[kind].read(text);
