/** The words hold: the tree is free of phrases that are out, and each kind of place where one is planted is named, file and line. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

function check(cwd: string, ...args: string[]): { status: number | null; lines: string[] } {
  const script = join(root, 'scripts/checks/words.ts');
  const { status, stderr } = spawnSync(process.execPath, [script, ...args], { cwd, encoding: 'utf8' });
  return { status, lines: stderr.split('\n').filter(Boolean) };
}

function plant(t: TestContext, files: Record<string, string>): string {
  const dir = mkdtempSync(join(tmpdir(), 'elizad-words-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return dir;
}

describe('words', () => {
  test('the tree as it is: green', () => assert.deepEqual(check(root), { status: 0, lines: [] }));

  test('a phrase that is out is refused, in every kind of page, in any case, and over the end of a line', (t) => {
    const files = {
      'README.md': '# Title\n\nIt shall work.\n',
      'CONTRIBUTING.md': 'All but\nfor one.\n',
      'SECURITY.md': 'One is mended.\n',
      'docs/page.md': '| a |\n|---|\n| What was said is kept. |\n',
      'docs/decisions/0001-one.md': 'The client is told, and begins Anew.\n',
    };
    const { status, lines } = check(plant(t, files));
    assert.equal(status, 1);
    assert.deepEqual(
      lines.map((line) => line.replace(/: write .+$/, '')),
      [
        'CONTRIBUTING.md:1: "but for"',
        'README.md:3: "shall"',
        'SECURITY.md:1: "mended"',
        'docs/decisions/0001-one.md:1: "Anew"',
        'docs/decisions/0001-one.md:1: "is told"',
        'docs/page.md:3: "What was said"',
      ],
    );
    assert.match(lines[0] ?? '', /: write "except", or "except for"$/);
  });

  test('code and names of tests are left as they are', (t) => {
    const page = 'Run `shall`.\n\n```sh\necho shall\n```\n\n[one](one.test.ts) "nothing but for this"\n';
    assert.deepEqual(check(plant(t, { 'README.md': page })), { status: 0, lines: [] });
  });

  test('with --strings, so are strings that users see and the pages made from them; comments are not', (t) => {
    const template = ['`$', '{n} are told`'].join('');
    const source = `// It shall.\nexport const hint = "Begin anew.";\nexport const line = (n: number) => ${template};\n`;
    const dir = plant(t, {
      'packages/protocol/src/row.ts': source,
      'docs/rest.md': '<!-- Made by `npm run docs`. -->\n\nBegin anew.\n',
    });
    assert.deepEqual(check(dir), { status: 0, lines: [] });
    const { status, lines } = check(dir, '--strings');
    assert.equal(status, 1);
    assert.deepEqual(
      lines.map((line) => line.replace(/: write .+$/, '')),
      [
        'docs/rest.md:3: "anew"',
        'packages/protocol/src/row.ts:2: "anew"',
        'packages/protocol/src/row.ts:3: "are told"',
      ],
    );
  });
});
