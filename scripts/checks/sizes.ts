/**
 * How much one opens at a time: a file has at most 300 lines, a folder of source 15 files beside its folders, and each folder of
 * tests is run by the file next to it. Looks below the working directory; exit code 1, and a line for each breach.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const mostLines = 300;
const mostFiles = 15;

function listLong(): string[] {
  const folders = '{packages/*/src,packages/*/tests,tests,checks,official,scripts,prove,bench}';
  return globSync([`${folders}/**/*.{ts,tsx,mjs,js}`, '.*.mjs'])
    .map((path) => ({ path, lines: readFileSync(path, 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > mostLines)
    .sort((a, b) => b.lines - a.lines)
    .map(({ path, lines }) => `${path} has ${lines} lines; ${mostLines} are the most, split it`);
}

function listCrowded(): string[] {
  const counts = new Map<string, number>();
  for (const path of globSync('{packages/*/src,scripts,prove,bench}/**/*.*')) {
    // Results are written, not read in a row.
    if (path.startsWith(join('prove', 'results'))) continue;
    counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count > mostFiles)
    .map(
      ([folder, count]) =>
        `${folder} has ${count} files beside each other; ${mostFiles} are the most, put those that belong together into a folder`,
    );
}

/** `npm test` runs the files of a test folder through the one beside it: one that is missing would let them pass unseen. */
function listForgotten(): string[] {
  return globSync('{packages/*/tests,tests}/*/')
    .filter((folder) => globSync(`${folder}/**/*.test.ts`).length > 0)
    .map((folder) => ({ folder, runner: join(dirname(folder), `all-${basename(folder)}.test.ts`) }))
    .filter(({ runner }) => !existsSync(runner))
    .map(({ folder, runner }) => `no ${basename(runner)} next to ${folder}`);
}

const breaches = [...listLong(), ...listCrowded(), ...listForgotten()];
for (const breach of breaches) process.stderr.write(`error: ${breach}\n`);
process.exitCode = breaches.length === 0 ? 0 : 1;
