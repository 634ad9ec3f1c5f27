/** Who may ask, and how often, is known before a body is read; and no other spelling of an address goes round it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { openTestServer } from '../support/test-server.ts';

const key = 'a-key-of-some-length';

/** Sends bytes as they are; resolves with the first that come back. */
async function ask(t: TestContext, url: string, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  t.after(() => socket.destroy());
  socket.write(bytes);
  const [data] = await once(socket, 'data', { signal: AbortSignal.timeout(5_000) });
  return String(data);
}

const head = (line: string, headers: Record<string, string> = {}) =>
  [line, ...Object.entries({ host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}`), '', ''].join(
    '\r\n',
  );

describe('before a body is read', () => {
  const json = { 'content-type': 'application/json', 'content-length': '1000000' };

  it('a stranger is refused, wherever it sends it', async (t) => {
    const { url } = await openTestServer(t, { ELIZAD_API_KEY: key, MAX_PAYLOAD_BYTES: '10000000' });
    for (const path of ['/api/agents', '/v1/chat/completions', '/api/messaging/submit', '/api/nowhere']) {
      const answer = await ask(t, url, `${head(`POST ${path} HTTP/1.1`, json)}[[],`);
      assert.match(answer, /^HTTP\/1\.1 401 /, path);
    }
    const form = { ...json, 'content-type': 'multipart/form-data; boundary=x' };
    const upload = `POST /api/messaging/channels/${crypto.randomUUID()}/upload-media HTTP/1.1`;
    assert.match(await ask(t, url, `${head(upload, form)}--x\r\n`), /^HTTP\/1\.1 401 /);
    assert.match(await ask(t, url, `${head('POST /nowhere HTTP/1.1', json)}[[],`), /^HTTP\/1\.1 404 /);
  });

  it('so are a wrong entity, and who asked too much', async (t) => {
    const { url } = await openTestServer(t, { REST_REQUESTS_PER_MINUTE: '1' });
    const wrong = { ...json, 'x-entity-id': 'me' };
    assert.match(
      await ask(t, url, `${head('POST /api/agents HTTP/1.1', wrong)}[[],`),
      /^HTTP\/1\.1 400 [\s\S]*invalid-entity-id/,
    );
    assert.match(await ask(t, url, `${head('POST /api/agents HTTP/1.1', json)}[[],`), /^HTTP\/1\.1 429 /);
  });
});

describe('the limit of requests', () => {
  it('counts every spelling of an address, and addresses that are none', async (t) => {
    for (const target of ['/%61pi/server/ping', 'http://localhost/api/server/ping', '/API/server/ping', '/nowhere']) {
      const { url } = await openTestServer(t, { REST_REQUESTS_PER_MINUTE: '1' });
      const get = () => ask(t, url, head(`GET ${target} HTTP/1.1`));
      assert.match(await get(), /ratelimit-remaining: 0/i, target);
      assert.match(await get(), /^HTTP\/1\.1 429 /, target);
      assert.match(await ask(t, url, head('GET /readyz HTTP/1.1')), /^HTTP\/1\.1 200 /);
    }
  });

  it('is not used up for the holder of the key by those without it', async (t) => {
    const { url } = await openTestServer(t, { ELIZAD_API_KEY: key, REST_REQUESTS_PER_MINUTE: '2' });
    const statusOf = async (headers: Record<string, string>) =>
      (await fetch(`${url}/api/server/ping`, { headers })).status;
    for (const expected of [401, 401, 429]) assert.equal(await statusOf({}), expected);
    for (const expected of [200, 200, 429]) assert.equal(await statusOf({ 'x-api-key': key }), expected);
  });
});
