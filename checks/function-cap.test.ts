/** The linter refuses a function of more than 80 lines, and leaves one of 80. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

test('a function of 81 lines is refused, one of 80 is not', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'elizad-lint-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const { linter } = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'));
  writeFileSync(join(dir, 'biome.json'), JSON.stringify({ linter }));
  const lint = (lines: number) => {
    const body = Array.from({ length: lines }, (_, n) => `  use(${n});`).join('\n');
    const source = `declare const use: (n: number) => void;\nexport function planted(): void {\n${body}\n}\n`;
    writeFileSync(join(dir, 'planted.ts'), source);
    const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
    const { status, stdout, stderr } = spawnSync(process.execPath, [biome, 'lint'], { cwd: dir, encoding: 'utf8' });
    return { status, output: stdout + stderr };
  };
  const long = lint(81);
  assert.notEqual(long.status, 0, long.output);
  assert.match(long.output, /noExcessiveLinesPerFunction/);
  const fits = lint(78);
  assert.equal(fits.status, 0, fits.output);
});
