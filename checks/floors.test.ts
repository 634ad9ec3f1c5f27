/** The floors hold: a copy of the tree is green, and each kind of wrong import planted in it is named, rule and file. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const depcruise = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
const packages = readdirSync(join(root, 'packages')).filter((name) =>
  existsSync(join(root, 'packages', name, 'package.json')),
);
let copy = '';
const planted: string[] = [];

before(() => {
  copy = realpathSync(mkdtempSync(join(tmpdir(), 'elizad-floors-')));
  for (const file of ['package.json', '.dependency-cruiser.mjs']) cpSync(join(root, file), join(copy, file));
  for (const name of packages) {
    const from = join(root, 'packages', name);
    cpSync(join(from, 'src'), join(copy, 'packages', name, 'src'), { recursive: true });
    cpSync(join(from, 'package.json'), join(copy, 'packages', name, 'package.json'));
    linkModules(join(from, 'node_modules'), join(copy, 'packages', name, 'node_modules'));
  }
  linkModules(join(root, 'node_modules'), join(copy, 'node_modules'));
  for (const name of ['protocol', 'client', 'eliza']) {
    symlinkSync(join(copy, 'packages', name), join(copy, 'node_modules', `elizad-${name}`), 'junction');
  }
});

after(() => rmSync(copy, { recursive: true, force: true }));

afterEach(() => {
  for (const path of planted.splice(0)) rmSync(join(copy, path));
});

/** Links installed packages one by one: a link to the whole folder would lead our own packages back to the original. */
function linkModules(from: string, to: string): void {
  if (!existsSync(from)) return;
  mkdirSync(to, { recursive: true });
  const isOurs = (name: string) => /^(\.|elizad)/.test(name);
  for (const name of readdirSync(from)) if (!isOurs(name)) symlinkSync(join(from, name), join(to, name), 'junction');
}

function plant(path: string, source: string): void {
  mkdirSync(dirname(join(copy, path)), { recursive: true });
  writeFileSync(join(copy, path), source);
  planted.push(path);
}

function cruise(): { status: number | null; output: string } {
  const folders = packages.map((name) => `packages/${name}/src`);
  const args = [depcruise, '--config', '.dependency-cruiser.mjs', '--output-type', 'err', ...folders];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: copy,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
  });
  return { status, output: stdout + stderr };
}

/** Each violation is one line: rule, file, and what it imports. */
function assertRefused(rule: string, file: string, { status, output } = cruise()): void {
  assert.notEqual(status, 0, output);
  const line = output.split('\n').find((text) => text.includes(`error ${rule}:`) && text.includes(file));
  assert.ok(line, `no line names ${rule} and ${file}:\n${output}`);
}

const server = 'packages/server/src';

describe('floors', () => {
  test('the tree as it is: green', () => {
    const { status, output } = cruise();
    assert.equal(status, 0, output);
    assert.match(output, /no dependency violations found/);
  });

  test('an upward import is refused', () => {
    plant(`${server}/agents/planted-above.ts`, 'export const above = 1;\n');
    plant(`${server}/storage/planted.ts`, "export { above } from '../agents/planted-above.ts';\n");
    assertRefused('floor-2-storage-never-up', `${server}/storage/planted.ts`);
  });

  test('an upward import of a type alone is refused', () => {
    plant(`${server}/gateway/planted-above.ts`, 'export type Above = string;\n');
    plant(
      `${server}/messaging/planted.ts`,
      "import type { Above } from '../gateway/planted-above.ts';\nexport type Below = Above;\n",
    );
    assertRefused('floor-4-messaging-never-up', `${server}/messaging/planted.ts`);
  });

  test('a sideways import is refused', () => {
    plant(`${server}/rest/planted-beside.ts`, 'export const beside = 1;\n');
    plant(`${server}/gateway/planted.ts`, "export { beside } from '../rest/planted-beside.ts';\n");
    assertRefused('floor-6-gateway-never-sideways', `${server}/gateway/planted.ts`);
  });

  test('a shelf that needs a higher one of its floor is refused, and so is a file that is on none', () => {
    plant(`${server}/storage/journal/planted-above.ts`, 'export type Above = string;\n');
    plant(
      `${server}/storage/engine/planted.ts`,
      "import type { Above } from '../journal/planted-above.ts';\nexport type Below = Above;\n",
    );
    plant(`${server}/messaging/planted.ts`, "import 'node:fs';\n");
    const result = cruise();
    assertRefused('shelf-storage-1-engine-never-up', `${server}/storage/engine/planted.ts`, result);
    assertRefused('shelf-messaging-unknown', `${server}/messaging/planted.ts`, result);
  });

  test('an edge that reads the store is refused', () => {
    plant(`${server}/rest/eliza/planted.ts`, "export { findMessage } from '../../storage/messages/history.ts';\n");
    assertRefused('edges-never-storage', `${server}/rest/eliza/planted.ts`);
  });

  test('a section of the web client that knows another is refused', () => {
    plant('packages/web/src/rooms/planted-beside.ts', 'export const beside = 1;\n');
    plant('packages/web/src/inside/planted.ts', "export { beside } from '../rooms/planted-beside.ts';\n");
    assertRefused('web-floor-3-inside-never-sideways', 'packages/web/src/inside/planted.ts');
  });

  test('a cycle of types alone is refused', () => {
    plant(
      `${server}/storage/planted-one.ts`,
      "import type { Two } from './planted-two.ts';\nexport type One = { two?: Two };\n",
    );
    plant(
      `${server}/storage/planted-two.ts`,
      "import type { One } from './planted-one.ts';\nexport type Two = { one?: One };\n",
    );
    assertRefused('no-cycles', `${server}/storage/planted-one.ts`);
  });

  test('a file on no floor is refused', () => {
    plant(`${server}/helpers/planted.ts`, "import 'node:fs';\n");
    assertRefused('floor-unknown', `${server}/helpers/planted.ts`);
  });

  test('past the walls of a package or of a library is refused', () => {
    plant(`${server}/auth/planted.ts`, "export * from '../../../protocol/src/index.ts';\n");
    plant(`${server}/messaging/planted.ts`, "export { Kysely } from 'kysely';\n");
    plant(`${server}/agents/planted.ts`, "export { connect } from 'elizad-client';\n");
    plant('packages/protocol/src/planted.ts', "import 'node:fs';\n");
    plant('packages/client/src/planted.ts', "import './missing.ts';\n");
    const result = cruise();
    assertRefused('package-by-name', `${server}/auth/planted.ts`, result);
    assertRefused('library-kysely', `${server}/messaging/planted.ts`, result);
    assertRefused('package-server-imports', `${server}/agents/planted.ts`, result);
    assertRefused('package-protocol-imports', 'packages/protocol/src/planted.ts', result);
    assertRefused('import-unresolvable', 'packages/client/src/planted.ts', result);
  });
});
