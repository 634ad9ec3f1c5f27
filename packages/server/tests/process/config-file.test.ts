/** `elizad.config.ts`: which file is read, what it may hold, and the line that each mistake gets. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readConfig } from '../../src/agents/config/content.ts';
import { loadConfigFile } from '../../src/agents/config/file.ts';
import { ConfigFileError } from '../../src/agents/config/loaded-config.ts';
import { readSettings } from '../../src/config.ts';
import { defineAction, defineConfig, definePlugin, z } from '../../src/index.ts';
import { makeDir } from '../support/test-server.ts';

const actionNamed = (name: string) =>
  defineAction({ name, description: 'x', parameters: z.object({}), run: () => undefined });

/** A config in a folder of its own, outside of any package. */
function writeConfig(t: TestContext, source: string, name = 'elizad.config.ts'): { dir: string; path: string } {
  const dir = makeDir(t);
  const path = join(dir, name);
  writeFileSync(path, source);
  return { dir, path };
}

const refuses = (loading: Promise<unknown> | (() => unknown), line: RegExp) => {
  const check = (error: unknown) => {
    assert.ok(error instanceof ConfigFileError, String(error));
    assert.match(error.message, line);
    return true;
  };
  return typeof loading === 'function' ? assert.throws(loading, check) : assert.rejects(loading, check);
};

const minimal = `
import { defineAction, defineConfig, z } from 'elizad';
const hello = defineAction({
  name: 'hello', description: 'Greets.', parameters: z.object({ name: z.string() }),
  run: ({ name }: { name: string }): string => \`Hello \${name}\`,
});
export default defineConfig({ actions: [hello] });
`;

describe('which file is read', () => {
  it('none that was only found where others could have put it; one that was named, with a warning', {
    skip: !process.getuid,
  }, async (t) => {
    const ran = 'export default (globalThis.ranConfigs = (globalThis.ranConfigs ?? 0) + 1, {});';
    const { dir, path } = writeConfig(t, ran, 'elizad.config.mjs');
    chmodSync(path, 0o666);
    await refuses(loadConfigFile({ directory: dir }), /would be run.*everyone can write .*chmod o-w .*ELIZAD_CONFIG/);
    chmodSync(path, 0o644);
    chmodSync(dir, 0o777);
    await refuses(loadConfigFile({ directory: dir }), /would be run.*everyone can write/);
    assert.equal('ranConfigs' in globalThis, false);
    chmodSync(path, 0o666);
    const lines: string[] = [];
    const { from } = await loadConfigFile({ path, directory: dir, warn: (line) => lines.push(line) });
    assert.equal(from, path);
    assert.match(lines.join(), /named config file can be changed by other users/);
  });

  it('none, when there is none', async (t) => {
    const { from, actions, plugins } = await loadConfigFile({ directory: makeDir(t) });
    assert.deepEqual([from, actions, plugins], [undefined, [], []]);
  });

  for (const name of ['elizad.config.ts', 'elizad.config.mts', 'elizad.config.js', 'elizad.config.mjs']) {
    it(`${name} of the folder, which imports elizad though nothing is installed there`, async (t) => {
      const source = name.endsWith('ts') ? minimal : minimal.replace(/: \{ name: string \}\): string/, ')');
      const { dir, path } = writeConfig(t, source, name);
      const { from, actions } = await loadConfigFile({ directory: dir });
      assert.equal(from, path);
      assert.deepEqual(
        actions.map((action) => action.name),
        ['hello'],
      );
    });
  }

  it('never two', async (t) => {
    const { dir } = writeConfig(t, minimal);
    writeFileSync(join(dir, 'elizad.config.mjs'), 'export default {}');
    await refuses(
      loadConfigFile({ directory: dir }),
      /^Two config files: .*config\.ts and .*config\.mjs\. Keep one\.$/,
    );
  });

  it('that of ELIZAD_CONFIG, which must be there', async (t) => {
    const { dir, path } = writeConfig(t, minimal, 'mine.ts');
    const { config } = readSettings({ env: { ELIZAD_CONFIG: path } });
    assert.equal(config, path);
    assert.equal((await loadConfigFile({ path: config, directory: '/' })).from, path);
    await refuses(
      loadConfigFile({ path: 'gone.ts', directory: dir }),
      /^ELIZAD_CONFIG: the file .*gone\.ts does not exist\.$/,
    );
  });

  it('with the TypeScript files beside it, without a warning, in a folder without a package.json', async (t) => {
    const dir = makeDir(t);
    mkdirSync(join(dir, 'actions'));
    writeFileSync(join(dir, 'actions/hello.ts'), minimal.replace(/export default .*/, 'export { hello };'));
    writeFileSync(
      join(dir, 'elizad.config.ts'),
      "import { hello } from './actions/hello.ts';\nexport default { actions: [hello] };\n",
    );
    const loader = fileURLToPath(new URL('../../src/agents/config/file.ts', import.meta.url));
    const script = `const { loadConfigFile } = await import(${JSON.stringify(loader)});
      console.log((await loadConfigFile({ directory: '.' })).actions[0].name);`;
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      cwd: dir,
    });
    assert.deepEqual([stdout, stderr], ['hello\n', '']);
  });
});

describe('a file that cannot be run', () => {
  const cases: [string, string, string, RegExp][] = [
    [
      'TypeScript',
      'elizad.config.ts',
      'const x: number = 1;\nexport default { x: };',
      /config\.ts:2: Expression expected$/,
    ],
    [
      'JavaScript',
      'elizad.config.mjs',
      'export default {\n  a: 1,\n  b: (\n};\n',
      /config\.mjs:4: Unexpected token '}'$/,
    ],
    ['what types cannot be stripped of', 'elizad.config.ts', 'enum A { B }\nexport default A;', /config\.ts:1: .*enum/],
  ];
  for (const [what, name, source, line] of cases) {
    it(`is named with the line of a fault in its syntax: ${what}`, async (t) => {
      await refuses(loadConfigFile({ directory: writeConfig(t, source, name).dir }), line);
    });
  }

  it('is named with what it threw, and where', async (t) => {
    const { dir } = writeConfig(t, "export default {};\n\nthrow new Error('boom');\n");
    await refuses(loadConfigFile({ directory: dir }), /elizad\.config\.ts:3: it threw Error: boom$/);
  });

  it('is told which package is missing, and which export', async (t) => {
    const missing = writeConfig(t, "import { x } from 'nothing-here';\nexport default x;\n");
    await refuses(
      loadConfigFile({ directory: missing.dir }),
      /config\.ts: Cannot find package 'nothing-here'\. Install it next to the config file/,
    );
    const wrong = writeConfig(t, "import { defineActions } from 'elizad';\nexport default defineActions;\n");
    await refuses(
      loadConfigFile({ directory: wrong.dir }),
      /config\.ts:1: .*'elizad' does not provide .*defineActions/,
    );
  });

  it('is told how to end when it exports nothing by default', async (t) => {
    const { dir } = writeConfig(t, 'export const config = {};\n');
    await refuses(loadConfigFile({ directory: dir }), /no default export. Expected: export default defineConfig/);
  });
});

describe('what a config may hold', () => {
  it('plugins, and actions, sources and hooks of its own: the plugins’ come first', () => {
    const source = { heading: 'Weather', recall: async () => ['It rains.'] };
    const hook = { afterTurn: () => {} };
    const plugin = definePlugin({
      name: 'weather',
      actions: [actionNamed('forecast')],
      contextSources: [source],
      hooks: [hook],
    });
    const own = { actions: [actionNamed('own')], hooks: [hook] };
    const servers = { files: { command: 'npx', args: ['x'] }, web: { url: 'https://example.com/mcp' } };
    const loaded = readConfig(defineConfig({ ...own, plugins: [plugin], mcp: { servers } }), 'f');
    assert.deepEqual(loaded.plugins, ['weather']);
    assert.deepEqual(
      loaded.actions.map(({ name }) => name),
      ['forecast', 'own'],
    );
    assert.deepEqual(loaded.contextSources, [source]);
    assert.deepEqual(
      loaded.hooks.map((one) => one.plugin),
      ['weather', 'the config itself'],
    );
    assert.deepEqual(loaded.mcpServers, {
      files: { command: 'npx', args: ['x'], env: {} },
      web: { type: 'http', url: 'https://example.com/mcp', headers: {} },
    });
  });

  it('MCP servers as other hosts write them, with fields that only those know', () => {
    const servers = { files: { type: 'stdio', command: 'npx', timeout: 5, alwaysAllow: [] } } as object;
    assert.deepEqual(Object.keys(readConfig({ mcp: { servers } }, 'f').mcpServers), ['files']);
  });

  const good = actionNamed('good');
  const wrong: [unknown, RegExp][] = [
    [7, /^f: \(the default export\): .*expected object/],
    [{ plugin: [] }, /^f: plugin: unknown field; did you mean plugins\?$/],
    [{ something: [] }, /^f: something: unknown field; known fields: actions, contextSources, hooks, plugins, mcp$/],
    [{ plugins: [{ name: 'p', action: [] }] }, /^f: plugins\[0\]\.action: unknown field; did you mean actions\?$/],
    [{ plugins: [{ actions: [] }] }, /^f: plugins\[0\]\.name: .*expected string/],
    [
      { actions: [{ ...good, name: 'roll dice' }] },
      /^f: actions\[0\]\.name: expected 1 to 64 letters, digits, _ or -$/,
    ],
    [{ actions: [{ ...good, aproval: true }] }, /^f: actions\[0\]\.aproval: unknown field; did you mean approval\?$/],
    [{ actions: [{ ...good, approval: 'yes' }] }, /^f: actions\[0\]\.approval: .*expected object/],
    [
      { actions: [{ ...good, approval: { otherwise: 'no' } }] },
      /^f: actions\[0\]\.approval\.otherwise: .*"approve"\|"deny"/,
    ],
    [
      { actions: [{ ...good, approval: { qestion: '?' } }] },
      /^f: actions\[0\]\.approval\.qestion: .*did you mean question\?$/,
    ],
    [{ actions: [{ ...good, timeoutMs: 0 }] }, /^f: actions\[0\]\.timeoutMs: /],
    [{ actions: [{ ...good, run: 'x' }] }, /^f: actions\[0\]\.run: expected a function$/],
    [
      { actions: [{ ...good, parameters: {} }] },
      /^f: actions\[0\]\.parameters: expected a zod schema of an object: z\.object/,
    ],
    [
      { actions: [{ ...good, parameters: z.string() }] },
      /^f: actions\[0\]\.parameters: expected a zod schema of an object/,
    ],
    [
      { actions: [{ ...good, parameters: z.object({ at: z.date() }) }] },
      /^f: actions\[0\]\.parameters: expected types that JSON has .*Date/,
    ],
    [{ hooks: [{ beforTurn: () => {} }] }, /^f: hooks\[0\]\.beforTurn: unknown field; did you mean beforeTurn\?$/],
    [{ contextSources: [{ heading: 'x' }] }, /^f: contextSources\[0\]\.recall: expected a function$/],
    [{ mcp: { server: {} } }, /^f: mcp\.server: unknown field; did you mean servers\?$/],
    [
      { mcp: { servers: { a: {} } } },
      /^f: mcp\.servers\.a: expected \{command, args\?, env\?, cwd\?\}, or \{type\?, url, headers\?\}$/,
    ],
    [
      { mcp: { servers: { a: { command: 'x', arg: ['y'] } } } },
      /^f: mcp\.servers\.a\.arg: unknown field; did you mean args\?$/,
    ],
    [{ mcp: { servers: { a: { command: 'x', env: { N: 1 } } } } }, /^f: mcp\.servers\.a\.env\.N: .*expected string/],
    [
      { mcp: { servers: { a: { url: 'x', type: 'ws' } } } },
      /^f: mcp\.servers\.a\.type: .*"http"\|"streamable-http"\|"sse"/,
    ],
  ];
  for (const [value, line] of wrong) {
    it(`refuses what does not fit: ${line.source.slice(4, 60)}`, () => refuses(() => readConfig(value, 'f'), line));
  }

  it('names all mistakes, each on a line of its own', () => {
    refuses(() => readConfig({ plugin: [], actions: [{ ...good, run: 1 }] }, 'f'), /^f: [^\n]+\nf: [^\n]+$/);
  });

  it('no action twice: both owners are named', () => {
    const a = definePlugin({ name: 'a', actions: [good] });
    const b = definePlugin({ name: 'b', actions: [actionNamed('good')] });
    refuses(() => readConfig({ plugins: [a, b] }, 'f'), /^f: action good: both a and b have it\./);
    refuses(() => readConfig({ plugins: [a], actions: [good] }, 'f'), /both a and the config itself have it/);
    refuses(() => readConfig({ actions: [good, good] }, 'f'), /the config itself has it twice/);
    refuses(() => readConfig({ plugins: [a, { name: 'a' }] }, 'f'), /^f: plugin a: is listed twice/);
  });
});
