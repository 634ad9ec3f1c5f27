/** Some of the requests of `npm run prove:requests`: the server answers whatever is asked over HTTP as its row says. `SEED` says which. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { runRequests } from '../support/request-run.ts';
import { createRestClient } from '../support/rest-client.ts';
import { makeDir, spawnServer } from '../support/test-server.ts';

const seed = Number(process.env.SEED ?? Date.now() % 1e9);

test('1,000 requests made from the rows: each is answered as its row says, none with 500', async (t) => {
  const env = { LOG_LEVEL: 'error', REST_REQUESTS_PER_MINUTE: '0', TURN_TIMEOUT_MS: '2000' };
  const { url, output, process: child } = await spawnServer(t, join(makeDir(t), 'data'), env);
  const { faults, statuses } = await runRequests(url, { count: 1_000, seed });
  t.diagnostic(`seed ${seed}: ${JSON.stringify(Object.fromEntries([...statuses].sort(([a], [b]) => a - b)))}`);
  assert.deepEqual(faults, [], `SEED=${seed}`);
  assert.equal(child.exitCode, null);
  assert.doesNotMatch(output(), /a request failed|unhandled|uncaught/i);
  assert.equal((await createRestClient(url).call('get-ping')).status, 200);
});
