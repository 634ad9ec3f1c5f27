/**
 * `npm run check`: format and lint, types, floors, generated docs, plain words, sizes of files and folders. With `--whole`, and
 * if CI is set, also the size of the web client, and the two minutes of checks/. All run side by side; the output of a check is
 * shown if it has something to say. Exit code 1 if one failed.
 */
import { spawn } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const isTerminal = process.stdout.isTTY === true;
const isWhole = process.argv.includes('--whole') || Boolean(process.env.CI);

type Result = { ok: boolean; output: string; skipped?: boolean };

const checks: Record<string, () => Promise<Result>> = {
  'format and lint': () => runNode('node_modules/@biomejs/biome/bin/biome', ['ci', '--error-on-warnings', colours()]),
  types: () => runNode('node_modules/typescript/bin/tsc', ['--noEmit', '--pretty', String(isTerminal), ...onlyChanged]),
  floors: () => runNode('node_modules/dependency-cruiser/bin/dependency-cruiser.mjs', ['-T', 'err-long', ...sources()]),
  'generated docs': checkDocs,
  words: () => runNode('scripts/checks/words.ts', ['--strings']),
  sizes: () => runNode('scripts/checks/sizes.ts'),
  ...(isWhole && { 'web budget': () => runNode('scripts/run.mjs', ['web:budget', '--bytes']) }),
  ...(isWhole && { 'checks/': () => runNode('--test', ['--test-reporter=spec', 'checks/*.test.ts']) }),
};

const colours = () => `--colors=${isTerminal ? 'force' : 'off'}`;
/** What has not changed since the last check is not checked again: a sixth of the time. */
const onlyChanged = ['--incremental', '--tsBuildInfoFile', 'node_modules/.cache/types.tsbuildinfo'];
const sources = () => globSync('packages/*/src', { cwd: root }).sort();

function runNode(script: string, args: string[] = []): Promise<Result> {
  const child = spawn(process.execPath, [script, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ ok: false, output: error.message }));
    child.once('close', (code) => resolve({ ok: code === 0, output }));
  });
}

async function checkDocs(): Promise<Result> {
  const script = 'scripts/generate-docs.ts';
  if (!existsSync(new URL(`../${script}`, import.meta.url))) {
    return { ok: true, skipped: true, output: `skipped: there is no ${script} yet` };
  }
  return runNode(script, ['--check']);
}

/** Lines of the test runner's report: a test that was not run must not pass unseen. */
const listSkippedTests = (output: string) =>
  output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('﹣'))
    .join('\n');

const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
const startedAt = performance.now();

// Started together, shown in the order of the table.
const running = Object.entries(checks).map(([name, check]) => ({
  name,
  result: check().then((result) => ({ ...result, time: seconds(startedAt) })),
}));
let failed = 0;
for (const { name, result } of running) {
  const { ok, skipped, output, time } = await result;
  if (!ok) failed += 1;
  process.stdout.write(`${skipped ? '–' : ok ? '✔' : '✖'} ${name.padEnd(16)} ${time}\n`);
  // What succeeds is quiet, but for what it skipped and for test reports.
  const isShown = !ok || skipped;
  const shown = isShown ? output : listSkippedTests(output);
  if (shown.trim()) process.stdout.write(`${shown.trimEnd().replace(/^/gm, '    ')}\n`);
}
const verdict = failed === 0 ? 'all green' : `${failed} of ${running.length} failed`;
process.stdout.write(`\ncheck: ${verdict}, ${seconds(startedAt)}\n`);
process.exitCode = failed === 0 ? 0 : 1;
