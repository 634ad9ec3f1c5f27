/**
 * Queries that are built once. Kysely builds a statement anew whenever it is asked, and takes longer for that than SQLite
 * does to answer a short one: what is asked often is compiled at its first use, and then only given its values.
 */
import type { Compilable, CompiledQuery, DialectAdapter, Kysely } from 'kysely';
import type { Tables } from '../schema/tables.ts';

/** What a statement may be given. A list goes as JSON: see `inJson`. */
export type Given = Readonly<Record<string, string | number | null>>;

/** Rows of a query; in a transaction, where `db` is one. */
export type Query<G extends Given, Row> = (db: Kysely<Tables>, given: G) => Promise<Row[]>;

/** Stands where a value will be, while the query is built. */
class Gap {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/**
 * `build` is called once for each engine, with gaps in place of the values: it may pass them on to kysely, and must not
 * look at them.
 */
export function createQuery<G extends Given, Row>(
  build: (db: Kysely<Tables>, given: G) => Compilable<Row>,
): Query<G, Row> {
  // Each engine has one adapter, which its transactions share. What was compiled goes with it.
  const byEngine = new WeakMap<DialectAdapter, CompiledQuery<Row>>();
  const gaps = new Proxy({}, { get: (_target, name) => new Gap(String(name)) }) as G;
  return async (db, given) => {
    const { adapter } = db.getExecutor();
    let compiled = byEngine.get(adapter);
    if (!compiled) {
      compiled = build(db, gaps).compile();
      byEngine.set(adapter, compiled);
    }
    const parameters = compiled.parameters.map((one) => (one instanceof Gap ? given[one.name] : one));
    const { rows } = await db.executeQuery<Row>({ ...compiled, parameters });
    return rows;
  };
}
