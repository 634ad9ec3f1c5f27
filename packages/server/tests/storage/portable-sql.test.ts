/** Outside of engine/sqlite and recovery, the storage floor says nothing that only SQLite understands. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const floor = join(import.meta.dirname, '../../src/storage');

/** What only SQLite takes, by its name, and a line of code that has it. */
const breaches: Record<string, { pattern: RegExp; example: string }> = {
  'a pragma': { pattern: /\bpragma\b/i, example: "file.exec('PRAGMA user_version')" },
  rowid: { pattern: /\b_?rowid_?\b/i, example: '.orderBy(sql`rowid`)' },
  'a JSON function of SQLite': {
    pattern: /\bjson_(each|tree|extract|array|object|group_\w+|valid|set)\b/i,
    example: 'sql`(select value from json_each(' + '$' + '{ids}))`',
  },
  'a JSON operator': { pattern: /->>|->\s*'\$/, example: "sql`metadata -> '$.conversation'`" },
  '`is` with a value': {
    pattern: /'is( not)?',(?!\s*(null\b|sql\.lit\(null\)))|\bis (not )?\$\{/,
    example: ".where('channel_id', 'is', channelId)",
  },
  'a unary plus': { pattern: /`\s*\+|[\s(,]\+(\$\{|[a-z_]+\.)/, example: "where(sql`+channel_id`, 'in', ids)" },
  'a negative limit': { pattern: /\blimit -1\b/i, example: 'order by row desc limit -1 offset 5' },
  'the full text index of SQLite': {
    pattern: /\bfts5\b|\bbm25\b|\bmatch \$\{|memory_words/i,
    example: 'where memory_words match ' + '$' + '{query}',
  },
  'a function of SQLite': { pattern: /\b(iif|instr|ifnull|total_changes)\(/, example: 'sql`iif(a, b, c)`' },
  'a conflict as SQLite has it': { pattern: /\binsert or \w+/i, example: 'insert or ignore into file_uses' },
  'the library': { pattern: /'node:sqlite'|lastInsertRowid/, example: "import { DatabaseSync } from 'node:sqlite'" },
};

/** Without comments: they may say what they like. */
const readCode = (path: string): string =>
  readFileSync(join(floor, path), 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '');

const listBreaches = (code: string): string[] =>
  Object.entries(breaches).flatMap(([name, { pattern }]) => (pattern.test(code) ? [name] : []));

test('only engine/sqlite and recovery say what only SQLite understands', () => {
  const paths = globSync('**/*.ts', { cwd: floor }).filter((path) => !/^(engine\/sqlite|recovery)\//.test(path));
  assert.ok(paths.length > 40, 'the files of the floor are found');
  const found = paths.flatMap((path) => listBreaches(readCode(path)).map((name) => `${path}: ${name}`));
  assert.deepEqual(found, []);
});

test('each breach is caught where it is planted', () => {
  for (const [name, { example }] of Object.entries(breaches))
    assert.ok(listBreaches(`const query = ${example};`).includes(name), name);
});
