/** Copies the rows of an agent from one table, in pages, and looks at the end whether all of them are there. */
import { setImmediate as nextEvents } from 'node:timers/promises';
import type { Store } from '../host/adapter/engine/store.ts';
import { wordsOf } from '../host/load/unusable.ts';
import type { ImportedTable } from './messages.ts';
import type { Progress } from './progress.ts';
import type { Row, Source } from './source.ts';
import type { Table } from './tables/table.ts';

type Copying = {
  readonly source: Source;
  readonly store: Store;
  readonly agentId: string;
  readonly progress: Progress;
  onPage(done: number, total: number): void;
};

/** Rows of a page: embeddings of 3,072 numbers are 30 kB of text each. */
const pageRows = 200;

export async function copyTable(table: Table, copying: Copying): Promise<ImportedTable> {
  const { store, progress, onPage } = copying;
  const { name } = table;
  const total = await countRows(table, copying);
  let { at, key, added } = progress.of(name);
  let problem: string | undefined;
  const write = (row: Row): number => {
    try {
      return table.write(store, row);
    } catch (error) {
      // One that does not fit must not keep the others out; what is missing is counted.
      problem ??= wordsOf(error);
      return 0;
    }
  };
  let done = total - (await countAfter(table, copying, { at, key }));
  for await (const page of readRows(table, copying, { at, key })) {
    store.transact(() => {
      for (const row of page) added += write(row);
      ({ '@at': at = null, '@key': key = null } = page.at(-1) ?? {});
      progress.note(name, { at, key, added });
    });
    done += page.length;
    onPage(done, total);
    // PGlite answers without the event loop, and so nothing would tell that the parent is gone.
    await nextEvents();
  }
  const found = await countFound(table, copying);
  if (found < total) progress.forget(name);
  return {
    name,
    total,
    found,
    added,
    problem: found < total ? (problem ?? 'they were not there to be read') : undefined,
  };
}

type After = { readonly at: string | null; readonly key: string | null };

const start: After = { at: null, key: null };

function describeOrder({ key: { column, type } }: Table): { at: string; key: string } {
  const at = 'coalesce(extract(epoch from t.created_at), 0)::numeric';
  return { at, key: type === 'uuid' ? `t.${column}` : `t.${column} COLLATE "C"` };
}

/** What is owned, of the newest so many, and behind a row: `$1` is the agent, `$2` and `$3` are the row. */
function where(table: Table): string {
  const { at, key } = describeOrder(table);
  const { newest, owned, name } = table;
  const behind = `($2::numeric IS NULL OR (${at}, ${key}) > ($2::numeric, $3::${table.key.type}))`;
  if (newest === undefined) return `(${owned}) AND ${behind}`;
  const kept = `SELECT t.${table.key.column} FROM ${name} t WHERE ${owned} ORDER BY ${at} DESC, ${key} DESC LIMIT ${newest}`;
  return `t.${table.key.column} IN (${kept}) AND ${behind}`;
}

async function countAfter(table: Table, { source, agentId }: Copying, { at, key }: After): Promise<number> {
  const sql = `SELECT count(*)::text AS count FROM ${table.name} t WHERE ${where(table)}`;
  const [row] = await source.rows(sql, [agentId, at, key]);
  return Number(row?.count ?? 0);
}

const countRows = (table: Table, copying: Copying): Promise<number> => countAfter(table, copying, start);

/** In the order in which they were made: lists without an order of their own come in it. */
function readRows(table: Table, { source, agentId }: Copying, after: After): AsyncIterable<Row[]> {
  const { at, key } = describeOrder(table);
  const values = Object.entries(table.select).map(([name, sql]) => `${sql} AS "${name}"`);
  const list = [`(${at})::text AS "@at"`, `t.${table.key.column}::text AS "@key"`, ...values].join(', ');
  const sql = `SELECT ${list} FROM ${table.name} t WHERE ${where(table)} ORDER BY ${at}, ${key}`;
  return source.pages(sql, [agentId, after.at, after.key], pageRows);
}

async function countFound(table: Table, copying: Copying): Promise<number> {
  let found = 0;
  for await (const page of readRows(table, copying, start)) {
    for (const row of page) if (table.isThere(copying.store, row)) found += 1;
    await nextEvents();
  }
  return found;
}
