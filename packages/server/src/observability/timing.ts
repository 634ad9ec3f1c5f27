/**
 * How long something takes: percentiles of the last seconds, and buckets since the start for who scrapes them. To record
 * one costs a loop over a few numbers.
 */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** Upper bounds of the buckets, in ms; what took longer is counted in `count` alone. */
export const timingBounds: readonly number[] = [
  1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000,
];

/** In ms; null where nothing was recorded. */
export type Percentiles = { readonly p50: number | null; readonly p99: number | null };

export type Timing = {
  /** How many there were since the start. */
  readonly count: number;
  readonly sumMs: number;
  /** Not cumulative: how many fell into each of `timingBounds`. */
  readonly buckets: readonly number[];
  record(ms: number): void;
  /** Of the window under way and the one before it. */
  read(): Percentiles;
  /** Ends the window under way: what it had. */
  turnOver(): Percentiles;
};

/** Recorded in µs: the least is 1 µs, the most an hour, to one part in a hundred. */
const perMs = 1_000;
const highest = 3_600_000 * perMs;
const openWindow = () => createHistogram({ lowest: 1, highest, figures: 2 });

export function createTiming(): Timing {
  const buckets: number[] = timingBounds.map(() => 0);
  let current = openWindow();
  let last = openWindow();
  let count = 0;
  let sumMs = 0;
  return {
    get count() {
      return count;
    },
    get sumMs() {
      return sumMs;
    },
    buckets,
    record(measured) {
      // The clock may have been set back meanwhile.
      const ms = Math.max(0, measured);
      count += 1;
      sumMs += ms;
      const index = timingBounds.findIndex((bound) => ms <= bound);
      if (index !== -1) buckets[index] = (buckets[index] ?? 0) + 1;
      current.record(Math.min(Math.max(Math.round(ms * perMs), 1), highest));
    },
    read() {
      const both = openWindow();
      both.add(last);
      both.add(current);
      return describe(both);
    },
    turnOver() {
      const ended = current;
      current = last;
      current.reset();
      last = ended;
      return describe(ended);
    },
  };
}

const describe = (window: RecordableHistogram): Percentiles =>
  window.count === 0
    ? { p50: null, p99: null }
    : { p50: window.percentile(50) / perMs, p99: window.percentile(99) / perMs };
