/** Plugins that a project names and that cannot be loaded: the agent goes without them, and is told what to do. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { gatherPlugins } from '../../src/host/load/plugins.ts';
import { makeFolder } from './support/fake-project.ts';

/** Loads plugins, each of the code that it is made of; returns those that are there, and what was said of the others. */
async function gather(t: TestContext, codes: Readonly<Record<string, string>>, named = Object.keys(codes)) {
  const folder = makeFolder(t);
  for (const [name, code] of Object.entries(codes)) {
    const at = join(folder, 'node_modules', name);
    mkdirSync(at, { recursive: true });
    writeFileSync(join(at, 'package.json'), JSON.stringify({ name, type: 'module', main: 'index.js' }));
    writeFileSync(join(at, 'index.js'), code);
  }
  const warnings: string[] = [];
  const agent = { character: { name: 'Ada', plugins: named } };
  const plugins = await gatherPlugins(folder, agent as never, (message) => warnings.push(message));
  return { names: plugins.map(({ name }) => name), warnings };
}

const good = "export const goodPlugin = { name: 'good', description: 'Works.' };";

describe('plugins that cannot be loaded', () => {
  test('are left out, each with what to do', async (t) => {
    const codes = {
      core: 'export const logger = {};',
      'plugin-newer': "import { getRequestContext } from 'core'; export default getRequestContext;",
      'plugin-broken': "throw new Error('needs a GPU');",
      'plugin-empty': 'export const nothing = 1;',
      'plugin-good': good,
    };
    const { names, warnings } = await gather(t, codes, [...Object.keys(codes).slice(1), 'plugin-missing']);
    assert.deepEqual(names, ['good']);
    assert.deepEqual(
      warnings.map((warning) => [/plugin-\w+/.exec(warning)?.[0], warning.split(/: |, and is/).at(-1)]),
      [
        ['plugin-newer', 'install a version that fits the project'],
        ['plugin-broken', 'see whether there is a version that runs on Node'],
        ['plugin-empty', ' left out'],
        ['plugin-missing', 'install it in the project'],
      ],
    );
  });
});
