/** What a run of the torture prints: a line while it goes on, what was done, and the verdict. */
import type { Finding } from './ledger.ts';
import type { Done } from './load.ts';
import type { Tally } from './player.ts';

export type Memory = { firstMb: number; lastMb: number; slopeMbPerMinute: number; holds: boolean };

export type Report = {
  target: string;
  seed: number;
  seconds: number;
  kills: number;
  done: Done;
  tally: Omit<Tally, 'refusals'> & { refusals: Record<string, number> };
  completed: Record<string, number>;
  model: Record<string, number>;
  findings: Finding[];
  memory: Memory | undefined;
  /** Promises that broke; none when all held. */
  broken: string[];
  /** The command that repeats the run. */
  again: string;
};

const list = (counts: Record<string, number>): string =>
  Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([what, count]) => `${what} ${count}`)
    .join(', ') || 'none';

export function formatReport(report: Report, inColour: boolean): string {
  const paint = (code: number, text: string) => (inColour ? `\u001b[${code}m${text}\u001b[0m` : text);
  const { done, tally, memory } = report;
  const row = (what: string, figure: string | number) => `  ${paint(2, what.padEnd(26))} ${figure}`;
  const verdict = (holds: boolean) => (holds ? paint(32, 'holds ') : paint(31, 'BROKEN'));
  const findings = report.findings.flatMap(({ promise, what, count, examples }) => [
    `  ${verdict(count === 0)}  ${promise.padEnd(18)} ${String(count).padStart(6)}  ${what}`,
    ...examples.map((example) => paint(2, `            ${example}`)),
  ]);
  const growth = memory && [
    `  ${verdict(memory.holds)}  ${'memory'.padEnd(18)} ${memory.firstMb} → ${memory.lastMb} MB at steady load, slope ${memory.slopeMbPerMinute} MB/min`,
  ];
  return [
    '',
    `  ${paint(1, 'elizad torture')} of ${report.target}, ${report.seconds} s, seed ${report.seed}`,
    '',
    row('messages sent, acked', `${done.sends}, ${done.acks}`),
    row('retries', tally.retries),
    row('messages heard', tally.heard),
    row('kills of the server', report.kills),
    row('connections cut', done.cuts),
    row('readers that stalled', done.stalls),
    row('rooms left and entered', done.visits),
    row('came back: recovered', `true ${tally.resumed}, false ${tally.fresh}`),
    row('questions by their end', list(report.completed)),
    row('cancels', done.cancels),
    row('what the model did', list(report.model)),
    row('refused for good', list(tally.refusals)),
    '',
    ...findings,
    ...(growth ?? []),
    '',
    report.broken.length === 0
      ? `  ${paint(32, 'Every promise held.')}`
      : `  ${paint(31, `Broken: ${report.broken.join(', ')}.`)}`,
    `  ${paint(2, 'again:')} ${report.again}`,
    '',
    '',
  ].join('\n');
}

/** Rewrites one line on a terminal; elsewhere says something every five seconds. Returns what ends it. */
export function showProgress(describe: () => string, to: NodeJS.WriteStream): () => void {
  const isTerminal = to.isTTY === true;
  const show = () => to.write(isTerminal ? `\r\u001b[K  ${describe()}` : `  ${describe()}\n`);
  const timer = setInterval(show, isTerminal ? 250 : 5_000);
  return () => {
    clearInterval(timer);
    if (isTerminal) to.write('\r\u001b[K');
  };
}
