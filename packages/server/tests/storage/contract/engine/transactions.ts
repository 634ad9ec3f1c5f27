/** Transactions: all or nothing, whatever ends them. */
import assert from 'node:assert/strict';
import type { Kysely } from 'kysely';
import type { Tables } from '../../../../src/storage/schema/tables.ts';
import type { Cases } from '../contract.ts';

const server = (id: string) => ({ id, name: id, created_at: 1 });
const add = (db: Kysely<Tables>, id: string) => db.insertInto('servers').values(server(id)).execute();

const list = async (db: Kysely<Tables>): Promise<string[]> =>
  (await db.selectFrom('servers').select('id').where('id', 'like', 'x-%').orderBy('id').execute()).map(({ id }) => id);

const fail = () => {
  throw new Error('on purpose');
};

export const transactions: Cases = {
  'what a transaction wrote is there after it': async ({ db }) => {
    await db.transaction().execute(async (tx) => {
      await add(tx, 'x-1');
      await add(tx, 'x-2');
    });
    assert.deepEqual(await list(db), ['x-1', 'x-2']);
  },
  'what a transaction wrote is gone when it is rolled back': async ({ db }) => {
    const work = db.transaction().execute(async (tx) => {
      await add(tx, 'x-1');
      fail();
    });
    await assert.rejects(work, /on purpose/);
    assert.deepEqual(await list(db), []);
  },
  'a change and a deletion are undone when it is rolled back': async ({ db }) => {
    await add(db, 'x-1');
    await add(db, 'x-2');
    const work = db.transaction().execute(async (tx) => {
      await tx.updateTable('servers').set({ name: 'changed' }).where('id', '=', 'x-1').execute();
      await tx.deleteFrom('servers').where('id', '=', 'x-2').execute();
      fail();
    });
    await assert.rejects(work);
    const rows = await db
      .selectFrom('servers')
      .select(['id', 'name'])
      .where('id', 'like', 'x-%')
      .orderBy('id')
      .execute();
    assert.deepEqual(rows, [
      { id: 'x-1', name: 'x-1' },
      { id: 'x-2', name: 'x-2' },
    ]);
  },
  'it sees what it wrote itself': async ({ db }) => {
    const seen = await db.transaction().execute(async (tx) => {
      await add(tx, 'x-1');
      return list(tx);
    });
    assert.deepEqual(seen, ['x-1']);
  },
  'it gives back what its work gives': async ({ db }) => {
    assert.equal(await db.transaction().execute(async () => 42), 42);
  },
  'the error of its work comes out as it is': async ({ db }) => {
    const error = new RangeError('mine');
    const work = db.transaction().execute(async () => {
      throw error;
    });
    await assert.rejects(work, (caught) => caught === error);
  },
  'a statement that is refused takes the whole transaction back': async ({ db }) => {
    const work = db.transaction().execute(async (tx) => {
      await add(tx, 'x-1');
      await add(tx, 'x-1');
    });
    await assert.rejects(work, { code: 'storage-failed' });
    assert.deepEqual(await list(db), []);
  },
  'a row of a channel that is not there is refused': async ({ db }) => {
    const row = { channel_id: 'nowhere', entity_id: 'ada', kind: 'user' as const, name: null, joined_at: 1 };
    await assert.rejects(db.insertInto('participants').values(row).execute(), { code: 'storage-failed' });
    assert.deepEqual(await db.selectFrom('participants').selectAll().execute(), []);
  },
  'many at a time all come to their end': async ({ db }) => {
    const ids = Array.from({ length: 20 }, (_, n) => `x-${String(n).padStart(2, '0')}`);
    await Promise.all(ids.map((id) => db.transaction().execute((tx) => add(tx, id))));
    assert.deepEqual(await list(db), ids);
  },
  'one that fails harms none beside it': async ({ db }) => {
    const results = await Promise.allSettled(
      ['x-1', 'x-2', 'x-3'].map((id) =>
        db.transaction().execute(async (tx) => {
          await add(tx, id);
          if (id === 'x-2') fail();
        }),
      ),
    );
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.deepEqual(await list(db), ['x-1', 'x-3']);
  },
  'after one that failed the engine goes on': async ({ db }) => {
    await assert.rejects(db.transaction().execute(async () => fail()));
    await add(db, 'x-1');
    await db.transaction().execute((tx) => add(tx, 'x-2'));
    assert.deepEqual(await list(db), ['x-1', 'x-2']);
  },
  'an engine that nothing has happened to is not failing': async ({ isFailing }) => {
    assert.equal(isFailing(), false);
  },
};
