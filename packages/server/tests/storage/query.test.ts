/** A query that is built once is built once for each engine, in the words of that engine. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawNode,
  sql,
} from 'kysely';
import { createQuery } from '../../src/storage/engine/query.ts';
import { sqlite } from '../../src/storage/engine/sqlite/dialect.ts';
import { type Dialect, inJson, isSame, isWord } from '../../src/storage/engine/words.ts';
import type { Tables } from '../../src/storage/schema/tables.ts';
import { openNewSqlite } from '../support/sqlite-engine.ts';

/** Some words as Postgres has them. */
const postgres: Dialect = {
  ...sqlite,
  inList: (json) => sql`(select value from jsonb_array_elements_text(${json}::jsonb))`,
  isSame: (column, value) => sql<boolean>`${sql.ref(column)} is not distinct from ${value}`,
};

class Compiler extends PostgresQueryCompiler {
  protected override visitRaw(node: RawNode): void {
    if (isWord(node)) this.visitNode(node.say(postgres).toOperationNode());
    else super.visitRaw(node);
  }
}

/** An engine that answers nothing, and notes what it was asked. */
function openStub() {
  const asked: { sql: string; parameters: readonly unknown[] }[] = [];
  const db = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (of) => new PostgresIntrospector(of),
      createQueryCompiler: () => new Compiler(),
    },
    log: ({ query: { sql: text, parameters } }) => void asked.push({ sql: text, parameters }),
  });
  return { db, asked };
}

test('two engines in one process are each asked in their own words', async () => {
  let built = 0;
  const query = createQuery((db, { ids, source }: { ids: string; source: string }) => {
    built += 1;
    return db.selectFrom('servers').select('id').where('id', 'in', inJson(ids)).where(isSame('source_id', source));
  });
  const engine = await openNewSqlite();
  const { db, asked } = openStub();
  try {
    await engine.db.insertInto('servers').values({ id: 's1', name: 's', created_at: 1, source_id: 'a' }).execute();
    const given = { ids: '["s1","s2"]', source: 'a' };
    for (let n = 0; n < 2; n++) {
      assert.deepEqual(await query(engine.db, given), [{ id: 's1' }]);
      assert.deepEqual(await query(db, given), []);
    }
    await engine.db.transaction().execute((tx) => query(tx, given));
    await db.transaction().execute((tx) => query(tx, given));
    const text =
      'select "id" from "servers" where "id" in (select value from jsonb_array_elements_text($1::jsonb)) and "source_id" is not distinct from $2';
    const own = asked.filter(({ sql: one }) => one.startsWith('select'));
    assert.deepEqual(
      own,
      Array.from({ length: 3 }, () => ({ sql: text, parameters: ['["s1","s2"]', 'a'] })),
    );
    assert.equal(built, 2, 'once for each engine, transactions included');
  } finally {
    await engine.close();
    await db.destroy();
  }
});
