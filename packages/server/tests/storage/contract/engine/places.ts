/** Places in the order of the server: given within a transaction, never twice. */
import assert from 'node:assert/strict';
import type { Engine } from '../../../../src/storage/engine/engine.ts';
import { getLastPosition } from '../../../../src/storage/journal/log-entries.ts';
import type { Cases } from '../contract.ts';
import { addRoom, openJournal, placesOf } from '../fixture.ts';

/** Takes some places in a transaction, and writes each. */
const take = (engine: Engine, count: number, fails = false): Promise<number[]> => {
  const places: number[] = [];
  return engine.db
    .transaction()
    .execute(async (tx) => {
      const takePlace = await engine.startPlaces(tx, getLastPosition);
      for (let n = 0; n < count; n++) places.push(takePlace());
      await engine.insertRows(
        tx,
        'edits',
        places.map((position) => ({ position, channel_id: 'c', message_id: 'm' })),
      );
      if (fails) throw new Error('on purpose');
    })
    .catch((error) => assert.match(String(error), /on purpose/))
    .then(() => places);
};

export const places: Cases = {
  'the first place is 1': async (engine) => {
    assert.deepEqual(await take(engine, 1), [1]);
  },
  'within a transaction they follow each other': async (engine) => {
    assert.deepEqual(await take(engine, 4), [1, 2, 3, 4]);
  },
  'the next transaction goes on': async (engine) => {
    await take(engine, 2);
    assert.deepEqual(await take(engine, 2), [3, 4]);
  },
  'they begin behind what was written before': async (engine) => {
    await engine.db.insertInto('edits').values({ position: 41, channel_id: 'c', message_id: 'm' }).execute();
    assert.deepEqual(await take(engine, 2), [42, 43]);
  },
  'a transaction that took none leaves no gap': async (engine) => {
    await take(engine, 0);
    assert.deepEqual(await take(engine, 1), [1]);
  },
  'what was rolled back is not given to two': async (engine) => {
    const lost = await take(engine, 3, true);
    const kept = await take(engine, 3);
    const rows = await engine.db.selectFrom('edits').select('position').orderBy('position').execute();
    assert.deepEqual(
      rows.map(({ position }) => position),
      kept,
    );
    assert.ok((kept[0] as number) >= (lost[0] as number));
  },
  'those who ask at once get places of their own, one behind the other': async (engine) => {
    const taken = await Promise.all(Array.from({ length: 10 }, () => take(engine, 5)));
    const ordered = taken.sort(([a = 0], [b = 0]) => a - b).flat();
    assert.deepEqual(
      ordered,
      Array.from({ length: 50 }, (_, n) => n + 1),
    );
  },
  'two logs on one engine share one order': async (engine) => {
    const room = await addRoom(engine);
    const [one, two] = [openJournal(engine), openJournal(engine)];
    const results = [];
    for (const { post } of [one, two, one, two]) results.push(await post(room));
    const given = results.flatMap(placesOf);
    assert.deepEqual(
      given,
      [1, 2, 3, 4, 5, 6, 7, 8].map((place) => [place % 2 === 1 ? 'posted' : 'completed', place]),
    );
    assert.deepEqual(
      results.map(({ message }) => message.seq),
      [1, 2, 3, 4],
    );
  },
};
