/**
 * Random interleavings of joins, leaves, sends, retries, lost connections and restarts, through real sockets: whatever
 * happens, what was acknowledged is there once and in order, and each client hears what its rooms say, once, in order.
 * `PROPERTY_SEED` and `PROPERTY_RUNS` explore others than the usual ones.
 */
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { startApp } from '../../src/app/app.ts';
import { readSettings } from '../../src/config.ts';
import { describeHistory } from '../support/interleaving-model.ts';
import { listBreaches } from '../support/interleaving-promises.ts';
import {
  clientCount,
  type Dialect,
  type Next,
  roomCount,
  runSteps,
  type Since,
  type Step,
  type Target,
} from '../support/interleaving-run.ts';
import { findAgent, openClient } from '../support/stock-client.ts';
import { makeDir } from '../support/test-server.ts';

const usualSeed = 20261123;
/** Without `PROPERTY_RUNS`: as many runs as there are in this time. */
const usualMs = 10_000;
const mostRuns = 500;
/** How long a failure may take to become short. */
const shrinkMs = 60_000;
/** A run that failed once may need some luck to fail again. */
const triesToFail = 3;

const of = fc.nat({ max: 5 });
const dialect = fc.constantFrom<Dialect[]>('documented', 'envelope', 'numbered');
const next = fc.constantFrom<Next[]>('wait', 'go', 'go', 'cut', 'drop');
const since = fc.constantFrom<Since[]>('none', 'start', 'heard');
const when = fc.constantFrom<('now' | 'heard')[]>('now', 'heard');
const plain = { noNullPrototype: true };

/** What a client does, mostly in a room. */
const act = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant<'join'>('join'), since, dialect, next }, plain) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant<'leave'>('leave'), next }, plain) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant<'send'>('send'), dialect, next }, plain) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant<'retry'>('retry'), of, dialect, next }, plain) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant<'reuse'>('reuse'), of, dialect, next }, plain) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom<('cut' | 'drop')[]>('cut', 'drop'), when }, plain) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant<'return'>('return') }, plain) },
);
/** One client does some things in one room: what is close together is more likely to meet. */
const scene = fc
  .record({
    client: fc.nat({ max: clientCount - 1 }),
    room: fc.nat({ max: roomCount - 1 }),
    acts: fc.array(act, { minLength: 1, maxLength: 4, size: 'max' }),
  })
  .map(({ client, room, acts }) =>
    acts.map(({ do: what, ...rest }) => ({ do: what, client, ...('next' in rest && { room }), ...rest }) as Step),
  );
const pass = fc.record({ do: fc.constant<'pass'>('pass'), turns: fc.integer({ min: 1, max: 30 }) }, plain);
const restart = fc.record({ do: fc.constant<'restart'>('restart'), wait: fc.boolean() }, plain);

const steps = fc
  .array(
    fc.oneof(
      { weight: 12, arbitrary: scene },
      { weight: 3, arbitrary: pass.map((one) => [one]) },
      { weight: 1, arbitrary: restart.map((one) => [one]) },
    ),
    { minLength: 1, maxLength: 15, size: 'max' },
  )
  .map((scenes) => scenes.flat());

test('whatever the interleaving, every promise is kept', async (t) => {
  const target = await openTarget(t);
  const { PROPERTY_SEED: seed = usualSeed, PROPERTY_RUNS: runs } = process.env;
  let deadline = runs === undefined ? performance.now() + usualMs : Number.POSITIVE_INFINITY;
  let count = 0;
  let tries = 1;
  const property = fc.asyncProperty(steps, async (steps) => {
    for (let tried = 0; tried < tries && performance.now() < deadline; tried++) {
      count += 1;
      try {
        const history = await runSteps(target, steps);
        const breaches = listBreaches(history);
        if (breaches.length > 0) throw new Error(`${breaches.join('\n')}\n${describeHistory(history)}`);
      } catch (error) {
        if (tries === 1) deadline = performance.now() + shrinkMs;
        tries = triesToFail;
        throw error;
      }
    }
  });
  await fc.assert(property, { seed: Number(seed), numRuns: Number(runs ?? mostRuns) });
  t.diagnostic(`${count} runs, seed ${seed}`);
});

/** One server for all runs, on one port and one data directory however often it is started again. */
async function openTarget(t: TestContext): Promise<Target> {
  const env = { PORT: '0', ELIZAD_DATA: join(makeDir(t), 'data'), LOG_LEVEL: 'silent', STOP_TIMEOUT_MS: '0' };
  const settings = readSettings({ env });
  let app = await startApp(settings);
  settings.port = app.port;
  let restarting = Promise.resolve();
  t.after(async () => {
    await restarting;
    await app.stop();
  });
  const restart = async () => {
    await app.stop();
    app = await startApp(settings);
  };
  return {
    url: app.url,
    agentId: await findAgent(openClient(t, app.url), 'Eliza'),
    restart: () => (restarting = restarting.then(restart)),
  };
}
