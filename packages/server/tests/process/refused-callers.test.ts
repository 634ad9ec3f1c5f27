/** Who is refused for a page or a name is in the log, once for each, with what would let it in; and is told what fits. */
import assert from 'node:assert/strict';
import { get } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { createRefuseCaller } from '../../src/auth/refused-callers.ts';
import { createLogStream } from '../../src/observability/log-stream.ts';
import { openLogger } from '../../src/observability/logger.ts';
import { openStrangerLog } from '../../src/observability/stranger-log.ts';
import { openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer, spawnServer } from '../support/test-server.ts';

const key = 'a-key-of-some-length';
const polling = '/socket.io/?EIO=4&transport=polling';

function ask(url: string, headers: Record<string, string>) {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  get(url, { headers }, async (response) => {
    let body = '';
    for await (const chunk of response) body += chunk;
    resolve({ status: response.statusCode ?? 0, body });
  }).on('error', reject);
  return promise;
}

type Rule = { apiKey?: string; corsOrigins?: string[] };

/** The refusal of a server with such settings, and what its log says. */
async function openRefusal({ apiKey, corsOrigins = [] }: Rule = {}) {
  const stream = createLogStream();
  const lines: string[] = [];
  stream.subscribe(({ msg }) => lines.push(msg));
  const strangers = openStrangerLog(await openLogger({ level: 'info', pretty: false, stream, out: { write() {} } }));
  return { refuse: createRefuseCaller(strangers, { apiKey, corsOrigins }), lines, stop: strangers.stop };
}

async function lineOf(headers: Record<string, string>, rule?: Rule) {
  const { refuse, lines, stop } = await openRefusal(rule);
  const code = refuse(headers, '10.0.0.1');
  stop();
  return { code, line: lines[0] ?? '' };
}

describe('what the log says of who was refused', () => {
  it('is the origin to add, with those that are there', async () => {
    const given = { host: 'localhost:3000', origin: 'https://app.example' };
    const { code, line } = await lineOf(given, { corsOrigins: ['https://a.example'] });
    assert.equal(code, 'origin-not-allowed');
    assert.match(
      line,
      /page of https:\/\/app\.example was refused; to allow it, start with CORS_ORIGIN=https:\/\/a\.example,https:\/\/app\.example$/,
    );
  });

  it('is also the header, where there is a key and so perhaps a proxy', async () => {
    const { line } = await lineOf({ host: '127.0.0.1:3000', origin: 'https://chat.example' }, { apiKey: key });
    assert.match(
      line,
      /CORS_ORIGIN=https:\/\/chat\.example\. .*Host, which came as 127\.0\.0\.1:3000.*Host \$http_host/,
    );
  });

  it('is the name, where no page asks', async () => {
    const { code, line } = await lineOf({ host: 'host.docker.internal:3000' });
    assert.equal(code, 'host-not-allowed');
    assert.match(
      line,
      /name host\.docker\.internal:3000, .* CORS_ORIGIN=http:\/\/host\.docker\.internal:3000, or set ELIZAD_API_KEY$/,
    );
    const near = await lineOf({ host: 'eliza.lan', origin: 'http://localhost:5173' });
    assert.equal(near.code, 'host-not-allowed');
    const both = await lineOf({ host: 'eliza.lan', origin: 'https://app.example' });
    assert.match(both.line, /CORS_ORIGIN=https:\/\/app\.example,http:\/\/eliza\.lan$/);
    assert.match(
      (await lineOf({ host: 'eliza.lan', origin: 'http://eliza.lan' })).line,
      /CORS_ORIGIN=http:\/\/eliza\.lan$/,
    );
  });

  it('does not help a page that does not say where it is from', async () => {
    assert.match(
      (await lineOf({ host: 'localhost', origin: 'null' })).line,
      /without an origin .* serve it from http:\/\/localhost/,
    );
    const embedded = await lineOf({ host: 'localhost', 'sec-fetch-site': 'cross-site' });
    assert.deepEqual([embedded.code, embedded.line.includes('CORS_ORIGIN')], ['origin-not-allowed', false]);
  });

  it('allows what it says', async (t) => {
    for (const headers of [{ host: 'eliza.lan:3000' }, { host: 'eliza.lan', origin: 'https://app.example' }] as Record<
      string,
      string
    >[]) {
      const [, CORS_ORIGIN = ''] = /CORS_ORIGIN=([^ ]+?)(?:, or|$)/.exec((await lineOf(headers)).line) ?? [];
      const { url } = await openTestServer(t, { CORS_ORIGIN });
      for (const path of ['/api/agents', polling])
        assert.equal((await ask(url + path, headers)).status, 200, CORS_ORIGIN);
    }
  });
});

describe('a refusal', () => {
  async function open(t: TestContext) {
    const server = await spawnServer(t, `${makeDir(t)}/data`);
    return { ...server, count: (what: string) => server.output().split(what).length - 1 };
  }

  it('is logged once for each, over HTTP, at a handshake and at an upgrade', async (t) => {
    const { url, end, count } = await open(t);
    const pages = ['https://one.example', 'https://two.example', 'https://three.example'];
    const [one = '', two = '', three = ''] = pages;
    for (const _again of [1, 2, 3]) {
      assert.equal((await ask(`${url}/api/agents`, { origin: one })).status, 403);
      assert.equal((await ask(url + polling, { origin: two })).status, 403);
      const client = openClient(t, url, {
        transports: ['websocket'],
        extraHeaders: { origin: three },
        reconnection: false,
      });
      await client.until('connect_error');
    }
    await end('SIGTERM');
    for (const page of pages) assert.equal(count(`CORS_ORIGIN=${page}"`), 1, page);
  });

  it('tells who asks by a foreign name of the name, over HTTP and at a handshake', async (t) => {
    const { url } = await openTestServer(t);
    const { body } = await ask(`${url}/api/agents`, { host: 'eliza.lan' });
    const { error } = JSON.parse(body);
    assert.equal(error.code, 'host-not-allowed');
    assert.match(error.hint, /CORS_ORIGIN=http:\/\/<the name>/);
    assert.doesNotMatch(error.message, /page/i);
    assert.match((await ask(url + polling, { host: 'eliza.lan' })).body, /not to another name.*CORS_ORIGIN/);
  });

  it('fills no log, from however many origins', async () => {
    const { refuse, lines, stop } = await openRefusal();
    for (let index = 0; index < 5_000; index++)
      refuse({ host: 'localhost', origin: `https://p${index}.example` }, '10.0.0.1');
    stop();
    assert.ok(lines.length > 10 && lines.length < 60, lines.join('\n'));
  });
});
