/** Rows that are inserted without a query: part of the transaction at hand, and numbered. */
import assert from 'node:assert/strict';
import type { Engine } from '../../../../src/storage/engine/engine.ts';
import type { Cases } from '../contract.ts';
import { makeTrace } from '../fixture.ts';

const edit = (position: number, message_id = 'm') => ({ position, channel_id: 'c', message_id });

const memory = (text: string, embedding: Uint8Array | null = null) => ({
  id: crypto.randomUUID(),
  agent_id: 'cleo',
  kind: 'fact' as const,
  channel_id: null,
  message_id: null,
  source: null,
  text,
  digest: null,
  created_at: 1,
  embedding,
  embedding_model: null,
});

const listEdits = async ({ db }: Engine) =>
  (await db.selectFrom('edits').select('position').orderBy('position').execute()).map(({ position }) => position);

const insertEdits = (engine: Engine, ...positions: number[]) =>
  engine.db.transaction().execute((tx) =>
    engine.insertRows(
      tx,
      'edits',
      positions.map((position) => edit(position)),
    ),
  );

export const insertRows: Cases = {
  'rows are there when the transaction has committed': async (engine) => {
    await insertEdits(engine, 3, 1, 2);
    assert.deepEqual(await listEdits(engine), [1, 2, 3]);
  },
  'rows are gone when the transaction is rolled back': async (engine) => {
    const work = engine.db.transaction().execute(async (tx) => {
      await engine.insertRows(tx, 'edits', [edit(1), edit(2)]);
      throw new Error('on purpose');
    });
    await assert.rejects(work, /on purpose/);
    assert.deepEqual(await listEdits(engine), []);
  },
  'what is refused takes rows before it back': async (engine) => {
    const work = engine.db.transaction().execute(async (tx) => {
      await engine.insertRows(tx, 'edits', [edit(1), edit(2)]);
      await engine.insertRows(tx, 'edits', [edit(2)]);
    });
    await assert.rejects(work, { code: 'storage-failed' });
    assert.deepEqual(await listEdits(engine), []);
  },
  'the transaction sees them at once': async (engine) => {
    const seen = await engine.db.transaction().execute(async (tx) => {
      await engine.insertRows(tx, 'edits', [edit(7)]);
      return tx.selectFrom('edits').selectAll().execute();
    });
    assert.deepEqual(seen, [edit(7)]);
  },
  'the place of a row that has one is its number': async (engine) => {
    assert.deepEqual(await insertEdits(engine, 5, 9, 7), [5, 9, 7]);
  },
  'a table that numbers its rows does so in their order': async (engine) => {
    const { db } = engine;
    const texts = ['one', 'two', 'three'];
    const numbers = await db.transaction().execute((tx) =>
      engine.insertRows(
        tx,
        'memories',
        texts.map((text) => memory(text)),
      ),
    );
    const rows = await db.selectFrom('memories').select(['row', 'text']).orderBy('row').execute();
    assert.deepEqual(
      rows,
      texts.map((text, index) => ({ row: numbers[index], text })),
    );
    assert.deepEqual(
      numbers.map((number) => typeof number),
      ['number', 'number', 'number'],
    );
  },
  'numbers go on in the next transaction': async (engine) => {
    const insert = () => engine.db.transaction().execute((tx) => engine.insertRows(tx, 'memories', [memory('x')]));
    const [[first = 0], [second = 0]] = [await insert(), await insert()];
    assert.ok(second > first);
  },
  'no rows are no work': async (engine) => {
    assert.deepEqual(await insertEdits(engine), []);
  },
  'any number of rows goes in at once': async (engine) => {
    const positions = Array.from({ length: 3_000 }, (_, n) => n + 1);
    assert.deepEqual(await insertEdits(engine, ...positions), positions);
    assert.deepEqual(await listEdits(engine), positions);
  },
  'text stays as it is, whatever is in it': async (engine) => {
    const texts = ['it\'s "quoted"; drop table edits --', 'zwölf 🎉 漢字', '', ' \n\t\\ %_', 'a\u0000b'];
    await engine.db.transaction().execute((tx) =>
      engine.insertRows(
        tx,
        'edits',
        texts.map((text, index) => edit(index + 1, text)),
      ),
    );
    const rows = await engine.db.selectFrom('edits').select('message_id').orderBy('position').execute();
    assert.deepEqual(
      rows.map(({ message_id }) => message_id),
      texts,
    );
  },
  'bytes stay as they are, and null stays null': async (engine) => {
    const bytes = Uint8Array.from({ length: 256 }, (_, n) => n);
    await engine.db
      .transaction()
      .execute((tx) => engine.insertRows(tx, 'memories', [memory('bytes', bytes), memory('none')]));
    const rows = await engine.db.selectFrom('memories').select(['embedding', 'channel_id']).orderBy('row').execute();
    assert.deepEqual(Buffer.from(rows[0]?.embedding ?? []), Buffer.from(bytes));
    assert.deepEqual([rows[1]?.embedding, rows[1]?.channel_id], [null, null]);
  },
  'times and fractions come back as the numbers that they were': async (engine) => {
    const trace = makeTrace({ ended_at: 1_790_000_000_123, cost: 0.1 + 0.2, input_tokens: 2_000_000_000 });
    await engine.db.transaction().execute((tx) => engine.insertRows(tx, 'traces', [trace]));
    assert.deepEqual(await engine.db.selectFrom('traces').selectAll().execute(), [trace]);
  },
  'the columns may come in any order': async (engine) => {
    await engine.db
      .transaction()
      .execute((tx) => engine.insertRows(tx, 'edits', [{ message_id: 'm', position: 4, channel_id: 'c' }]));
    assert.deepEqual(await engine.db.selectFrom('edits').selectAll().execute(), [edit(4)]);
  },
};
