/** The maps of the code are true: the house is the one of the rules, and each name that docs/walk.md and CONTRIBUTING.md link is in its file. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

const root = new URL('../../', import.meta.url);
const walk = readFileSync(new URL('docs/walk.md', root), 'utf8');

type House = { floors: string[][]; shelves: Record<string, string[][]> };

/** Floors from the ground up, and the shelves of each, as the picture draws them. */
function readHouse(page: string): House {
  const picture = /^```\n([\s\S]*?)^```/m.exec(page)?.[1] ?? '';
  const floors: string[][] = [];
  const texts = new Map<string, string>();
  let owner = '';
  for (const line of picture.split('\n')) {
    const [, level, names, shelf] = /^(?: (\d) {2}| {4})(\S.*?)(?: {2,}.*)?$|^ {6}(.+)$/.exec(line) ?? [];
    if (shelf !== undefined) texts.set(owner, `${texts.get(owner) ?? ''} ${shelf}`);
    if (names === undefined || names.startsWith('packages/')) continue;
    if (level !== undefined) {
      floors.unshift([]);
      assert.equal(Number(level), 9 - floors.length, line);
    }
    floors[0]?.push(...names.split(' · '));
    owner = names;
  }
  const toSteps = (text: string) => text.split('<').map((step) => step.trim().split(/\s+/));
  return { floors, shelves: Object.fromEntries([...texts].map(([name, text]) => [name, toSteps(text)])) };
}

const sortRooms = ({ floors, shelves }: House) => ({
  floors: floors.map((rooms) => rooms.toSorted()),
  shelves: Object.fromEntries(
    Object.entries(shelves).map(([name, steps]) => [name, steps.map((one) => one.toSorted())]),
  ),
});

test('docs/walk.md draws the floors and shelves of .dependency-cruiser.mjs', async () => {
  const rules: House = await import(new URL('.dependency-cruiser.mjs', root).href);
  assert.deepEqual(sortRooms(readHouse(walk)), sortRooms(rules));
});

/** Links of the form [`name`](path), from a page at `base`. */
const listNames = (text: string, base: URL): { name: string; url: URL }[] =>
  Array.from(text.matchAll(/\[`([^`]+)`\]\(([^)#]+)\)/g), ([, name = '', path = '']) => ({
    name,
    url: new URL(path, base),
  }));

function assertNamed({ name, url }: { name: string; url: URL }): void {
  assert.ok(existsSync(url), `${url.pathname} is there`);
  assert.match(readFileSync(url, 'utf8'), new RegExp(`\\b${name}\\b`), `${url.pathname} has ${name}`);
}

describe('the ways up in docs/walk.md', () => {
  const rows = walk.split('\n').filter((line) => line.includes(' → ') && line.startsWith('| '));
  const ways = rows.slice(1);

  test('has a row for each', () => assert.ok(ways.length > 25, `${ways.length} rows`));

  for (const row of ways) {
    const [, title = '', declared = '', floors = '', passed = ''] = row.split('|').map((cell) => cell.trim());
    test(title, () => {
      const base = new URL('docs/walk.md', root);
      const from = floors.split(' → ')[0];
      const declarations = listNames(declared, base);
      assert.ok(declarations.length > 0 && listNames(passed, base).length > 0, row);
      for (const { url } of declarations)
        assert.ok(url.pathname.includes(`/src/${from}/`), `${url.pathname} is in ${from}`);
      for (const link of listNames(row, base)) assertNamed(link);
    });
  }
});

describe('"Find the line that matters" in CONTRIBUTING.md', () => {
  const page = readFileSync(new URL('CONTRIBUTING.md', root), 'utf8');
  const paths = page.split('\n').filter((line) => line.includes('| [README](README.md) → '));

  test('has four paths', () => assert.equal(paths.length, 4));

  for (const row of paths) {
    const [, title = '', path = ''] = row.split('|').map((cell) => cell.trim());
    test(title, () => {
      const hops = Array.from(path.matchAll(/\]\(([^)]+)\)/g), ([, to = '']) => new URL(to, root));
      assert.ok(hops.length >= 3 && hops.length <= 5, 'at most four hops');
      for (const [index, to] of hops.entries()) if (index > 0) assertLeads(hops[index - 1] as URL, to);
      for (const link of listNames(path, root)) assertNamed(link);
    });
  }
});

/** A page leads where it links to, a file where it imports from. */
function assertLeads(from: URL, to: URL): void {
  const text = readFileSync(from, 'utf8');
  const leads = from.pathname.endsWith('.md') ? /\]\(([^)#]+)(?:#[^)]*)?\)/g : /from '(\.[^']+)'/g;
  const found = Array.from(text.matchAll(leads), ([, path = '']) => new URL(path, from).href);
  assert.ok(found.includes(to.href), `${from.pathname} leads to ${to.pathname}`);
}
