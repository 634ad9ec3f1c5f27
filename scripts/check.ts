/**
 * `npm run check`: format and lint, types, floors, generated docs, plain words, sizes of files and folders,
 * test folders. With `--whole`, and if CI is set, also the size of the web client, and the two minutes of checks/. All run side by side; the output of a check is shown if
 * it has something to say. Exit code 1 if one failed.
 */
import { spawn } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const isTerminal = process.stdout.isTTY === true;
const isWhole = process.argv.includes('--whole') || Boolean(process.env.CI);
const mostLines = 300;
const mostFiles = 15;

type Result = { ok: boolean; output: string; skipped?: boolean };

const checks: Record<string, () => Promise<Result>> = {
  'format and lint': () => runNode('node_modules/@biomejs/biome/bin/biome', ['ci', '--error-on-warnings', colours()]),
  types: () => runNode('node_modules/typescript/bin/tsc', ['--noEmit', '--pretty', String(isTerminal), ...onlyChanged]),
  floors: () => runNode('node_modules/dependency-cruiser/bin/dependency-cruiser.mjs', ['-T', 'err-long', ...sources()]),
  'generated docs': checkDocs,
  words: () => runNode('scripts/check-words.ts', ['--strings']),
  'file sizes': async () => checkSizes(),
  'folder sizes': async () => checkFolderSizes(),
  'test folders': async () => checkFolders(),
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

function checkSizes(): Result {
  const folders = '{packages/*/src,packages/*/tests,tests,checks,official,scripts,prove,bench}';
  const long = globSync([`${folders}/**/*.{ts,tsx,mjs,js}`, '.*.mjs'], { cwd: root })
    .map((path) => ({
      path,
      lines: readFileSync(new URL(`../${path}`, import.meta.url), 'utf8').split('\n').length - 1,
    }))
    .filter(({ lines }) => lines > mostLines)
    .sort((a, b) => b.lines - a.lines);
  const describe = ({ path, lines }: (typeof long)[number]) =>
    `error: ${path} has ${lines} lines; ${mostLines} are the most, split it`;
  return { ok: long.length === 0, output: long.map(describe).join('\n') };
}

/** Who opens a folder sees what is in it: beside its folders it has only so many files. */
function checkFolderSizes(): Result {
  const counts = new Map<string, number>();
  for (const path of globSync('{packages/*/src,scripts,prove,bench}/**/*.*', { cwd: root })) {
    // Results are written, not read in a row.
    if (path.startsWith(join('prove', 'results'))) continue;
    counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
  }
  const crowded = [...counts].filter(([, count]) => count > mostFiles);
  const describe = ([folder, count]: (typeof crowded)[number]) =>
    `error: ${folder} has ${count} files beside each other; ${mostFiles} are the most, put those that belong together into a folder`;
  return { ok: crowded.length === 0, output: crowded.map(describe).join('\n') };
}

/** `npm test` runs the files of a test folder through the one beside it: one that is missing would let them pass unseen. */
function checkFolders(): Result {
  const folders = globSync('{packages/*/tests,tests}/*/', { cwd: root });
  const forgotten = folders.filter(
    (folder) =>
      globSync(`${folder}/**/*.test.ts`, { cwd: root }).length > 0 &&
      !existsSync(new URL(`../${dirname(folder)}/all-${basename(folder)}.test.ts`, import.meta.url)),
  );
  const output = forgotten.map((folder) => `error: no all-${basename(folder)}.test.ts next to ${folder}`).join('\n');
  return { ok: forgotten.length === 0, output };
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
