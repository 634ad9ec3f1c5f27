/** docs/security.md names what is there: each line that stops an attack, and each test that shows it. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

const pageUrl = new URL('../../docs/security.md', import.meta.url);
const page = readFileSync(pageUrl, 'utf8');

/** Rows of a table that have an attack, what stops it, and the test. */
const rows = page
  .split('\n')
  .filter((line) => /^\| [^-]/.test(line))
  .map((line) =>
    line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim()),
  )
  .filter(([attack, , shown]) => attack !== '' && attack !== 'Attack' && shown !== undefined);

const readLinked = (path: string): string => {
  const url = new URL(path, pageUrl);
  assert.ok(existsSync(url), `${path} is there`);
  return readFileSync(url, 'utf8');
};

describe('docs/security.md', () => {
  test('has a row for each attack', () => assert.ok(rows.length > 40, `${rows.length} rows`));

  for (const [attack = '', stops = '', shown = ''] of rows) {
    test(attack, () => {
      for (const [, name = '', path = ''] of stops.matchAll(/\[`([^`]+)`\]\(([^)]+)\)/g))
        assert.match(readLinked(path), new RegExp(`\\b${name}\\b`), `${path} has ${name}`);
      // Either tests with their names, or a reason in words.
      for (const [, path = '', name = ''] of shown.matchAll(/\[[^\]]+\]\(([^)]+)\) "([^"]+)"/g))
        assert.ok(readLinked(path).includes(name), `${path} has a test "${name}"`);
      assert.ok(shown.length > 10, 'a test, or why there is none');
    });
  }
});
