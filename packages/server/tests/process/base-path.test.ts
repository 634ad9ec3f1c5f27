/** Under a path of its host: every address is answered with the path and without it, and what is handed out has it. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { connect } from 'elizad-client';
import { type RestRow, restRows } from 'elizad-protocol/rest';
import { WebSocket } from 'ws';
import { formatBanner } from '../../src/cli/banner.ts';
import { readSettings, SettingError } from '../../src/config.ts';
import { ownAddresses } from '../../src/settings/base-path.ts';
import { openClient } from '../support/stock-client.ts';
import { openTestServer, runCli } from '../support/test-server.ts';

const isBuilt = existsSync(fileURLToPath(new URL('../../../web/dist/index.html', import.meta.url)));
const browser = { accept: 'text/html', 'accept-encoding': 'br' };

const openUnder = (t: TestContext, env: Record<string, string> = {}) =>
  openTestServer(t, { BASE_PATH: '/eliza', ...env });
const readJson = async (url: string) => (await fetch(url)).json() as Promise<Record<string, unknown>>;

test('a path is taken with and without a slash at its end; what cannot be one stops the start', () => {
  const read = (path: string) => readSettings({ env: { BASE_PATH: path } }).basePath;
  for (const [given, expected] of [
    ['/', ''],
    ['/eliza', '/eliza'],
    ['/eliza/', '/eliza'],
    ['/tools/eliza-2', '/tools/eliza-2'],
    ['/v1.2', '/v1.2'],
  ] as const)
    assert.equal(read(given), expected);
  for (const wrong of ['eliza', 'https://a.example/eliza', '//', '//a', '/a//b', '/a/../b', '/a?b', '/ä', '/"', '/api'])
    assert.throws(
      () => read(wrong),
      (error) => error instanceof SettingError && /^BASE_PATH: /.test(error.message),
      wrong,
    );
});

test('none may be taken for an address of the server itself', () => {
  const addresses = Object.values<RestRow>(restRows).flatMap(({ path, aliases = [] }) => [path, ...aliases]);
  const first = new Set(addresses.map((address) => address.split('/')[1] ?? '').filter(Boolean));
  assert.deepEqual(
    [...first].filter((name) => !ownAddresses.includes(name)),
    [],
  );
});

test('each address is answered with the path, as it comes, and without it, where the proxy cut it off', async (t) => {
  const { url } = await openUnder(t);
  const root = new URL(url).origin;
  assert.equal(url, `${root}/eliza`);
  const paths = ['/', '/healthz', '/readyz', '/metrics', '/docs', '/openapi.json', '/asyncapi.json', '/api/agents'];
  for (const path of [...paths, '/v1/models', '/socket.io/?EIO=4&transport=polling'])
    for (const base of [url, root]) assert.equal((await fetch(base + path)).status, 200, base + path);
  assert.equal((await fetch(url)).status, 200);
  for (const path of ['/elizabeth/healthz', '/eliza/eliza/healthz', '/eliza.json'])
    assert.equal((await fetch(root + path)).status, 404, path);
  for (const path of ['/websocket', '/socket.io/?EIO=4&transport=websocket'])
    for (const base of [url, root]) {
      const socket = new WebSocket((base + path).replace('http', 'ws'));
      t.after(() => socket.terminate());
      const greeting = await new Promise((resolve, reject) => socket.on('message', resolve).on('error', reject));
      assert.match(String(greeting), /^0\{/, base + path);
    }
});

test('what it says of itself has the path', async (t) => {
  const app = await openUnder(t);
  assert.deepEqual((await readJson(`${app.url}/openapi.json`)).servers, [{ url: '/eliza' }]);
  const { servers } = await readJson(`${app.url}/asyncapi.json`);
  assert.equal((servers as { here: { pathname: string } }).here.pathname, '/eliza/socket.io/');
  const page = await (await fetch(`${app.url}/docs`)).text();
  assert.match(page, /href="\/eliza\/openapi\.json"/);
  assert.match(page, /localhost:3000\/eliza\/api\/agents/);
  assert.equal((await readJson(app.url)).health, '/eliza/healthz');
  const banner = formatBanner(app, readSettings({ env: { BASE_PATH: '/eliza' } }), 1, false);
  const [, origin] = /(http:\/\/localhost:\d+)\/eliza\n/.exec(banner) ?? [];
  assert.ok(banner.includes(`io('${origin}', { path: '/eliza/socket.io/' })`), banner);
});

test('the client finds it by its address: sockets, calls, and a file that was kept under another path', async (t) => {
  const { url } = await openUnder(t);
  for (const address of [url, `${url}/`]) {
    const client = connect(address, { name: 'Ada' });
    t.after(() => client.close());
    const roomId = crypto.randomUUID();
    await client.join({ roomId });
    await client.send({ roomId, text: 'Hello.' });
    const { data } = await client.http.call('list-messages', { params: { channelId: roomId } });
    assert.equal(data.messages.length, 1);
    const file = new File(['words'], 'a.txt', { type: 'text/plain' });
    const kept = await client.http.upload('upload-channel-media', { params: { channelId: roomId }, file });
    assert.match(kept.url, /^\/eliza\/media\/uploads\/channels\//);
    for (const named of [kept.url, kept.url.replace('/eliza', '')])
      assert.equal(await (await fetch(client.http.fileAddress(named))).text(), 'words');
  }
});

test('elizad chat takes the address with the path; a stock client takes the path apart', async (t) => {
  const { url } = await openUnder(t);
  const { exited, output } = runCli(t, ['chat', url], {}, 'Hello.\n/quit\n');
  assert.equal(await exited, 0, output());
  assert.match(output(), /How do you do\. Please state your problem\./);
  const stock = openClient(t, new URL(url).origin, { path: '/eliza/socket.io/' });
  await stock.until('connection_established');
});

test('the page names its files under the path, wherever it is opened; they come compressed', {
  skip: !isBuilt,
}, async (t) => {
  const [under, root] = [await openUnder(t), await openTestServer(t)];
  for (const [url, base] of [
    [under.url, '/eliza'],
    [new URL(under.url).origin, '/eliza'],
    [root.url, ''],
  ] as const) {
    const tags = new Set<string | null>();
    for (const path of ['', '/', '/rooms/7', '/agents']) {
      const answer = await fetch(url + path, { headers: browser });
      const page = await answer.text();
      tags.add(answer.headers.get('etag'));
      assert.match(answer.headers.get('content-security-policy') ?? '', /base-uri 'none'/);
      assert.equal(answer.headers.get('content-encoding'), 'br');
      const named = [...page.matchAll(/<(?:script|link)[^>]* (?:src|href)="([^"]+)"/g)].map(
        ([, address]) => address ?? '',
      );
      assert.ok(named.length > 4);
      for (const address of named) {
        assert.ok(address.startsWith(`${base}/`), address);
        const file = await fetch(new URL(address, url), { headers: browser });
        assert.equal(file.status, 200, address);
        if (/assets\/index-.*js$/.test(address)) assert.equal(file.headers.get('content-encoding'), 'br');
      }
    }
    assert.equal(tags.size, 1);
  }
});
