/** The words of SQL in which engines differ: the same question has the same answer. */
import assert from 'node:assert/strict';
import { sql } from 'kysely';
import type { Engine } from '../../../../src/storage/engine/engine.ts';
import { createQuery } from '../../../../src/storage/engine/query.ts';
import {
  amountsOf,
  arrivalIn,
  includes,
  inJson,
  inList,
  inNumbers,
  isSame,
  jsonField,
  jsonRows,
  larger,
  rowOf,
  rowsOf,
  steer,
} from '../../../../src/storage/engine/words.ts';
import type { Cases } from '../contract.ts';
import { addRoom, defaultServerId } from '../fixture.ts';

/** Servers with some ids, which nothing else is said of. */
const addServers = async ({ db }: Engine, ...ids: string[]) => {
  for (const id of ids)
    await db
      .insertInto('servers')
      .values({ id, name: `name of ${id}`, created_at: 1 })
      .execute();
};

const sources = (db: Engine['db'], value: string | null, isOther = false) =>
  db
    .selectFrom('servers')
    .select('id')
    .where('id', 'like', 'x-%')
    .where((eb) => (isOther ? eb.not(isSame('source_id', value)) : isSame('source_id', value)))
    .orderBy('id')
    .execute()
    .then((rows) => rows.map(({ id }) => id));

const addSources = async (engine: Engine) => {
  await addServers(engine, 'x-1', 'x-2', 'x-3');
  await engine.db.updateTable('servers').set({ source_id: 'a' }).where('id', '=', 'x-1').execute();
  await engine.db.updateTable('servers').set({ source_id: 'b' }).where('id', '=', 'x-2').execute();
};

const byIds = createQuery((db, { ids }: { ids: string }) =>
  db.selectFrom('servers').select('id').where('id', 'in', inJson(ids)).orderBy('id'),
);

const listIn = async ({ db }: Engine, ids: readonly string[]) =>
  (await db.selectFrom('servers').select('id').where('id', 'in', inList(ids)).orderBy('id').execute()).map(
    (row) => row.id,
  );

const holds = async ({ db }: Engine, name: string, words: string): Promise<boolean> => {
  await db.deleteFrom('servers').where('id', '=', 'x').execute();
  await db.insertInto('servers').values({ id: 'x', name, created_at: 1 }).execute();
  return (
    (await db.selectFrom('servers').select('id').where(includes('name', words)).where('id', '=', 'x').execute())
      .length === 1
  );
};

export const words: Cases = {
  'inList: only what is in the list': async (engine) => {
    await addServers(engine, 'x-1', 'x-2', 'x-3');
    assert.deepEqual(await listIn(engine, ['x-3', 'x-1', 'nowhere']), ['x-1', 'x-3']);
  },
  'inList: nothing is in an empty list': async (engine) => {
    await addServers(engine, 'x-1');
    assert.deepEqual(await listIn(engine, []), []);
  },
  'inList: any text, however it is quoted': async (engine) => {
    const ids = ['x\'"1', 'x\\2', 'x 🎉', 'x,3'].sort();
    await addServers(engine, ...ids);
    assert.deepEqual((await listIn(engine, ids)).sort(), ids);
  },
  'inList: as many as one likes': async (engine) => {
    await addServers(engine, 'x-1');
    const many = Array.from({ length: 70_000 }, (_, n) => `none-${n}`);
    assert.deepEqual(await listIn(engine, [...many, 'x-1']), ['x-1']);
  },
  'inList: a text of digits is a text': async (engine) => {
    await addServers(engine, '12', '012');
    assert.deepEqual(await listIn(engine, ['12']), ['12']);
  },
  'inNumbers: by number': async ({ db }) => {
    for (const position of [9, 10, 11])
      await db.insertInto('edits').values({ position, channel_id: 'c', message_id: 'm' }).execute();
    const rows = await db
      .selectFrom('edits')
      .select('position')
      .where('position', 'in', inNumbers([10, 9]))
      .orderBy('position')
      .execute();
    assert.deepEqual(rows, [{ position: 9 }, { position: 10 }]);
  },
  'inJson: a query that is built once takes another list each time': async (engine) => {
    await addServers(engine, 'x-1', 'x-2');
    const ask = async (...ids: string[]) => (await byIds(engine.db, { ids: JSON.stringify(ids) })).map(({ id }) => id);
    assert.deepEqual([await ask('x-1'), await ask('x-2', 'x-1'), await ask()], [['x-1'], ['x-1', 'x-2'], []]);
  },
  'a query that is built once is part of the transaction it is asked in': async (engine) => {
    const ids = JSON.stringify(['x-1']);
    const seen = engine.db.transaction().execute(async (tx) => {
      await tx.insertInto('servers').values({ id: 'x-1', name: 'x', created_at: 1 }).execute();
      assert.deepEqual(await byIds(tx, { ids }), [{ id: 'x-1' }]);
      throw new Error('on purpose');
    });
    await assert.rejects(seen, /on purpose/);
    assert.deepEqual(await byIds(engine.db, { ids }), []);
  },
  'rowsOf: columns by name, in their kinds, with the place of each row': async ({ db }) => {
    const asked = rowsOf(
      [
        ['a', 2],
        ['b', 10],
        ['c', 1],
      ],
      { letter: 'text', number: 'number' },
    );
    const { rows } = await sql`select letter, number, place from ${asked} as asked order by number`.execute(db);
    assert.deepEqual(rows, [
      { letter: 'c', number: 1, place: 2 },
      { letter: 'a', number: 2, place: 0 },
      { letter: 'b', number: 10, place: 1 },
    ]);
  },
  'rowsOf: none': async ({ db }) => {
    const { rows } = await sql`select place from ${rowsOf([], { letter: 'text' })} as asked`.execute(db);
    assert.deepEqual(rows, []);
  },
  'rowsOf: joined with a table': async (engine) => {
    await addServers(engine, 'x-1', 'x-2');
    const asked = rowsOf([['x-2'], ['x-9']], { id: 'text' });
    const { rows } = await sql`select servers.id from ${asked} as asked join servers on servers.id = asked.id`.execute(
      engine.db,
    );
    assert.deepEqual(rows, [{ id: 'x-2' }]);
  },
  'amountsOf: an amount for each name': async ({ db }) => {
    const { rows } =
      await sql`select name, amount + 1 as more from ${amountsOf({ a: 1, b: 41 })} as added order by name`.execute(db);
    assert.deepEqual(rows, [
      { name: 'a', more: 2 },
      { name: 'b', more: 42 },
    ]);
  },
  'isSame: a value is itself alone': async (engine) => {
    await addSources(engine);
    assert.deepEqual(await sources(engine.db, 'a'), ['x-1']);
  },
  'isSame: null is null alone': async (engine) => {
    await addSources(engine);
    assert.deepEqual(await sources(engine.db, null), ['x-3']);
  },
  'isSame, the other way round: null is another than any value': async (engine) => {
    await addSources(engine);
    assert.deepEqual(await sources(engine.db, 'a', true), ['x-2', 'x-3']);
    assert.deepEqual(await sources(engine.db, null, true), ['x-1', 'x-2']);
  },
  'steer: finds what the bare column finds': async (engine) => {
    await addServers(engine, 'x-1', 'x-2');
    const rows = await engine.db.selectFrom('servers').select('id').where(steer('servers.id'), '=', 'x-2').execute();
    assert.deepEqual(rows, [{ id: 'x-2' }]);
  },
  'larger: of two numbers': async ({ db }) => {
    const { rows } = await sql`select ${larger(sql`9`, sql`10`)} as a, ${larger(sql`3`, sql`-3`)} as b`.execute(db);
    assert.deepEqual(rows, [{ a: 10, b: 3 }]);
  },
  'jsonField: the field as JSON; null where there is none': async (engine) => {
    const { db } = engine;
    await addRoom(engine, { name: 'a', metadata: '{"kept": {"n": [1, "two"]}}' });
    await addRoom(engine, { name: 'b', metadata: '{"other": 1}' });
    const rows = await db
      .selectFrom('channels')
      .select(jsonField('channels.metadata', 'kept').as('kept'))
      .orderBy('name')
      .execute();
    assert.deepEqual(
      rows.map(({ kept }) => kept && JSON.parse(kept)),
      [{ n: [1, 'two'] }, null],
    );
  },
  'jsonField: null of a column that is null': async ({ db }) => {
    const rows = await db.selectFrom('servers').select(jsonField('source_id', 'kept').as('kept')).execute();
    assert.deepEqual(rows, [{ kept: null }]);
  },
  'jsonRows: rows as lists, with null where it is; none is an empty list': async (engine) => {
    await addServers(engine, 'x-1');
    await engine.db.deleteFrom('servers').where('id', '!=', 'x-1').execute();
    const ask = async (id: string) => {
      const list = sql`select ${jsonRows(['id', 'created_at', 'source_id'])} as list from servers where id = ${id}`;
      const { rows } = (await list.execute(engine.db)) as { rows: { list: string }[] };
      return JSON.parse(rows[0]?.list ?? '');
    };
    assert.deepEqual([await ask('x-1'), await ask('none')], [[['x-1', 1, null]], []]);
  },
  'includes: in any case of ASCII letters': async (engine) => {
    assert.equal(await holds(engine, 'Green TEA at five', 'tea AT'), true);
    assert.equal(await holds(engine, 'Green TEA at five', 'coffee'), false);
  },
  'includes: no sign stands for others': async (engine) => {
    assert.deepEqual(
      [
        await holds(engine, '100 %', '0 %'),
        await holds(engine, '100 percent', '0 %'),
        await holds(engine, 'axb', 'a_b'),
      ],
      [true, false, false],
    );
  },
  'rowOf: a page of deletions takes so many and no more': async ({ db }) => {
    for (let position = 1; position <= 5; position++)
      await db.insertInto('edits').values({ position, channel_id: 'c', message_id: 'm' }).execute();
    const some = db.selectFrom('edits').select(rowOf('edits').as('row')).where('channel_id', '=', 'c').limit(2);
    const { numDeletedRows } = await db.deleteFrom('edits').where(rowOf('edits'), 'in', some).executeTakeFirst();
    assert.equal(numDeletedRows, 2n);
    assert.equal((await db.selectFrom('edits').selectAll().execute()).length, 3);
  },
  'arrivalIn: the order in which rows came': async ({ db }) => {
    for (const agent_id of ['b', 'c', 'a'])
      await db.insertInto('server_agents').values({ server_id: defaultServerId, agent_id, added_at: 1 }).execute();
    const rows = await db.selectFrom('server_agents').select('agent_id').orderBy(arrivalIn('server_agents')).execute();
    assert.deepEqual(
      rows.map(({ agent_id }) => agent_id),
      ['b', 'c', 'a'],
    );
  },
  'order: text is in the order of its bytes, capitals first': async (engine) => {
    const ids = ['x-a', 'x-B', 'x-b', 'x-A', 'x-ä', 'x-_', 'x-1'];
    await addServers(engine, ...ids);
    const rows = await engine.db.selectFrom('servers').select('id').where('id', 'like', 'x-%').orderBy('id').execute();
    assert.deepEqual(
      rows.map(({ id }) => id),
      ['x-1', 'x-A', 'x-B', 'x-_', 'x-a', 'x-b', 'x-ä'],
    );
  },
  'order: a text is smaller than another as it is before it in the order': async (engine) => {
    await addServers(engine, 'x-B', 'x-a');
    const rows = await engine.db
      .selectFrom('servers')
      .select('id')
      .where('id', 'like', 'x-%')
      .where('id', '<', 'x-a')
      .execute();
    assert.deepEqual(rows, [{ id: 'x-B' }]);
  },
  'limit and offset: the part that they say': async ({ db }) => {
    for (let position = 1; position <= 9; position++)
      await db.insertInto('edits').values({ position, channel_id: 'c', message_id: 'm' }).execute();
    const rows = await db
      .selectFrom('edits')
      .select('position')
      .orderBy('position', 'desc')
      .limit(3)
      .offset(2)
      .execute();
    assert.deepEqual(
      rows.map(({ position }) => position),
      [7, 6, 5],
    );
  },
};
