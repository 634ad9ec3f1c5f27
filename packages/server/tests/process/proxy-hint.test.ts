/** A proxy in front that the settings know nothing of is named in the log, once. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createLogStream } from '../../src/observability/log-stream.ts';
import { openLogger } from '../../src/observability/logger.ts';
import { hintAtProxy } from '../../src/rest/http/proxy-hint.ts';

async function hintsOf(t: TestContext, settings: Parameters<typeof hintAtProxy>[1], header = 'x-forwarded-for') {
  const stream = createLogStream();
  const hints: string[] = [];
  stream.subscribe(({ msg }) => hints.push(msg));
  const server = createServer((_request, response) => response.end());
  t.after(() => server.close());
  hintAtProxy(server, settings, await openLogger({ level: 'warn', pretty: false, stream, out: { write() {} } }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await (await fetch(url)).text();
  assert.deepEqual(hints, []);
  for (const _again of [1, 2]) await (await fetch(url, { headers: { [header]: '203.0.113.9' } })).text();
  return hints;
}

test('a proxy before a server without a key, or that it does not believe, is named once', async (t) => {
  for (const header of ['x-forwarded-for', 'forwarded', 'x-real-ip', 'x-forwarded-proto']) {
    const [open, ...more] = await hintsOf(t, { apiKey: undefined, trustProxy: ['loopback'] }, header);
    assert.match(open ?? '', /the server has no key.*ELIZAD_API_KEY/, header);
    assert.deepEqual(more, []);
  }
  const [unbelieved, ...more] = await hintsOf(t, { apiKey: 'k', trustProxy: false });
  assert.match(unbelieved ?? '', /not trusted.*TRUST_PROXY/);
  assert.deepEqual(more, []);
  assert.deepEqual(await hintsOf(t, { apiKey: 'k', trustProxy: ['loopback'] }), []);
});
