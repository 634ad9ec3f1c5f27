/** `npm run bench` still runs: each row once, tiny. What comes out is no measurement, and is kept nowhere. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

function runBench(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, 'bench/bench.ts'), ...args], (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

const listFiles = () => globSync(join(root, 'bench/*')).map((path) => [path, statSync(path).mtimeMs]);

test('the smoke bench has a figure for every row, and writes nothing', { timeout: 240_000 }, async () => {
  const before = listFiles();
  const { code, stdout, stderr } = await runBench('--smoke');
  assert.equal(code, 0, stderr);
  const sections = stdout.trim().split('\n\n');
  const titles = sections.slice(0, -1).map((section) => section.split('\n')[0]);
  assert.deepEqual(titles, [
    'Fan-out',
    'Durable ingest',
    'A turn over an instant model',
    'Many agents in many rooms',
    'Start',
    'Memory',
    'History',
    'HTTP',
    'Installation',
  ]);
  const rows = sections.slice(0, -1).flatMap((section) => section.split('\n').slice(1));
  assert.ok(rows.length >= 20, stdout);
  for (const row of rows)
    assert.match(row, /\s-?[\d.,–]+ (deliveries\/s|requests\/s|messages\/s|turns\/s|ms|MB|kB)( ·|$)/);
  // What is known on Linux alone is a dash elsewhere, never a NaN.
  assert.doesNotMatch(stdout, /NaN|undefined/);
  assert.deepEqual(listFiles(), before);
});

test('a row that there is not is refused with the list of those that are', { timeout: 20_000 }, async () => {
  const { code, stderr } = await runBench('fanout');
  assert.equal(code, 2);
  assert.match(stderr, /usage: .*fan-out.*install-size/);
});
