/** The sizes hold: each kind of breach is planted at one beyond its bound and named, and what is at the bound passes. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../scripts/checks/sizes.ts', import.meta.url));

function check(t: TestContext, files: Record<string, string>) {
  const cwd = mkdtempSync(join(tmpdir(), 'elizad-sizes-'));
  t.after(() => rmSync(cwd, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  }
  const { status, stderr } = spawnSync(process.execPath, [script], { cwd, encoding: 'utf8' });
  return { status, lines: stderr.split('\n').filter(Boolean) };
}

const linesOf = (count: number) => 'x\n'.repeat(count);
const filesIn = (folder: string, count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`${folder}/file-${n}.ts`, '']));

test('a file of 301 lines is refused, in sources and in tests, one of 300 is not', (t) => {
  const { status, lines } = check(t, {
    'packages/a/src/long.ts': linesOf(301),
    'packages/a/tests/longer.ts': linesOf(302),
    'scripts/fits.mjs': linesOf(300),
  });
  assert.equal(status, 1);
  assert.deepEqual(lines, [
    'error: packages/a/tests/longer.ts has 302 lines; 300 are the most, split it',
    'error: packages/a/src/long.ts has 301 lines; 300 are the most, split it',
  ]);
});

test('a folder of 16 files is refused, one of 15 beside folders is not', (t) => {
  const { status, lines } = check(t, {
    ...filesIn('packages/a/src/crowded', 16),
    ...filesIn('packages/a/src/full', 15),
    ...filesIn('packages/a/src/full/inner', 15),
  });
  assert.equal(status, 1);
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', /^error: packages\/a\/src\/crowded has 16 files/);
});

test('a folder of tests that nothing runs is refused', (t) => {
  const forgotten = check(t, { 'packages/a/tests/forgotten/one.test.ts': '' });
  assert.deepEqual(forgotten, {
    status: 1,
    lines: ['error: no all-forgotten.test.ts next to packages/a/tests/forgotten'],
  });
  const run = check(t, { 'packages/a/tests/run/one.test.ts': '', 'packages/a/tests/all-run.test.ts': '' });
  assert.deepEqual(run, { status: 0, lines: [] });
});
