/** The web client over HTTP: its page for browsers, JSON for programs, files that are kept for good, and a strict policy. */
import assert from 'node:assert/strict';
import fs, { existsSync, utimesSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { chooseEncoding, openWebFiles, type WebFile } from '../../src/rest/web/web-files.ts';
import { makeDir, openTestServer } from '../support/test-server.ts';

const isBuilt = existsSync(fileURLToPath(new URL('../../../web/dist/index.html', import.meta.url)));
const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

/** As it comes over the wire: fetch would decode it. */
function ask(url: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
    get(url, { headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    }).on('error', reject);
  });
}

describe('the web client over HTTP', () => {
  it('gives programs JSON at /, as ever, and 404 as JSON elsewhere', async (t) => {
    const { url } = await openTestServer(t);
    const root = await ask(url);
    assert.equal(JSON.parse(String(root.body)).name, 'elizad');
    assert.equal((await ask(`${url}/`, { accept: 'application/json' })).headers.vary, 'Accept');
    for (const [path, headers] of [
      ['/rooms/1', {}],
      ['/api/none', browser],
      ['/v1/none', browser],
      ['/assets/none.js', browser],
      ['/../../package.json', browser],
    ] as const) {
      const { status, headers: answered } = await ask(url + path, headers);
      assert.deepEqual([path, status, String(answered['content-type']).split(';')[0]], [path, 404, 'application/json']);
    }
  });

  it('chooses the smallest encoding that is taken', () => {
    const file: WebFile = { path: '/x.js', type: '', encodings: ['br', 'gzip', 'identity'], isHashed: true };
    for (const [accepted, expected] of [
      ['gzip, deflate, br, zstd', 'br'],
      ['gzip', 'gzip'],
      ['br;q=0, gzip;q=0.5', 'gzip'],
      ['*', 'br'],
      ['*;q=0', 'identity'],
      ['', 'identity'],
      [undefined, 'identity'],
    ] as const)
      assert.equal(chooseEncoding(file, accepted), expected, String(accepted));
  });

  it('reads its files anew when its page was built anew, and only then', (t) => {
    const dir = makeDir(t);
    const page = join(dir, 'index.html');
    const build = (at: number) => {
      writeFileSync(page, '<p>Page</p>');
      utimesSync(page, at, at);
    };
    assert.equal(openWebFiles(undefined, [dir]), undefined);
    build(1_000);
    const first = openWebFiles(undefined, [dir]);
    assert.deepEqual([...(first?.files.keys() ?? [])], ['/index.html']);
    writeFileSync(join(dir, 'one.js'), '');
    assert.equal(openWebFiles(first, [dir]), first);
    build(2_000);
    const second = openWebFiles(first, [dir]);
    assert.ok(second?.files.has('/one.js'));
    assert.equal(second?.html, first?.html);
  });

  it('says to a browser what to run, where it is not built', { skip: isBuilt && 'it is built' }, async (t) => {
    const { url } = await openTestServer(t);
    const { status, body } = await ask(url, browser);
    assert.equal(status, 404);
    assert.match(String(body), /npm run web:build/);
  });

  describe('built', { skip: !isBuilt && 'not built: npm run web:build' }, () => {
    it('gives browsers its page at / and at every address of its own, with a strict policy', async (t) => {
      const { url } = await openTestServer(t);
      for (const path of ['/', '/rooms/7', '/agents', '/inside/logs?x=1']) {
        const { status, headers, body } = await ask(url + path, browser);
        assert.equal(status, 200);
        assert.match(String(body), /<div id="root">/);
        assert.equal(headers['cache-control'], 'no-cache');
        assert.equal(headers['x-content-type-options'], 'nosniff');
        assert.equal(headers['referrer-policy'], 'no-referrer');
        const policy = String(headers['content-security-policy']);
        assert.match(policy, /default-src 'self'/);
        assert.match(policy, /frame-ancestors 'none'/);
        assert.doesNotMatch(policy, /unsafe/);
      }
    });

    it('answers 304 where the browser has the page', async (t) => {
      const { url } = await openTestServer(t);
      const { headers } = await ask(url, browser);
      const again = await ask(url, { ...browser, 'if-none-match': String(headers.etag) });
      assert.deepEqual([again.status, again.body.length], [304, 0]);
    });

    it('gives them also behind a proxy that calls the server by another name: so the page can say what is wrong', async (t) => {
      const { url } = await openTestServer(t);
      const [script = ''] = /\/assets\/index-[\w-]+\.js/.exec(String((await ask(url, browser)).body)) ?? [];
      const origin = 'https://chat.example.com';
      assert.equal((await ask(url + script, { origin })).status, 200);
      assert.equal((await ask(`${url}/api/agents`, { origin })).status, 403);
    });

    it('does not look through its files again for who asks again', async (t) => {
      const { url } = await openTestServer(t);
      const { headers } = await ask(url, browser);
      const looks = t.mock.method(fs, 'readdirSync');
      const reads = t.mock.method(fs, 'readFileSync');
      syncBuiltinESMExports();
      t.after(() => {
        t.mock.restoreAll();
        syncBuiltinESMExports();
      });
      for (const path of ['/', '/rooms/7', '/whatever']) assert.equal((await ask(url + path, browser)).status, 200);
      assert.equal((await ask(url, { ...browser, 'if-none-match': String(headers.etag) })).status, 304);
      // Others look for files of their own now and then.
      const ofWeb = [...looks.mock.calls, ...reads.mock.calls].map((call) => String(call.arguments[0]));
      assert.deepEqual(
        ofWeb.filter((path) => /\bweb\b/.test(path)),
        [],
      );
    });

    it('sends its files compressed, to be kept for good', async (t) => {
      const { url } = await openTestServer(t);
      const page = String((await ask(url, browser)).body);
      const path = /src="(\/assets\/[^"]+\.js)"/.exec(page)?.[1] ?? '';
      const plain = await ask(url + path);
      assert.equal(plain.headers['content-encoding'], undefined);
      const br = await ask(url + path, { 'accept-encoding': 'gzip, br' });
      const gz = await ask(url + path, { 'accept-encoding': 'gzip' });
      assert.deepEqual([br.headers['content-encoding'], gz.headers['content-encoding']], ['br', 'gzip']);
      assert.ok(brotliDecompressSync(br.body).equals(plain.body));
      assert.ok(gunzipSync(gz.body).equals(plain.body));
      for (const { headers } of [plain, br, gz]) {
        assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable');
        assert.equal(headers['content-type'], 'text/javascript; charset=utf-8');
        assert.match(String(headers.vary), /Accept-Encoding/);
      }
      assert.equal((await ask(`${url}/.vite/manifest.json`, browser)).status, 404);
    });
  });
});
