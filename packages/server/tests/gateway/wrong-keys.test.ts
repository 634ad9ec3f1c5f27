/** Guesses at the key: after some, none from there is looked at for a while, on sockets and over HTTP alike; nobody else notices. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ElizadError } from 'elizad-protocol';
import { createKeyGuard } from '../../src/auth/key-guard.ts';
import { openClient, type Payload } from '../support/stock-client.ts';
import { openTestServer } from '../support/test-server.ts';

const key = 'right-key-of-sixteen';
const open = (t: Parameters<typeof openTestServer>[0], env = {}) => openTestServer(t, { ELIZAD_API_KEY: key, ...env });

const ask = (url: string, apiKey: string, headers: Record<string, string> = {}) =>
  fetch(`${url}/api/server/ping`, { headers: { 'x-api-key': apiKey, ...headers } });

describe('wrong keys', () => {
  it('are refused for a while after ten different ones, by either door, with the time to wait', async (t) => {
    const { url } = await open(t);
    const connect = async (apiKey: string): Promise<Payload> => {
      const client = openClient(t, url, { transports: ['websocket'], auth: { apiKey } });
      return (await client.until('connect_error')).data;
    };
    for (let guess = 0; guess < 5; guess++) {
      assert.equal((await connect(`socket guess ${guess}`)).code, 'unauthorized');
      const answer = await ask(url, `http guess ${guess}`);
      assert.deepEqual([answer.status, answer.headers.get('connection')], [401, 'close']);
    }
    // Not even the right one: otherwise a guess would still be answered.
    for (const apiKey of ['another guess', key]) {
      const refused = await connect(apiKey);
      assert.equal(refused.code, 'too-many-keys');
      assert.ok(refused.retryAfterMs > 50_000 && refused.retryAfterMs <= 60_000, `${refused.retryAfterMs} ms`);
      const answer = await ask(url, apiKey);
      assert.equal(answer.status, 429);
      assert.match(answer.headers.get('retry-after') ?? '', /^[56]\d$/);
      assert.equal(((await answer.json()) as Payload).error.code, 'too-many-keys');
    }
    // Who has none yet is told that one is needed.
    assert.equal((await fetch(`${url}/api/server/ping`)).status, 401);
  });

  it('lock nobody out at an address from where the right one came', async (t) => {
    const { url } = await open(t);
    assert.equal((await ask(url, key)).status, 200);
    const statuses = [];
    for (let guess = 0; guess < 12; guess++) statuses.push((await ask(url, `guess ${guess}`)).status);
    assert.deepEqual(statuses.slice(-3), [401, 429, 429]);
    assert.equal((await ask(url, key)).status, 200);
    await openClient(t, url, { auth: { apiKey: key } }).until('connection_established');
  });

  it('are no guesses where it is the same one again and again', async (t) => {
    const { url } = await open(t);
    for (let time = 0; time < 30; time++) assert.equal((await ask(url, 'of last year')).status, 401);
    assert.equal((await ask(url, key)).status, 200);
  });

  for (const [trusted, statuses] of [
    ['loopback', [429, 200]],
    ['off', [429, 429]],
  ] as const)
    it(`count for the address that a proxy names, sockets too, where it is trusted: ${trusted}`, async (t) => {
      const { url } = await open(t, { TRUST_PROXY: trusted });
      const from = (address: string) => ({ 'x-forwarded-for': address });
      const guess = (n: number) =>
        openClient(t, url, { extraHeaders: from('2001:db8::7'), auth: { apiKey: `guess ${n}` } }).until(
          'connect_error',
        );
      await Promise.all(Array.from({ length: 10 }, (_, n) => guess(n)));
      // Its neighbour in the same network of 64 bits, and somebody else.
      assert.equal((await ask(url, key, from('2001:db8::8'))).status, statuses[0]);
      assert.equal((await ask(url, key, from('2001:db8:0:1::7'))).status, statuses[1]);
    });

  it('are listened to again after a minute, and ten in an hour are not many', () => {
    let now = 0;
    const check = createKeyGuard(key, () => now);
    const codeOf = (apiKey: string) => {
      try {
        return check('192.0.2.1', [apiKey]);
      } catch (error) {
        return (error as ElizadError).code;
      }
    };
    for (let guess = 0; guess < 20; guess++) {
      assert.equal(codeOf(`slow ${guess}`), 'unauthorized');
      now += 7_000;
    }
    for (let guess = 0; guess < 10; guess++) codeOf(`fast ${guess}`);
    assert.equal(codeOf(key), 'too-many-keys');
    now += 59_000;
    assert.equal(codeOf(key), 'too-many-keys');
    now += 1_000;
    assert.equal(codeOf(key), 'api-key');
  });
});
