/** What a run prints at its end: what was done, the verdict on each promise, and how to do it again. */
import { toTerminalLine } from '../../observability/terminal-text.ts';
import type { Summary } from './project/questions.ts';
import type { Outcome } from './run.ts';
import type { Verdict } from './verdict.ts';

export type Report = Omit<Outcome, 'findings' | 'tally'> & {
  target: string;
  seed: number;
  tally: Omit<Outcome['tally'], 'refusals'>;
  /** How often the model did what. */
  model: Record<string, number>;
  verdicts: Verdict[];
  /** Promises that broke; none when all held. */
  broken: string[];
  /** The command that repeats the run. */
  again: string;
  /** Where the server's data and log are, when something broke. */
  kept?: string;
};

const list = (counts: Record<string, number>): string =>
  Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([what, count]) => `${what}: ${count}`)
    .join('; ') || 'none';

type Row = (what: string, figure: string | number) => string;

const describeProject = ({ kills, moments, ends, longestMs }: Summary, row: Row): string[] => [
  row('kills of the project', kills.project),
  row('moments of the kills', list(moments)),
  row('questions to it', toTerminalLine(list(ends))),
  row('longest until an end', `${(longestMs / 1_000).toFixed(1)} s`),
];

export function formatReport(report: Report, inColour: boolean): string {
  const paint = (code: number, text: string) => (inColour ? `\u001b[${code}m${text}\u001b[0m` : text);
  const dim = (text: string) => paint(2, text);
  const { done, tally, verdicts, broken, kept, project } = report;
  const row = (what: string, figure: string | number) => `  ${dim(what.padEnd(24))} ${figure}`;
  const lines = verdicts.flatMap(({ promise, holds, count, about, findings }) => [
    `  ${holds ? paint(32, 'holds ') : paint(31, 'BROKEN')}  ${promise.padEnd(17)} ${String(count).padStart(6)}  ${dim(about)}`,
    ...findings.flatMap((finding) => [
      `  ${String(finding.count).padStart(33)}  ${toTerminalLine(finding.what)}`,
      ...finding.examples.map((example) => dim(`${' '.repeat(37)}${toTerminalLine(example)}`)),
    ]),
  ]);
  return [
    '',
    `  ${paint(1, 'elizad torture')} of ${report.target}, ${report.seconds} s, seed ${report.seed}`,
    '',
    row('messages sent, acked', `${done.sends}, ${done.acks}`),
    row('retries', tally.retries),
    row('messages received', tally.heard),
    row('kills of the server', project?.kills.server ?? report.kills),
    ...(project ? describeProject(project, row) : []),
    row('connections cut', done.cuts),
    row('readers that stalled', done.stalls),
    row('rooms left and joined', done.visits),
    row('came back: recovered', `true ${tally.resumed}, false ${tally.fresh}`),
    row('received again, as allowed', report.heardAgain),
    row('cancels', done.cancels),
    row('questions by their end', toTerminalLine(list(report.completed))),
    row('what the model did', list(report.model)),
    '',
    ...lines,
    '',
    broken.length === 0 ? `  ${paint(32, 'Every promise held.')}` : `  ${paint(31, `Broken: ${broken.join(', ')}.`)}`,
    `  ${dim('again:')} ${report.again}`,
    ...(kept === undefined ? [] : [`  ${dim("the server's data and log:")} ${kept}`]),
    '',
    '',
  ].join('\n');
}
