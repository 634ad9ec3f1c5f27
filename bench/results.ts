/** The results as they are kept: bench/results.md, a section for each family of rows, and the pictures beside it. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { describeMachine } from '../prove/result.ts';
import { drawChart } from './chart.ts';
import { type Family, type Findings, formatNumber, type Row, type Sample } from './measure.ts';

const folder = import.meta.dirname;
const path = join(folder, 'results.md');
/** A load that uses more of a core than this may be what limits the figure. */
const busy = 0.8;

const head = `# Results

\`npm run bench\` writes this file; \`npm run bench -- fan-out ingest\` only those sections. Each figure is the median of several
runs, with the least and the most in brackets; a ratio is made run by run, and baseline and ours take turns. CPU is in
cores, of the server and of the process that loads it. What the figures mean: [docs/performance.md](../docs/performance.md).
`;

function formatSection({ title, about }: Family, { rows, notes = [], pictures = [] }: Findings, runs: number): string {
  return [
    `## ${title}`,
    '',
    about,
    '',
    `${new Date().toISOString().slice(0, 10)}, commit ${readCommit()}, ${runs} runs, ${describeMachine()}.${describeOthers()}`,
    '',
    '| | ours | baseline | ratio | target | CPU server, load |',
    '|---|---|---|---|---|---|',
    ...rows.map(formatRow),
    '',
    ...(notes.length > 0 ? [...notes, ''] : []),
    ...pictures.flatMap(({ file, title: shown }) => [`![${shown}](${file}.svg)`, '']),
  ].join('\n');
}

function formatRow({ what, unit, ours, baseline, target, cpu, note }: Row): string {
  const limits = cpu && cpu.load > busy ? ' The load was busy: it limits the figure.' : '';
  const remark = note || limits ? `<br>${note ?? ''}${limits}` : '';
  const cells = [
    `${what}${remark}`,
    `**${formatNumber(ours.median)}** ${unit}${formatSpread(ours)}`,
    baseline ? `${baseline.name}: ${formatNumber(baseline.sample.median)}${formatSpread(baseline.sample)}` : '',
    baseline ? `${formatNumber(baseline.ratio.median)} ×${formatSpread(baseline.ratio)}` : '',
    target ? `${target.text}: ${target.isMet ? 'met' : '**not met**'}` : '',
    cpu ? `${cpu.server.toFixed(2)}, ${cpu.load.toFixed(2)}` : '',
  ];
  return `| ${cells.join(' | ')} |`;
}

const formatSpread = ({ least, most }: Sample): string =>
  least === most ? '' : ` (${formatNumber(least)}–${formatNumber(most)})`;

/** A section with its pictures, by file name, as they would be kept. */
export type Rendered = { title: string; section: string; pictures: Record<string, string> };

export function render(family: Family, findings: Findings, runs: number): Rendered {
  const pictures = (findings.pictures ?? []).map((picture) => [`${picture.file}.svg`, drawChart(picture)]);
  const section = formatSection(family, findings, runs);
  return { title: family.title, section, pictures: Object.fromEntries(pictures) };
}

/** Puts the section in the place of the one with its title, or behind the others, and the pictures beside it. */
export function keep({ title, section, pictures }: Rendered): void {
  const before = existsSync(path)
    ? readFileSync(path, 'utf8')
        .split(/^(?=## )/m)
        .slice(1)
    : [];
  const isOld = (one: string) => one.startsWith(`## ${title}\n`);
  const sections = before.some(isOld) ? before.map((one) => (isOld(one) ? section : one)) : [...before, section];
  writeFileSync(path, `${[head, ...sections].map((one) => one.trimEnd()).join('\n\n')}\n`);
  for (const [file, svg] of Object.entries(pictures)) writeFileSync(join(folder, file), svg);
}

/** Read before anything is started here. */
const loadBefore = loadavg()[0] ?? 0;

/** Figures of a machine that does other things at the same time are not what it can do; the ratios are nearer. */
const describeOthers = (): string =>
  loadBefore > 0.5
    ? ` **The machine was busy with other things: its load average was ${loadBefore.toFixed(1)} before the start.** The ratios say more than the figures.`
    : '';

function readCommit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8', cwd: folder }).trim();
  try {
    // Only what is measured counts.
    const isChanged = git('status', '--porcelain', '--', ':/packages') !== '';
    return `${git('rev-parse', '--short', 'HEAD')}${isChanged ? ' with changes' : ''}`;
  } catch {
    return 'unknown';
  }
}
