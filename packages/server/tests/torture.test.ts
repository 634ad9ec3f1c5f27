/** `elizad torture` as people use it: against a server of its own, at a URL, and where it cannot be run. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Server } from 'socket.io';
import { makeDir, openTestServer, runCli } from './support/test-server.ts';

/** What is kept of compiled code stays where it is, or every start would begin from nothing. */
const inside = (dir: string) => ({ TMPDIR: dir, NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache') });
const listKept = (dir: string) => readdirSync(dir).filter((name) => name.startsWith('elizad-torture-'));

test('a short run with kills holds, says what it did and how to repeat it, and leaves nothing', async (t) => {
  const dir = makeDir(t);
  const args = ['torture', '--kills', '3', '--seed', '1', '--steady', '1'];
  const { exited, output } = runCli(t, args, inside(dir));
  assert.equal(await exited, 0, output());
  assert.match(output(), /messages sent, acked +[1-9]\d*, [1-9]/);
  assert.match(output(), /kills of the server +3\n/);
  assert.match(output(), /recovered +true [1-9]\d*, false \d/);
  for (const promise of ['acked is durable', 'order', 'once', 'resume', 'every turn ends', 'memory'])
    assert.match(output(), new RegExp(`holds +${promise} +0`));
  assert.match(output(), /Every promise held\.\n +again: elizad torture --kills 3 --steady 1 --seed 1 /);
  assert.deepEqual(listKept(dir), []);
});

test('at a URL it uses the server as it is, and kills nothing', async (t) => {
  const { url } = await openTestServer(t, { ELIZAD_API_KEY: 'k' });
  const { exited, output } = runCli(t, ['torture', url, '--seconds', '2', '--clients', '4', '--api-key', 'k']);
  assert.equal(await exited, 0, output());
  assert.match(output(), /kills of the server +0\n/);
  assert.match(output(), /Every promise held\./);
});

test('a server that lets nobody in, and says to wait for a week, is not waited for', async (t) => {
  const web = createServer();
  const server = new Server(web);
  server.on('connection', (socket) => {
    socket.on('request-world-state', () => socket.emit('world-state', { agents: {} }));
    socket.on('join', (_room, answer) =>
      answer({ ok: false, details: { code: 'internal', retryAfterMs: 604_800_000 } }),
    );
  });
  web.listen(0, '127.0.0.1');
  await once(web, 'listening');
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  const { exited, output } = runCli(t, ['torture', url, '--seconds', '1', '--clients', '1', '--patience', '2']);
  const late = new Promise((resolve) => setTimeout(resolve, 60_000, 'it goes on').unref());
  assert.equal(await Promise.race([exited, late]), 2, output());
  assert.match(output(), /^elizad: http.+ admits no client to a room within 2 s\.$/m);
});

test('stopped in the middle, it ends its server and removes what it made', async (t) => {
  const dir = makeDir(t);
  // The caller's own key, and config, are for other servers.
  const keyFile = join(dir, 'key');
  writeFileSync(keyFile, 'the key of another server', { mode: 0o600 });
  const env = { ...inside(dir), ELIZAD_API_KEY_FILE: keyFile, ELIZAD_CONFIG: 'none.ts' };
  const { child, exited, output } = runCli(t, ['torture', '--kills', '0', '--seconds', '60'], env);
  await once(child.stderr, 'data');
  assert.match(output(), /kills 0\/0/);
  const [made = ''] = listKept(dir);
  assert.ok(existsSync(`${dir}/${made}/data`), made);
  child.kill('SIGINT');
  assert.equal(await exited, 130);
  assert.deepEqual(listKept(dir), []);
});

test('a server that does not start, a URL where none is, a wrong option: one line, exit code 2', async (t) => {
  const cases: [args: string[], words: RegExp, env?: Record<string, string>][] = [
    [
      ['http://127.0.0.1:1'],
      /^elizad: http:\/\/127\.0\.0\.1:1 refuses connections \(.+\)\. Is the server running there\?\n$/,
    ],
    [['http://127.0.0.1:1', '--kills', '3'], /^elizad: --kills: a server at a URL is not killed\..+\n$/],
    [['localhost:3000'], /^elizad: "localhost:3000" is not a URL\. Expected: a URL such as http:.+\n$/],
    [['--seed', 'x'], /^elizad: --seed: "x" is not accepted\. Expected: a whole number from 0 to .+\n$/],
    [[], /^elizad: the server did not start: elizad: TURN_CONCURRENCY: .+\n$/, { TURN_CONCURRENCY: 'none' }],
  ];
  for (const [args, words, env] of cases) {
    const { exited, output } = runCli(t, ['torture', ...args], env);
    assert.equal(await exited, 2, output());
    assert.match(output(), words);
  }
});
