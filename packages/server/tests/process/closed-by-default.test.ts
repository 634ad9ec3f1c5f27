/** Closed by default: keys on socket and HTTP, pages of other origins, and nobody speaks as an agent. */
import assert from 'node:assert/strict';
import { get } from 'node:http';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { findAgent, openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer, spawnServer } from '../support/test-server.ts';

const key = 'correct horse battery staple';

describe('with a key set', () => {
  for (const transports of [['polling'], ['websocket']]) {
    const wrong: [string, object][] = [
      ['no key', {}],
      ['a wrong apiKey', { auth: { apiKey: 'wrong' } }],
      ['a wrong token', { auth: { token: `${key} ` } }],
      ['a key that is no text', { auth: { apiKey: { $ne: 1 } } }],
      ['a wrong header', { extraHeaders: { 'X-API-KEY': 'wrong' } }],
    ];
    for (const [why, options] of wrong) {
      test(`${transports}: ${why} is refused with code and hint`, async (t) => {
        const { url } = await openTestServer(t, { ELIZAD_API_KEY: key });
        const client = openClient(t, url, { transports, ...options });
        const error = await client.until('connect_error');
        assert.equal(error.data.code, 'unauthorized');
        assert.match(error.data.hint, /auth\.apiKey/);
        assert.equal(client.socket.connected, false);
      });
    }
    const right: [string, object][] = [
      ['auth.apiKey', { auth: { apiKey: key } }],
      ['auth.token', { auth: { token: key } }],
      ['X-API-KEY', { extraHeaders: { 'X-API-KEY': key } }],
    ];
    for (const [where, options] of right) {
      test(`${transports}: the key in ${where} lets in`, async (t) => {
        const { url } = await openTestServer(t, { ELIZAD_API_KEY: key });
        await openClient(t, url, { transports, ...options }).until('connection_established');
      });
    }
  }

  test('HTTP under /api needs it too; health does not', async (t) => {
    const { url } = await openTestServer(t, { ELIZA_SERVER_AUTH_TOKEN: key });
    for (const headers of [{}, { 'x-api-key': 'wrong' }, { authorization: 'Bearer wrong' }] as Record<
      string,
      string
    >[]) {
      for (const path of ['/api/server/ping', '/api/nothing']) {
        const refused = await fetch(url + path, { headers });
        assert.equal(refused.status, 401);
        const body = (await refused.json()) as { success: boolean; error: { code: string } };
        assert.deepEqual([body.success, body.error.code], [false, 'unauthorized']);
      }
    }
    for (const headers of [{ 'x-api-key': key }, { authorization: `Bearer ${key}` }] as Record<string, string>[]) {
      assert.equal((await fetch(`${url}/api/server/ping`, { headers })).status, 200);
      assert.equal((await fetch(`${url}/api/nothing`, { headers })).status, 404);
    }
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
    assert.equal((await fetch(`${url}/readyz`)).status, 200);
  });
});

describe('pages of other origins', () => {
  test('are refused on both transports, pages of this machine and listed ones are not', async (t) => {
    const { url } = await openTestServer(t, { CORS_ORIGIN: 'https://app.example.com' });
    for (const transports of [['polling'], ['websocket']]) {
      for (const origin of ['https://evil.example.com', 'http://localhost.evil.example.com', 'null']) {
        const client = openClient(t, url, { transports, extraHeaders: { origin }, reconnection: false });
        await client.until('connect_error');
      }
      for (const origin of ['http://localhost:5173', 'http://127.0.0.1:8080', 'https://app.example.com']) {
        await openClient(t, url, { transports, extraHeaders: { origin } }).until('connection_established');
      }
    }
  });

  test('neither is a foreign name that was made to resolve to this machine, where no key is asked for', async (t) => {
    const { url } = await openTestServer(t, { CORS_ORIGIN: 'https://app.example.com' });
    const { port } = new URL(url);
    const ask = (host: string, path: string, more: Record<string, string> = {}) =>
      new Promise<number | undefined>((resolve, reject) => {
        get(url + path, { headers: { host, ...more } }, (response) => resolve(response.resume().statusCode)).on(
          'error',
          reject,
        );
      });
    // A page does not say its origin where it asks its own server for something to read.
    for (const path of ['/api/agents', '/socket.io/?EIO=4&transport=polling']) {
      assert.equal(await ask(`evil.example.com:${port}`, path), 403, path);
      assert.equal(await ask(`localhost.evil.example.com:${port}`, path), 403, path);
      for (const host of [
        `localhost:${port}`,
        `127.0.0.1:${port}`,
        `[::1]:${port}`,
        'app.example.com',
        '192.168.1.7:80',
      ])
        assert.equal(await ask(host, path), 200, `${host} ${path}`);
    }
  });

  test("but the server's own are not, whatever its name is, where it has a key", async (t) => {
    const { url } = await openTestServer(t, { ELIZAD_API_KEY: 'right-key-of-sixteen' });
    const own = { host: 'chat.example.com', origin: 'https://chat.example.com' };
    const auth = { apiKey: 'right-key-of-sixteen' };
    const once = { transports: ['websocket'], reconnection: false };
    await openClient(t, url, { ...once, extraHeaders: own, auth }).until('connection_established');
    const stranger = openClient(t, url, { ...once, extraHeaders: own });
    assert.equal((await stranger.until('connect_error')).data.code, 'unauthorized');
    const evil = { ...own, origin: 'https://evil.example.com' };
    assert.equal(
      (await openClient(t, url, { ...once, extraHeaders: evil, auth }).until('connect_error')).data,
      undefined,
    );
  });
});

test('nobody may speak, join, type or connect with the id of an agent', async (t) => {
  const { url } = await openTestServer(t);
  const client = openClient(t, url);
  const agentId = await findAgent(client, 'Eliza');
  const [roomId, known] = [crypto.randomUUID(), crypto.randomUUID()];
  await openClient(t, url).ask('join', { roomId: known });
  for (const [event, payload] of [
    ['message', { roomId, text: 'I am Eliza', userId: agentId }],
    ['message', { roomId, text: 'I am Eliza', userId: agentId.toUpperCase() }],
    ['join', { roomId, userId: agentId }],
    ['typing', { roomId: known, userId: agentId, isTyping: true }],
  ] as const) {
    const answer = await client.ask(event, payload);
    assert.deepEqual([answer.ok, answer.details.code], [false, 'speaking-as-agent'], event);
  }
  const impostor = openClient(t, url, { auth: { entityId: agentId } });
  assert.equal((await impostor.until('connect_error')).data.code, 'speaking-as-agent');
  const state = await client.ask('request-world-state', { roomId });
  assert.equal(state.details.code, 'channel-not-found', 'nothing was stored');
});

test('a packet beyond what can be answered: the reason is in the disconnect and in the log, and the server goes on', async (t) => {
  const server = await spawnServer(t, join(makeDir(t), 'data'), { MAX_PAYLOAD_BYTES: '1000' });
  for (const [transport, reason] of [
    ['websocket', 1009],
    ['polling', 413],
  ] as const) {
    const client = openClient(t, server.url, { transports: [transport], reconnection: false });
    await client.until('connection_established');
    // biome-ignore lint/suspicious/noExplicitAny: the details differ by transport
    const details = new Promise<any>((resolve) =>
      client.socket.once('disconnect', (_reason, description) => resolve(description)),
    );
    client.socket.emit('message', { roomId: crypto.randomUUID(), text: 'x'.repeat(5000) });
    const { description, context } = await details;
    assert.equal(transport === 'websocket' ? context.code : description, reason);
  }
  await openClient(t, server.url).until('connection_established');
  await server.end('SIGTERM');
  assert.equal(server.output().match(/cut off: a packet was more than four times/g)?.length, 2, server.output());
});

test('a connection may be in so many rooms and no more, by joining or by sending; leaving one makes room', async (t) => {
  const { url } = await openTestServer(t, { MAX_ROOMS: '2' });
  const client = openClient(t, url);
  assert.equal((await client.until('connection_established')).limits.maxRooms, 2);
  const [one, two, three] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
  assert.equal((await client.ask('join', { roomId: one })).ok, true);
  assert.equal((await client.ask('message', { roomId: two, text: 'Hi' })).ok, true);
  for (const [event, payload] of [
    ['join', { roomId: three }],
    ['message', { roomId: three, text: 'Hi' }],
  ] as const) {
    const { ok, details } = await client.ask(event, payload);
    assert.deepEqual([ok, details.code, details.roomId], [false, 'too-many-rooms', three]);
  }
  assert.equal((await client.ask('request-world-state', { roomId: three })).details.code, 'channel-not-found');
  assert.equal((await client.ask('message', { roomId: one, text: 'Still here' })).ok, true);
  assert.equal((await client.ask('leave', { roomId: one })).ok, true);
  assert.equal((await client.ask('join', { roomId: three })).ok, true);
});
