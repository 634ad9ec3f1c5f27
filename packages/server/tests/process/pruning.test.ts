/** What grows old is forgotten in steps between which others are served, and only that. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import { createClockWatch, startUpkeep } from '../../src/app/upkeep.ts';
import { prune } from '../../src/storage/engine/pruning.ts';
import { openSqlite } from '../../src/storage/engine/sqlite/sqlite.ts';
import { deleteSessionsBefore, deleteSessionsBeyond, saveSessions } from '../../src/storage/rooms/socket-sessions.ts';
import { makeDir } from '../support/test-server.ts';

test('steps are small, grow where they are quick, and shrink where they are slow; between them the program goes on', async () => {
  let left = 5_000;
  let turns = 0;
  const steps: { most: number; turns: number }[] = [];
  const count = setInterval(() => turns++, 0);
  await prune(async (most) => {
    steps.push({ most, turns });
    if (left < 3_000) await setTimeout(15);
    const done = Math.min(most, left);
    left -= done;
    return done;
  });
  clearInterval(count);
  assert.equal(left, 0);
  const sizes = steps.map(({ most }) => most);
  assert.ok(Math.max(...sizes) <= 1_000 && sizes.at(-1) === 100, String(sizes));
  assert.ok(sizes.indexOf(Math.max(...sizes)) > 0, String(sizes));
  assert.ok((steps.at(-1)?.turns ?? 0) > 5);
});

test('a signal ends it after the step that is under way', async () => {
  const stopping = new AbortController();
  let steps = 0;
  await prune(async (most) => {
    steps += 1;
    stopping.abort();
    return most;
  }, stopping.signal);
  assert.equal(steps, 1);
});

test('sockets that nobody has heard of are forgotten with their rooms', async (t) => {
  const { db, close } = await openSqlite(makeDir(t));
  t.after(close);
  const entered = [{ channelId: 'room', as: 'ada', after: 7, agents: undefined }];
  await saveSessions(
    db,
    Array.from({ length: 1_500 }, (_, n) => ({
      pid: `p${n}`,
      sid: 's',
      data: '{}',
      touchedAt: n,
      isWhole: true,
      entered,
      left: [],
    })),
  );
  await deleteSessionsBefore(db, 1_400);
  const count = async (table: 'sessions' | 'session_rooms') =>
    (
      await db
        .selectFrom(table)
        .select(({ fn }) => fn.countAll<number>().as('n'))
        .executeTakeFirstOrThrow()
    ).n;
  assert.deepEqual([await count('sessions'), await count('session_rooms')], [100, 100]);
  await deleteSessionsBeyond(db, 100);
  assert.equal(await count('sessions'), 100);
  await deleteSessionsBeyond(db, 30);
  const { rows } = await sql<{ least: number }>`select min(touched_at) as least from sessions`.execute(db);
  assert.deepEqual([await count('sessions'), rows[0]?.least], [30, 1_470]);
});

test('chores come again and again, also after one has failed; a stop waits for what is under way', async () => {
  const errors: string[] = [];
  let done = 0;
  let isUnder = false;
  const upkeep = startUpkeep(
    [
      {
        what: 'it stays',
        firstMs: 0,
        everyMs: 1,
        async run() {
          done += 1;
          if (done === 1) throw new Error('the first time');
          isUnder = true;
          await setTimeout(20);
          isUnder = false;
        },
      },
    ],
    { error: ((_: object, what: string) => errors.push(what)) as never },
  );
  while (!(done > 2 && isUnder)) await setTimeout(1);
  await upkeep.stop();
  assert.deepEqual([errors, isUnder], [['it stays'], false]);
  const before = done;
  await setTimeout(50);
  assert.equal(done, before);
});

test('what is old by the clock is not forgotten while that may be wrong: for a while after it was set forward', async (t) => {
  const done = { byAge: 0, other: 0 };
  const chore = (what: keyof typeof done) => ({
    what,
    firstMs: 0,
    everyMs: 1,
    isByAge: what === 'byAge',
    run: async () => void done[what]++,
  });
  const upkeep = startUpkeep([chore('byAge'), chore('other')], { error: (() => {}) as never }, createClockWatch(300));
  t.after(() => upkeep.stop());
  while (done.byAge < 3) await setTimeout(1);
  const realNow = Date.now;
  t.mock.method(Date, 'now', () => realNow() + 3_600_000);
  const before = { ...done };
  while (done.other < before.other + 10) await setTimeout(1);
  assert.ok(done.byAge <= before.byAge + 1);
  while (done.byAge <= before.byAge + 1) await setTimeout(1);
});
