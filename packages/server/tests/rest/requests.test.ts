/** Whatever is asked over HTTP, the server answers, and never that it failed. `REQUESTS` says how many, `SEED` which. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRequestArbitrary, type GeneratedRequest } from '../support/request-arbitrary.ts';
import { createRestClient } from '../support/rest-client.ts';
import { makeDir, spawnServer } from '../support/test-server.ts';

const count = Number(process.env.REQUESTS ?? 2_000);
const seed = Number(process.env.SEED ?? Date.now() % 1e9);
/** Sent at once: they meet in the server, as those of many clients do. */
const atOnce = 10;

test(`${count} requests made from the rows: no 500, and the server lives`, { timeout: 280_000 }, async (t) => {
  const env = { LOG_LEVEL: 'error', REST_REQUESTS_PER_MINUTE: '0', TURN_TIMEOUT_MS: '2000' };
  const { url, output, process: child } = await spawnServer(t, join(makeDir(t), 'data'), env);
  const user = crypto.randomUUID();
  const rooms = [crypto.randomUUID(), crypto.randomUUID()];
  const { agents = [] } =
    ((await (await fetch(`${url}/api/agents`)).json()) as { data?: { agents: { id: string }[] } }).data ?? {};
  const ids = [user, ...rooms, ...agents.map(({ id }) => id), '00000000-0000-0000-0000-000000000000'];
  const requests = createRequestArbitrary(ids);
  const groups = fc.array(requests, { minLength: atOnce, maxLength: atOnce });
  const statuses = new Map<number, number>();

  async function send({ row, method, path, headers, body }: GeneratedRequest): Promise<void> {
    const answer = await fetch(url + path, {
      method,
      headers,
      body: body as BodyInit,
      signal: AbortSignal.timeout(20_000),
    });
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream');
    const text = isStream ? '' : await answer.text();
    if (isStream) await answer.body?.cancel();
    assert.notEqual(answer.status, 500, `${row}: ${method} ${path} ${String(body).slice(0, 500)}\n${text}`);
  }

  await fc.assert(
    fc.asyncProperty(groups, async (group) => {
      await Promise.all(group.map(send));
    }),
    {
      numRuns: Math.ceil(count / atOnce),
      seed,
      endOnFailure: true,
      interruptAfterTimeLimit: 240_000,
      markInterruptAsFailure: true,
    },
  );
  assert.equal(child.exitCode, null);
  assert.doesNotMatch(output(), /a request failed|unhandled|uncaught/i);
  assert.equal((await createRestClient(url).call('get-ping')).status, 200);
  t.diagnostic(`seed ${seed}: ${JSON.stringify(Object.fromEntries([...statuses].sort(([a], [b]) => a - b)))}`);
});
