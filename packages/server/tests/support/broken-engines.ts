/** Engines that break the contract on purpose, each in one way: a suite that does not notice is no suite. */
import type { Kysely, KyselyPlugin, OperationNode, SelectQueryNode, Transaction } from 'kysely';
import type { Engine } from '../../src/storage/engine/engine.ts';
import type { Tables } from '../../src/storage/schema/tables.ts';

/** `db` with some of its methods in place of its own. */
const replace = (db: Kysely<Tables>, methods: Partial<Kysely<Tables>>): Kysely<Tables> =>
  new Proxy(db, {
    get(target, name) {
      if (name in methods) return methods[name as keyof typeof methods];
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

/** What is written stays, whatever comes of the transaction. */
function leak(engine: Engine): Engine {
  const transaction = () => ({
    execute: (work: (tx: Transaction<Tables>) => Promise<unknown>) => work(engine.db as Transaction<Tables>),
  });
  return { ...engine, db: replace(engine.db, { transaction } as never) };
}

/** Rows are written in a transaction of their own, when the one at hand is over. */
function insertOutside(engine: Engine): Engine {
  let writing: Promise<unknown> = Promise.resolve();
  return {
    ...engine,
    async insertRows(_tx, table, rows) {
      const inserted = engine.db.transaction().execute((own) => engine.insertRows(own, table, rows));
      writing = Promise.allSettled([writing, inserted]);
      return rows.map((_, index) => index + 1);
    },
    async close() {
      await writing;
      await engine.close();
    },
  };
}

const isSelect = (node: OperationNode): node is SelectQueryNode => node.kind === 'SelectQueryNode';

/** As with the collation of a language: capitals do not count. */
const byCollation: KyselyPlugin = {
  transformQuery({ node }) {
    if (!isSelect(node) || !node.orderBy) return node;
    const collation = { kind: 'CollateNode', collation: { kind: 'IdentifierNode', name: 'nocase' } } as const;
    const items = node.orderBy.items.map((item) => ({ ...item, collation }));
    return { ...node, orderBy: { ...node.orderBy, items } };
  },
  transformResult: async ({ result }) => result,
};

/** Figures of some columns as text, as a driver gives them that must not lose a digit. */
const asText = (isFigure: (column: string) => boolean): KyselyPlugin => ({
  transformQuery: ({ node }) => node,
  async transformResult({ result }) {
    const write = (name: string, value: unknown) => (typeof value === 'number' && isFigure(name) ? `${value}` : value);
    const rows = result.rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, write(name, value)])),
    );
    return { ...result, rows };
  },
});

const counts = new Set(['count', 'n', 'open', 'rooms', 'bytes', 'ms', 'turns', 'input', 'output']);

const through = (engine: Engine, plugin: KyselyPlugin): Engine => ({ ...engine, db: engine.db.withPlugin(plugin) });

/** By the word that says what is wrong. */
export const brokenEngines = {
  'transactions leak': leak,
  'inserts outside': insertOutside,
  'order by collation': (engine) => through(engine, byCollation),
  'all numbers as text': (engine) =>
    through(
      engine,
      asText(() => true),
    ),
  'counts as text': (engine) =>
    through(
      engine,
      asText((column) => counts.has(column)),
    ),
} as const satisfies Record<string, (engine: Engine) => Engine>;

export type Broken = keyof typeof brokenEngines;
