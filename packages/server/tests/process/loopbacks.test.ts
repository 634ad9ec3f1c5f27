/** `localhost` is 127.0.0.1 to some programs and ::1 to others: both are answered, and a HOST that is named is one address. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createNetServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, it, type TestContext } from 'node:test';
import { CannotListen, listen } from '../../src/rest/listen.ts';
import { openClient } from '../support/stock-client.ts';
import { openTestServer } from '../support/test-server.ts';

const hasIPv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));
const skip = !hasIPv6 && 'no IPv6';

const isRefused = async (url: string): Promise<boolean> =>
  fetch(`${url}/healthz`).then(
    () => false,
    () => true,
  );

/** Another program at a port. */
async function take(t: TestContext, host: string): Promise<number> {
  const server = createNetServer().listen(0, host);
  t.after(() => server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

describe('without a HOST', () => {
  it('both loopbacks are answered: HTTP, long-polling and WebSocket, until the stop', { skip }, async (t) => {
    const app = await openTestServer(t);
    const urls = [`http://127.0.0.1:${app.port}`, `http://[::1]:${app.port}`];
    assert.equal(app.url, urls[0]);
    for (const url of urls) {
      assert.equal((await fetch(`${url}/api/agents`)).status, 200);
      for (const transports of [['polling'], ['websocket']])
        await openClient(t, url, { transports, reconnection: false }).until('connection_established');
    }
    await app.stop();
    for (const url of urls) assert.ok(await isRefused(url), url);
  });

  it('a port that another program has on one of them is one error, and nothing stays open', { skip }, async (t) => {
    for (const [host, other] of [
      ['127.0.0.1', '[::1]'],
      ['::1', '127.0.0.1'],
    ] as const) {
      const port = await take(t, host);
      const taken = (error: unknown) =>
        error instanceof CannotListen && error.message.startsWith(`PORT: ${port} on ${host} is in use. `);
      await assert.rejects(openTestServer(t, { PORT: String(port) }), taken);
      assert.ok(await isRefused(`http://${other}:${port}`));
    }
  });

  it('a second server of the same user does not share the port', async (t) => {
    const { port } = await openTestServer(t);
    const taken = new RegExp(`^PORT: ${port} on 127.0.0.1 is in use`);
    await assert.rejects(openTestServer(t, { PORT: String(port) }), { message: taken });
  });

  it('a machine that has the one alone answers there', async (t) => {
    const http = createServer((_request, response) => response.end());
    // An address for documents, which no machine has.
    const { port, close } = await listen(http, { host: undefined, port: 0 }, '2001:db8::1');
    t.after(close);
    assert.equal((await fetch(`http://127.0.0.1:${port}`)).status, 200);
  });
});

it('a HOST that is named is that address and no other', { skip }, async (t) => {
  for (const [HOST, own, other] of [
    ['127.0.0.1', '127.0.0.1', '[::1]'],
    ['::1', '[::1]', '127.0.0.1'],
  ] as const) {
    const app = await openTestServer(t, { HOST });
    assert.equal(app.url, `http://${own}:${app.port}`);
    assert.equal(await isRefused(app.url), false);
    assert.ok(await isRefused(`http://${other}:${app.port}`), HOST);
  }
});
