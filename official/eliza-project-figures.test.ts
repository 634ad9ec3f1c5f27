/**
 * What a project costs: the start, the memory of its process, a turn, and the heap after many turns. Prints its figures;
 * `ELIZA_TURNS=10000` for the proof.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeRoom, openWritten, writeStarter } from './support/eliza-project.ts';

const turns = Number(process.env.ELIZA_TURNS ?? 400);
const roomsAtOnce = 4;

test('a start, a thousand turns one by one, and a flat heap', { timeout: 120_000 + turns * 500 }, async (t) => {
  const directory = writeStarter(t);
  const start = performance.now();
  const opened = await openWritten(t, directory);
  const firstStart = performance.now() - start;
  const restart = performance.now();
  await opened.project.restart();
  const secondStart = performance.now() - restart;
  const { ask, route } = opened;
  const measure = async () => (await (await route('/lab/process')).json()) as { heap: number; rss: number };
  const { rss: rssAtStart } = await measure();

  const times: number[] = [];
  for (let index = 0; index < Math.min(turns, 1_000); index += 1) {
    const begun = performance.now();
    const { verdict } = await ask(`[[say answer ${index}]]`);
    assert.equal(verdict.outcome, 'answered');
    times.push(performance.now() - begun);
  }
  times.sort((a, b) => a - b);
  const percentile = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;

  const early = await measure();
  const rooms = Array.from({ length: roomsAtOnce }, () => makeRoom());
  for (let done = times.length; done < turns; done += roomsAtOnce)
    await Promise.all(rooms.map((room) => ask('[[say again]]', { room })));
  const late = await measure();
  const mb = (bytes: number) => `${Math.round(bytes / 1_000_000)} MB`;
  const ms = (time: number) => `${time.toFixed(1)} ms`;
  t.diagnostic(`from openProject to ready: ${ms(firstStart)}, again ${ms(secondStart)}`);
  t.diagnostic(`memory of the process: ${mb(rssAtStart)} when ready, ${mb(late.rss)} after ${turns} turns`);
  t.diagnostic(
    `a turn: p50 ${ms(percentile(0.5))}, p99 ${ms(percentile(0.99))}, least ${ms(times[0] ?? 0)}, of ${times.length}`,
  );
  t.diagnostic(`heap: ${mb(early.heap)} after ${times.length} turns, ${mb(late.heap)} after ${turns}`);
  assert.ok(late.heap < early.heap + 60_000_000, 'the heap grows with the turns');
});
