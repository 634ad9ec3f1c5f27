/**
 * Rows as they were read last, until something is written to one of their tables: a turn reads its room, its world and its
 * people a hundred times, and its last messages ten times. The file is that of one process, so nobody else writes to it.
 */

export type KeptRows = {
  /**
   * What `read` gives, or gave before for the same values. `way` tells ways of reading the same statement. The rows are
   * everybody's: who gets them changes nothing in them.
   */
  get<Rows>(way: string, sql: string, values: readonly unknown[], read: () => Rows): Rows;
  wrote(sql: string): void;
  clear(): void;
};

type Query = { readonly tables: ReadonlySet<string>; readonly results: Map<string, unknown> };

/** Results, at most: then all are forgotten. Longer ones are not kept. */
const mostResults = 2_000;
const mostRows = 100;

export function createKeptRows(): KeptRows {
  const queries = new Map<string, Query>();
  const targets = new Map<string, string | undefined>();
  let count = 0;

  const forget = ({ results }: Query): void => {
    count -= results.size;
    results.clear();
  };
  const clear = (): void => queries.forEach(forget);

  function findQuery(sql: string): Query {
    const known = queries.get(sql);
    if (known) return known;
    const query: Query = { tables: findTables(sql), results: new Map() };
    queries.set(sql, query);
    return query;
  }

  return {
    get<Rows>(way: string, sql: string, values: readonly unknown[], read: () => Rows): Rows {
      const { results } = findQuery(sql);
      const key = way + JSON.stringify(values);
      if (results.has(key)) return results.get(key) as Rows;
      const rows = read();
      if (Array.isArray(rows) && rows.length > mostRows) return rows;
      if (count >= mostResults) clear();
      results.set(key, rows);
      count += 1;
      return rows;
    },
    wrote(sql) {
      if (!targets.has(sql)) targets.set(sql, findTarget(sql));
      const table = targets.get(sql);
      // What is deleted takes rows of other tables with it.
      if (table === undefined) clear();
      else for (const query of queries.values()) if (query.tables.has(table)) forget(query);
    },
    clear,
  };
}

const findTables = (sql: string): Set<string> =>
  new Set([...sql.matchAll(/\b(?:FROM|JOIN)\s+(\w+)/g)].map(([, table = '']) => table));

const findTarget = (sql: string): string | undefined => /^\s*(?:INSERT INTO|UPDATE)\s+(\w+)/.exec(sql)?.[1];

export const isRead = (sql: string): boolean => /^\s*SELECT\b/.test(sql);

export const isWrite = (sql: string): boolean => /^\s*(?:INSERT|UPDATE|DELETE)\b/.test(sql);
