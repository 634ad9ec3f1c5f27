/** HTTP: what is refused is refused in one shape, whatever it was, and a page of a stranger does nothing. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { RestFailure } from 'elizad-protocol/rest';
import { createRestClient } from '../support/rest-client.ts';
import { uploadFile } from '../support/row-requests.ts';
import { openTestServer } from '../support/test-server.ts';

const key = 'a-key-of-some-length';
const id = '11111111-1111-4111-8111-111111111111';
const message = `/api/messaging/channels/${id}/messages/${id}`;

describe('the HTTP edge', () => {
  it('answers many first requests at once', async (t) => {
    const { url } = await openTestServer(t);
    const { call } = createRestClient(url);
    const answers = await Promise.all(Array.from({ length: 20 }, () => call('get-ping')));
    assert.ok(answers.every(({ status, body }) => status === 200 && body.pong));
  });

  it('keeps an idle connection for longer than proxies keep theirs', async (t) => {
    const { url } = await openTestServer(t);
    const { headers } = await fetch(`${url}/api/server/ping`);
    assert.equal(headers.get('keep-alive'), 'timeout=75');
  });

  it('refuses what is no JSON, of another type, too large, or nowhere, each with its status and a hint', async (t) => {
    const { url } = await openTestServer(t, { MAX_PAYLOAD_BYTES: '1000' });
    const send = async (path: string, type: string, body: string) => {
      const response = await fetch(url + path, { method: 'DELETE', headers: { 'content-type': type }, body });
      const { success, error } = (await response.json()) as RestFailure;
      assert.equal(success, false);
      assert.ok(error.message && error.hint, error.code);
      return [response.status, error.code];
    };
    assert.deepEqual(await send(message, 'application/json', '{"text":'), [400, 'invalid-payload']);
    assert.deepEqual(await send(message, 'text/csv', 'a,b'), [415, 'unsupported-media-type']);
    assert.deepEqual(await send(message, 'application/json', `"${'x'.repeat(1001)}"`), [413, 'payload-too-large']);
    assert.deepEqual(await send('/api/nowhere', 'application/json', '{}'), [404, 'not-found']);
  });

  it('names every field that is wrong, in words too, for clients that show only those', async (t) => {
    const { url } = await openTestServer(t);
    const { status, body } = await createRestClient(url).call('delete-message', {
      params: { channelId: 'a', messageId: 'b' },
    });
    assert.equal(status, 400);
    assert.deepEqual(
      body.error?.issues?.map(({ path }) => path),
      ['params.channelId', 'params.messageId'],
    );
    assert.match(body.error?.details ?? '', /params\.channelId: expected a UUID/);
  });

  it('names the methods of an address, to who asks for them and to who uses another', async (t) => {
    const { url } = await openTestServer(t);
    for (const [path, methods] of [
      ['/api/agents', 'GET, POST, HEAD, OPTIONS'],
      ['/api/agents/', 'GET, POST, HEAD, OPTIONS'],
      ['/v1/chat/completions?x=1', 'POST, OPTIONS'],
      ['/healthz', 'GET, HEAD, OPTIONS'],
      [message, 'DELETE, OPTIONS'],
    ] as const) {
      const asked = await fetch(url + path, { method: 'OPTIONS' });
      assert.deepEqual([asked.status, asked.headers.get('allow'), await asked.text()], [204, methods, ''], path);
      const wrong = await fetch(url + path, { method: 'PUT', body: 'x' });
      assert.deepEqual([wrong.status, wrong.headers.get('allow')], [405, methods]);
      const { error } = (await wrong.json()) as RestFailure;
      assert.equal(error.code, 'method-not-allowed');
    }
    for (const method of ['OPTIONS', 'PUT'])
      for (const path of ['/api/nowhere', '/nowhere']) assert.equal((await fetch(url + path, { method })).status, 404);
    // Of a page that does not ask beforehand, but for what there is.
    const { headers } = await fetch(`${url}/healthz`, { method: 'OPTIONS', headers: { origin: 'http://localhost:1' } });
    assert.equal(headers.get('access-control-allow-origin'), 'http://localhost:1');
    assert.equal(headers.get('allow'), 'GET, HEAD, OPTIONS');
  });

  it('reads a body that comes packed, up to the limit of one that is not, and says what else it takes', async (t) => {
    const { url } = await openTestServer(t, { MAX_PAYLOAD_BYTES: '100000' });
    const roomId = crypto.randomUUID();
    const send = async (encoding: string, bytes: Uint8Array, type = 'application/json') => {
      const headers = { 'content-type': type, 'content-encoding': encoding };
      const path = `/api/messaging/channels/${roomId}/messages`;
      const response = await fetch(url + path, { method: 'POST', headers, body: bytes as BodyInit });
      const { error } = (await response.json()) as Partial<RestFailure>;
      return [response.status, error?.code, response.headers.get('accept-encoding')];
    };
    const text = (content: string) => Buffer.from(JSON.stringify({ content, author_id: id }));
    for (const [encoding, pack] of [
      ['gzip', gzipSync],
      ['GZIP', gzipSync],
      ['br', brotliCompressSync],
      ['deflate', deflateSync],
      ['identity', (bytes: Buffer) => bytes],
    ] as const)
      assert.deepEqual(await send(encoding, pack(text('Hello, wörld.'))), [201, undefined, null], encoding);
    const large = gzipSync(text('x'.repeat(50_000_000)));
    assert.ok(large.length < 100_000);
    const before = process.memoryUsage().rss;
    assert.deepEqual(await send('gzip', large), [413, 'payload-too-large', null]);
    const broken = Buffer.concat([gzipSync(text('x'.repeat(1_000_000))).subarray(0, -8), Buffer.alloc(8, 1)]);
    assert.deepEqual(await send('gzip', broken), [413, 'payload-too-large', null]);
    assert.ok(process.memoryUsage().rss - before < 40_000_000, 'it was not unpacked');
    assert.deepEqual(await send('gzip', text('No gzip.')), [400, 'invalid-payload', null]);
    assert.deepEqual(await send('gzip', gzipSync(text('Half.')).subarray(0, 20)), [400, 'invalid-payload', null]);
    const refused = [415, 'unsupported-encoding', 'gzip, br, deflate'];
    for (const encoding of ['gzip, gzip', 'zstd', 'constructor'])
      assert.deepEqual(await send(encoding, gzipSync(text('Hello.'))), refused, encoding);
    assert.deepEqual(await send('gzip', gzipSync('--x--'), 'multipart/form-data; boundary=x'), refused);
  });

  it('tells pages, and only those, what they may send and read', async (t) => {
    const { url } = await openTestServer(t);
    const origin = 'http://localhost:5173';
    const asked = { origin, 'access-control-request-method': 'DELETE' };
    const { headers: allowed } = await fetch(`${url}${message}`, { method: 'OPTIONS', headers: asked });
    for (const method of ['GET', 'POST', 'PATCH', 'DELETE'])
      assert.match(allowed.get('access-control-allow-methods') ?? '', new RegExp(`\\b${method}\\b`));
    const { headers } = await fetch(`${url}/api/server/ping`, { headers: { origin } });
    assert.match(headers.get('access-control-expose-headers') ?? '', /RateLimit-Remaining/);
    assert.equal(headers.get('access-control-allow-credentials'), 'true');
    const { headers: plain } = await fetch(`${url}/api/server/ping`);
    assert.deepEqual(
      [...plain.keys()].filter((name) => name.startsWith('access-control')),
      [],
    );
    for (const one of [headers, plain]) assert.equal(one.get('vary'), 'Origin', 'caches keep them apart');
  });

  it('says of every answer that it is for nobody else, is what it is said to be, and belongs to no other page', async (t) => {
    const { url } = await openTestServer(t, { ELIZAD_API_KEY: key });
    const paths = [
      '/api/server/ping',
      '/api/agents',
      '/nowhere',
      '/%',
      `/media/uploads/agents/${id}/${'x'.repeat(500)}`,
    ];
    for (const path of [...paths, '/', '/healthz', '/docs', '/openapi.json', '/v1/models', '/socket.io/?EIO=4']) {
      const { status, headers } = await fetch(url + path, {
        headers: path === '/api/agents' ? { 'x-api-key': key } : {},
      });
      assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
      assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin', path);
      if (!path.startsWith('/socket.io')) assert.match(headers.get('cache-control') ?? '', /no-store|no-cache/, path);
      assert.ok(status < 500, path);
    }
  });

  it('lets pages show files: those of this machine, and others where they may use the server at all', async (t) => {
    for (const [origins, reach] of [
      ['', 'same-site'],
      ['https://app.example.com', 'cross-origin'],
    ] as const) {
      const { url } = await openTestServer(t, { CORS_ORIGIN: origins });
      const client = createRestClient(url);
      const agentId = (await client.call('list-agents')).body.data.agents[0]?.id ?? '';
      const file = await uploadFile(client, agentId);
      const { status, headers } = await client.call('get-agent-file', { params: { agentId, file } });
      assert.deepEqual([status, headers.get('cross-origin-resource-policy')], [200, reach]);
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.match(headers.get('cache-control') ?? '', /immutable/);
    }
  });

  it('lets pages of this machine in, and no others unless they are named', async (t) => {
    const { url } = await openTestServer(t, { CORS_ORIGIN: 'https://app.example.com' });
    const ask = (origin: string, method = 'GET') =>
      fetch(`${url}/api/server/ping`, { method, headers: { origin, 'access-control-request-method': 'GET' } });
    for (const origin of ['http://localhost:5173', 'https://app.example.com']) {
      const response = await ask(origin);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('access-control-allow-origin'), origin);
      assert.equal((await ask(origin, 'OPTIONS')).status, 204);
    }
    assert.equal((await ask('https://evil.example')).status, 403);
    assert.equal((await ask('https://evil.example', 'OPTIONS')).status, 403);
  });
});
