/** What a run says about each promise: a row that holds or is broken, with what was found under it. */
import type { Promised } from './ledger.ts';
import type { Outcome } from './run.ts';

/** One kind of finding, with the first few examples. */
type Found = { kind: string; what: string; count: number; examples: readonly string[] };

export type Verdict = {
  promise: string;
  holds: boolean;
  /** How often it was broken. */
  count: number;
  /** What was looked for, or measured. */
  about: string;
  findings: Found[];
};

const promises: Record<Promised, string> = {
  'acked is durable': 'lost, or stored with another id or seq',
  order: 'gaps in seq, received out of order',
  once: 'stored, answered or received twice, two acknowledgements',
  resume: 'missed by a client in the room, started fresh without need',
  'every turn ends': 'questions without messageComplete, or with two',
};

export function judgeRun({ findings, memory, failures, tally }: Outcome): Verdict[] {
  const rows = Object.entries(promises).map(([promise, about]) =>
    toVerdict(
      promise,
      about,
      findings.filter((finding) => finding.promise === promise),
    ),
  );
  const refusals = [...tally.refusals].map(([what, count]) => ({ kind: 'refused', what, count, examples: [] }));
  rows.push(toVerdict('no refusals', 'refused although valid', refusals));
  if (memory) {
    const { before, after, messages, grownMb, holds } = memory;
    const about = `kept ${mb(before.kept)} → ${mb(after.kept)} MB over ${messages} messages, resident ${mb(before.resident)} → ${mb(after.resident)} MB`;
    const grown = { kind: 'grown', what: `grew by ${mb(grownMb)} MB`, count: holds ? 0 : 1, examples: [] };
    rows.push(toVerdict('memory', about, [grown]));
  }
  const ends = { kind: 'down', what: 'the server was down without being killed', count: failures.length };
  rows.push(toVerdict('stays up', 'ended by itself, or did not restart', [{ ...ends, examples: failures }]));
  return rows;
}

const mb = (value: number) => value.toFixed(1);

function toVerdict(promise: string, about: string, found: readonly Found[]): Verdict {
  const findings = found
    .filter(({ count }) => count > 0)
    .map(({ kind, what, count, examples }) => ({ kind, what, count, examples }));
  const count = findings.reduce((sum, finding) => sum + finding.count, 0);
  return { promise, holds: count === 0, count, about, findings };
}
