/** Some twenty thousand of the packets of `npm run prove:hostile`, which sends a million. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runHostile } from '../prove/hostile/run.ts';

test('20,000 hostile packets: the server stays up, answers or closes, and serves the others', async () => {
  const { failures, tally, health, canary } = await runHostile({
    packets: 20_000,
    seed: 1,
    lanes: 32,
    // Nothing of what it needs is warm before, nobody is gone after: only that it does not swell.
    allowedGrowth: 30_000_000,
    measuresMemory: false,
  });
  assert.deepEqual([...failures, ...health.evidence], []);
  assert.ok(tally.sent.total >= 20_000);
  for (const layer of ['http', 'engine', 'socket', 'event', 'connection', 'stranger', 'holder'])
    assert.ok((tally.sent.by[layer] ?? 0) > 0, `${layer}: nothing sent`);
  assert.ok((tally.errors.by['invalid-payload'] ?? 0) > 1_000);
  assert.ok(canary.heard > 0);
});
