/** What a bench makes of its figures: percentiles of one run, medians and spread of several, and ratios run by run. */

/** What several runs of the same gave. */
export type Sample = { median: number; least: number; most: number };

/** One line of the results. A ratio is made run by run, because what disturbs a run disturbs its baseline too. */
export type Row = {
  what: string;
  unit: string;
  ours: Sample;
  baseline?: { name: string; sample: Sample; ratio: Sample };
  target?: { text: string; isMet: boolean };
  /** CPU of server and load while it was measured, in cores. */
  cpu?: { server: number; load: number };
  /** What a reader must know to judge the figure. */
  note?: string;
};

/** A picture: what something costs (y) against how much there is (x), one line for each thing compared; logarithmic where not said. */
export type Picture = {
  file: string;
  title: string;
  x: string;
  y: string;
  isLinear?: boolean;
  lines: { name: string; points: (readonly [number, number])[] }[];
};

export type Findings = { rows: Row[]; pictures?: Picture[]; notes?: string[] };

/** How much of everything is done. */
export type Scale = {
  name: 'full' | 'quick' | 'smoke';
  runs: number;
  /** Length of one run, where a run has a length. */
  seconds: number;
};

/** Says where a family of rows is; a line that is overwritten on a terminal. */
export type Progress = (where: string) => void;

/** One family of rows. */
export type Family = {
  title: string;
  about: string;
  /** It fetches programs of others: only who names it gets it. */
  isOnlyNamed?: boolean;
  run(scale: Scale, progress: Progress): Promise<Findings>;
};

export function summarize(values: readonly number[]): Sample {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: percentile(sorted, 50), least: sorted[0] ?? Number.NaN, most: sorted.at(-1) ?? Number.NaN };
}

/** Of values in ascending order; the middle of an even number of them is between two. */
export function percentile(sorted: readonly number[], which: number): number {
  const place = ((sorted.length - 1) * which) / 100;
  const [below = Number.NaN, above = below] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return below + (above - below) * (place % 1);
}

/** `ours` against `baseline`, pairwise: the values of the same index are of the same run. */
export function compare(name: string, ours: readonly number[], baseline: readonly number[]) {
  const ratio = summarize(ours.map((value, run) => value / (baseline[run] ?? Number.NaN)));
  return { name, sample: summarize(baseline), ratio };
}

/**
 * Runs each of several things once for each run, in turns, so that noise of the machine hits all of them; and in the other
 * order every second time, as whoever comes right after another is a few in a hundred off.
 */
export async function interleave<Name extends string, Result>(
  runs: number,
  things: Record<Name, () => Promise<Result>>,
  progress: Progress,
): Promise<Record<Name, Result[]>> {
  const entries = Object.entries(things) as [Name, () => Promise<Result>][];
  const results = Object.fromEntries(entries.map(([name]) => [name, [] as Result[]])) as Record<Name, Result[]>;
  for (let run = 1; run <= runs; run++) {
    for (const [name, measure] of run % 2 === 1 ? entries : entries.toReversed()) {
      progress(`${name}, run ${run} of ${runs}`);
      results[name].push(await measure());
    }
  }
  return results;
}

/** By size: 0.0123, 1.23, 12.3, 1,234. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US');
  return value === 0 ? '0' : Number(value.toPrecision(3)).toString();
}
