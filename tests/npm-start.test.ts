/** `npm start` as people use it: it gets ready, prints how long that took, and ends whole when npm is told to stop. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openClient } from '../packages/server/tests/support/stock-client.ts';
import { makeDir } from '../packages/server/tests/support/test-server.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs `npm start` in a store of its own. */
function startNpm(t: TestContext) {
  const dir = makeDir(t);
  // The machine's own Node first, as in a terminal: the script has to find the right one by itself.
  const path = (process.env.PATH ?? '').split(delimiter).filter((part) => !part.startsWith(join(root, 'node_modules')));
  const npm = spawn('npm', ['start', '--', '--port', '0', '--data', join(dir, 'data')], {
    cwd: root,
    env: { PATH: path.join(delimiter), HOME: dir },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  const saw = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const deadline = setTimeout(() => reject(new Error(`no ${pattern} in:\n${output}`)), 60_000);
      const look = () => {
        const found = pattern.exec(output);
        if (!found) return;
        clearTimeout(deadline);
        resolve(found[1] ?? '');
      };
      npm.stdout.on('data', look);
      npm.stderr.on('data', look);
      look();
    });
  for (const stream of [npm.stdout, npm.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  t.after(() => {
    try {
      // Its whole group: whatever it left behind.
      process.kill(-(npm.pid as number), 'SIGKILL');
    } catch {
      // Nothing is left.
    }
  });
  return { npm, saw, getOutput: () => output };
}

const skip = process.platform === 'win32';

test('npm start serves, and a SIGTERM to npm stops the server clean', { skip }, async (t) => {
  const { npm, saw, getOutput } = startNpm(t);
  assert.ok(Number(await saw(/ready in (\d+) ms/)) > 0);
  const url = await saw(/url\s+(http:\S+)/);
  // The user has set nothing: nothing is to complain about.
  assert.doesNotMatch(getOutput(), /^elizad: (?!.* built in |building |installing |dependencies )/m);
  const client = openClient(t, url);
  await client.until('connection_established');
  npm.kill('SIGTERM');
  await saw(/(stopped, everything is on disk)/);
  await client.until('disconnect');
});

test('a server whose npm was killed stops clean', { skip }, async (t) => {
  const { npm, saw } = startNpm(t);
  const client = openClient(t, await saw(/url\s+(http:\S+)/));
  await client.until('connection_established');
  npm.kill('SIGKILL');
  await saw(/(stopped, everything is on disk)/);
  await client.until('disconnect');
});

test('the built server has the host of projects with it, which says what a project lacks', async (t) => {
  const project = join(makeDir(t), 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{"name":"empty","dependencies":{"@elizaos/core":"1.7.2"}}');
  const script = join(root, 'scripts/run.mjs');
  const doctor = spawn(process.execPath, [script, 'elizad', 'doctor', '--project', project], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: project },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const began = performance.now();
  let output = '';
  for (const stream of [doctor.stdout, doctor.stderr])
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  await new Promise((resolve) => doctor.once('close', resolve));
  assert.match(output, /@elizaos\/core is not installed in/);
  assert.ok(performance.now() - began < 45_000, 'it waits for something that nobody needs');
  assert.ok(existsSync(join(root, 'packages/server/dist/host/main.js')));
});

test('the server is built anew when a source is newer; where it cannot be built, its sources run', async (t) => {
  const dir = makeDir(t);
  for (const folder of ['server/src/a', 'eliza/src', 'client/src', 'protocol/src'])
    mkdirSync(join(dir, 'packages', folder), { recursive: true });
  for (const folder of ['scripts', 'node_modules/vite']) mkdirSync(join(dir, folder), { recursive: true });
  const [source, builder, built] = [
    'packages/server/src/a/b.ts',
    'scripts/server-build.mjs',
    'packages/server/dist/main.js',
  ].map((path) => join(dir, path)) as [string, string, string];
  for (const path of [source, join(dir, 'package-lock.json')]) writeFileSync(path, '');
  writeFileSync(
    builder,
    `import { cpSync, mkdirSync } from 'node:fs';
    mkdirSync('packages/server/dist', { recursive: true });
    cpSync('packages/server/src/a/b.ts', 'packages/server/dist/main.js');`,
  );
  // A clock may be set back by a moment between two writes.
  const before = new Date(Date.now() - 10_000);
  for (const path of ['.', ...readdirSync(dir, { recursive: true, encoding: 'utf8' })])
    utimesSync(join(dir, path), before, before);
  const { ensureBuilt } = await import(new URL('../scripts/fresh.mjs', import.meta.url).href);
  const change = (text: string) => {
    writeFileSync(source, text);
    const soon = new Date(Date.now() + 1_000);
    utimesSync(source, soon, soon);
  };
  assert.deepEqual(ensureBuilt(dir, 'server'), { hasBuilt: true, path: built });
  assert.deepEqual(ensureBuilt(dir, 'server'), { hasBuilt: false, path: built });
  change('changed');
  assert.deepEqual(ensureBuilt(dir, 'server'), { hasBuilt: true, path: built });
  assert.equal(readFileSync(built, 'utf8'), 'changed');
  change('broken');
  writeFileSync(builder, 'process.exit(1)');
  assert.deepEqual(ensureBuilt(dir, 'server'), { hasBuilt: true, path: undefined });
});
