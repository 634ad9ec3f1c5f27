/** The last result of a long proof, kept in prove/results: what ran, where, on which commit, and what came out. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

export type ProofResult = {
  /** File name in prove/results, and of the command: `npm run prove:<name>`. */
  name: string;
  /** What is proved, in one sentence. */
  claim: string;
  /** How it was called, beside the defaults. */
  seeds: readonly (number | string)[];
  /** What was measured: a name, and the figure with its unit. */
  figures: readonly (readonly [string, string])[];
  holds: boolean;
  /** Anything a reader must know to judge the figures. */
  notes?: string;
};

/** Writes `prove/results/<name>.md`, prints the verdict, and sets the exit code: 0 when it holds. */
export function keepResult({ name, claim, seeds, figures, holds, notes }: ProofResult): void {
  const lines = [
    `# ${name}`,
    '',
    claim,
    '',
    `**${holds ? 'Holds' : 'Does not hold'}.** \`npm run prove:${name}\``,
    '',
    '| | |',
    '|---|---|',
    `| date | ${new Date().toISOString().slice(0, 10)} |`,
    `| commit | ${readCommit()} |`,
    `| machine | ${describeMachine()} |`,
    `| seeds | ${seeds.length > 0 ? seeds.join(', ') : 'none'} |`,
    ...figures.map(([what, figure]) => `| ${what} | ${figure} |`),
    ...(notes ? ['', notes] : []),
    '',
  ];
  const folder = new URL('results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const path = fileURLToPath(new URL(`${name}.md`, folder));
  writeFileSync(path, lines.join('\n'));
  for (const [what, figure] of figures) process.stdout.write(`${what.padEnd(48)} ${figure}\n`);
  process.stdout.write(`\n${name}: ${holds ? 'holds' : 'does not hold'}; written to ${path}\n`);
  process.exitCode = holds ? 0 : 1;
}

function readCommit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8', cwd: import.meta.dirname }).trim();
  try {
    // The results themselves are what a proof changes.
    const isChanged = git('status', '--porcelain', '--', ':/', ':!/prove/results') !== '';
    return `${git('rev-parse', '--short', 'HEAD')}${isChanged ? ', with changes' : ''}`;
  } catch {
    return 'unknown';
  }
}

export const describeMachine = (): string =>
  `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}, Node ${process.version}`;
