/**
 * `npm run bench`: what the server can do, against baselines measured in the same run. Names of families measure only
 * those; the results are kept in bench/results.md. `--quick` and `--smoke` do less, and keep nothing.
 */
import { parseArgs } from 'node:util';
import { createAgainst } from './against.ts';
import { type Family, type Findings, formatNumber, type Row, type Scale } from './measure.ts';
import { agents } from './measures/agents.ts';
import { elizaProject } from './measures/eliza-project.ts';
import { fanOut } from './measures/fan-out.ts';
import { history } from './measures/history.ts';
import { ingest } from './measures/ingest.ts';
import { installSize } from './measures/install-size.ts';
import { memory } from './measures/memory.ts';
import { rest } from './measures/rest.ts';
import { start } from './measures/start.ts';
import { turn } from './measures/turn.ts';
import { profiling } from './processes.ts';
import { keep, render } from './results.ts';

const families: Record<string, Family> = {
  'fan-out': fanOut,
  ingest,
  turn,
  agents,
  start,
  memory,
  history,
  http: rest,
  'install-size': installSize,
  'eliza-project': elizaProject,
};
const scales: Record<Scale['name'], Scale> = {
  full: { name: 'full', runs: 5, seconds: 0.8 },
  quick: { name: 'quick', runs: 3, seconds: 0.5 },
  smoke: { name: 'smoke', runs: 1, seconds: 0.1 },
};
const usage = `usage: npm run bench -- [${Object.keys(families).join(' | ')}]… [--runs 5] [--quick | --smoke] [--profile <folder>]\n       npm run bench -- --against <commit> [--runs 5] [--quick | --smoke]\n`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string' },
    quick: { type: 'boolean' },
    smoke: { type: 'boolean' },
    /** Where each elizad leaves a CPU profile when it ends; what is measured then is not kept. */
    profile: { type: 'string' },
    /** Nothing but this tree against a commit of it. */
    against: { type: 'string' },
  },
});
const chosen = scales[values.smoke ? 'smoke' : values.quick ? 'quick' : 'full'];
const scale = { ...chosen, runs: Number(values.runs ?? chosen.runs) };
const unknown = positionals.find((name) => !Object.hasOwn(families, name));
if (unknown !== undefined || !(scale.runs >= 1)) {
  process.stderr.write(usage);
  process.exit(2);
}
profiling.folder = values.profile;
const isKept = scale.name === 'full' && values.profile === undefined;
const began = performance.now();

const wanted =
  values.against === undefined
    ? Object.entries(families).filter(([name, { isOnlyNamed }]) =>
        positionals.length === 0 ? !isOnlyNamed : positionals.includes(name),
      )
    : [['against', createAgainst(values.against)] as const];
// The smoke test measures nothing: its families need not wait for each other.
const all = scale.name === 'smoke' ? wanted.map(([name, family]) => find(name, family)) : [];
for (const [index, [name, family]] of wanted.entries()) {
  const findings = await (all[index] ?? find(name, family));
  showProgress('');
  process.stdout.write(`\n${family.title}\n${findings.rows.map(formatLine).join('\n')}\n`);
  const rendered = render(family, findings, scale.runs);
  if (isKept) keep(rendered);
}
const took = Math.round((performance.now() - began) / 1000);
process.stdout.write(`\n${took} s${isKept ? '; written to bench/results.md' : ''}\n`);
process.exit(0);

function find(name: string, family: Family): Promise<Findings> {
  return family.run(scale, (where) => showProgress(`${name}: ${where}`));
}

/** One line: overwritten on a terminal, left alone in a file. */
function showProgress(text: string): void {
  const seconds = String(Math.round((performance.now() - began) / 1000)).padStart(4);
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text === '' ? '' : `${seconds} s  ${text}`}`);
  else if (text !== '') process.stderr.write(`${seconds} s  ${text}\n`);
}

function formatLine({ what, unit, ours, baseline, target, cpu }: Row): string {
  const parts = [
    `  ${what.padEnd(62)} ${formatNumber(ours.median).padStart(9)} ${unit}`,
    baseline && `${formatNumber(baseline.ratio.median)} × ${baseline.name}`,
    target && `${target.text}: ${target.isMet ? 'met' : 'NOT MET'}`,
    cpu && `CPU ${cpu.server.toFixed(2)} + ${cpu.load.toFixed(2)}`,
  ];
  return parts.filter(Boolean).join(' · ');
}
