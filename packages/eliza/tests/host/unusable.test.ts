/** The real host on folders that are no project, or that it cannot run: each gets a sentence that says what to do. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { openProject } from '../../src/index.ts';
import { makeFolder } from './support/fake-project.ts';

/** A core that is just enough for the host to get as far as the project. */
const core = {
  'node_modules/@elizaos/core/package.json': '{ "version": "1.7.2", "type": "module", "main": "index.js" }',
  'node_modules/@elizaos/core/index.js':
    'export class ElizaOS {}; export const logger = {}; export const stringToUuid = (text) => text;',
};

async function findReason(t: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = makeFolder(t);
  const directory = join(folder, 'project');
  mkdirSync(directory);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  const project = openProject({
    directory,
    dataDir: join(folder, 'data'),
    onLog: () => {},
    onSaying: () => {},
    onInfo: () => {},
    onState: () => {},
  });
  t.after(() => project.stop(0));
  const { name, reason } = await project.whenReady();
  assert.equal(name, 'unusable');
  return reason;
}

describe('projects that cannot be run', { concurrency: 3 }, () => {
  test('without @elizaos/core', async (t) => {
    assert.match(await findReason(t, {}), /@elizaos\/core is not installed in .+: run the project's install there/);
  });

  test('with a core of another generation', async (t) => {
    for (const version of ['2.0.0-alpha.3', '1.6.1', '0.25.9']) {
      const reason = await findReason(t, { 'node_modules/@elizaos/core/package.json': JSON.stringify({ version }) });
      assert.ok(reason.includes(`@elizaos/core ${version}: elizad runs projects with 1.6.2`), reason);
    }
  });

  test('without package.json, or with one that is not JSON', async (t) => {
    assert.match(await findReason(t, core), /there is no package.json in .+: give the folder of an Eliza OS project/);
    assert.match(await findReason(t, { ...core, 'package.json': '{' }), /package.json is not JSON/);
  });

  test('without a main file: the one that is named is missing', async (t) => {
    const reason = await findReason(t, { ...core, 'package.json': '{ "main": "dist/index.js" }' });
    assert.match(reason, /must name a main file that exists, or there must be one of dist\/index\.js, .+build it/);
  });

  test('with a main file outside of the project', async (t) => {
    const reason = await findReason(t, { ...core, 'package.json': '{ "main": "../../../../../../etc/hostname" }' });
    assert.match(reason, /must name a main file that exists/);
  });

  test('with a main file that throws, and TypeScript that Node cannot run without tsx', async (t) => {
    const files = { ...core, 'package.json': '{ "type": "module" }' };
    assert.match(
      await findReason(t, { ...files, 'index.js': "throw new Error('no key is set');" }),
      /cannot be loaded\. index\.js: no key is set/,
    );
    assert.match(
      await findReason(t, { ...files, 'src/index.ts': 'export enum Mood { Good }' }),
      /does not have tsx: build the project, or install tsx in it \(npm install -D tsx\)/,
    );
  });

  test('that exports no agent, or an empty list of them', async (t) => {
    const files = { ...core, 'package.json': '{ "type": "module", "main": "index.js" }' };
    assert.match(await findReason(t, { ...files, 'index.js': 'export default 7;' }), /exports no agent: its default/);
    assert.match(
      await findReason(t, { ...files, 'index.js': 'export default { agents: [{}] };' }),
      /list of agents is empty/,
    );
  });

  test('with two agents of one id, or without bootstrap where it is named', async (t) => {
    const files = { ...core, 'package.json': '{ "type": "module", "main": "index.js" }' };
    const twice = "const character = { name: 'Eliza' }; export default { agents: [{ character }, { character }] };";
    assert.match(await findReason(t, { ...files, 'index.js': twice }), /two agents have the id Eliza/);
    const named = "export default { name: 'Eliza', bio: [], plugins: ['@elizaos/plugin-bootstrap'] };";
    assert.match(
      await findReason(t, { ...files, 'index.js': named }),
      /plugin-bootstrap cannot be loaded \(.+is not installed\): install it/,
    );
  });
});
