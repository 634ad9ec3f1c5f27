/**
 * Whoever makes a client of `/openapi.json` or reads `/asyncapi.json` does so with a program of others: none of them may
 * complain, and what the generators make must compile. Run by `npm run test:official`.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type makeDir, openTestServer } from '../packages/server/tests/support/test-server.ts';
import { installTools } from './support/install-tools.ts';

describe('the description of the API, read by', () => {
  let tools: string;
  let dir: string;
  const scope = { after() {} } as unknown as Parameters<typeof makeDir>[0];

  before(async () => {
    tools = installTools('openapi');
    dir = join(tools, 'made');
    mkdirSync(dir, { recursive: true });
    const ends: (() => unknown)[] = [];
    const server = await openTestServer({ ...scope, after: (end: () => unknown) => void ends.push(end) } as never);
    for (const name of ['openapi', 'asyncapi'])
      writeFileSync(join(dir, `${name}.json`), await (await fetch(`${server.url}/${name}.json`)).text());
    for (const end of ends.reverse()) await end();
  });

  /** Runs a program of theirs; it must end well. */
  function run(bin: string, ...args: string[]): string {
    const { name } = JSON.parse(readFileSync(join(tools, 'node_modules', bin, 'package.json'), 'utf8'));
    const { bin: bins } = JSON.parse(readFileSync(join(tools, 'node_modules', name, 'package.json'), 'utf8'));
    const script = join(
      tools,
      'node_modules',
      name,
      typeof bins === 'string' ? bins : (Object.values(bins)[0] as string),
    );
    const ended = spawnSync(process.execPath, [script, ...args], { cwd: dir, encoding: 'utf8', timeout: 120_000 });
    assert.equal(ended.status, 0, `${bin} ${args.join(' ')}\n${ended.stdout}\n${ended.stderr}`);
    return ended.stdout + ended.stderr;
  }

  /** What was made of it compiles, strictly. */
  const compile = (...files: string[]) =>
    run(
      'typescript',
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      ...['--target', 'es2022', '--lib', 'es2022,dom,dom.iterable'],
      ...['--module', 'nodenext', '--moduleResolution', 'nodenext'],
      ...files,
    );

  test('Redocly, without a warning', () => {
    // Two addresses of Eliza OS differ only where one has an id and the other a word; /websocket answers with 101 or 426.
    const ours = ['--skip-rule=no-ambiguous-paths', '--skip-rule=operation-2xx-response'];
    assert.match(run('@redocly/cli', 'lint', '--format=summary', ...ours, 'openapi.json'), /is valid/);
    assert.doesNotMatch(run('@redocly/cli', 'lint', '--format=summary', ...ours, 'openapi.json'), /warning/i);
  });

  test('swagger-parser', async () => {
    const path = join(tools, 'node_modules/@apidevtools/swagger-parser/lib/index.js');
    const { default: parser } = (await import(pathToFileURL(path).href)) as {
      default: { validate(file: string): Promise<{ paths: object }> };
    };
    assert.ok(Object.keys((await parser.validate(join(dir, 'openapi.json'))).paths).length > 100);
  });

  test('openapi-typescript', () => {
    run('openapi-typescript', 'openapi.json', '-o', 'types.d.ts');
    compile('types.d.ts');
  });

  test('hey-api', () => {
    run('@hey-api/openapi-ts', '-i', 'openapi.json', '-o', 'hey', '-c', '@hey-api/client-fetch');
    compile('hey/index.ts');
  });

  test('orval', () => {
    run('orval', '--input', 'openapi.json', '--output', 'orval/api.ts', '--client', 'fetch');
    compile('orval/api.ts');
  });

  test('AsyncAPI’s parser', async () => {
    const path = join(tools, 'node_modules/@asyncapi/parser/cjs/index.js');
    const { Parser } = ((await import(pathToFileURL(path).href)) as { default: { Parser: new () => AsyncParser } })
      .default;
    const { diagnostics, document } = await new Parser().parse(readFileSync(join(dir, 'asyncapi.json'), 'utf8'));
    assert.deepEqual(
      diagnostics.filter(({ severity }) => severity <= 1),
      [],
    );
    assert.ok(document);
  });
});

/** Severity 0 is an error, 1 a warning, more are hints. */
type AsyncParser = {
  parse(text: string): Promise<{ diagnostics: { severity: number; message: string }[]; document?: unknown }>;
};
