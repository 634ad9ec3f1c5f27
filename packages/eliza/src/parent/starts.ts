/** When a host that ended is started again: after a pause that grows, and not at all where no start has ever succeeded. */
import type { ProjectLimits } from './limits.ts';

export type Starts = {
  begun(): void;
  succeeded(): void;
  /** The pause before the next start, in ms; undefined where there must be none. */
  ended(): number | undefined;
  /** The code is new, or was asked to start again: what was before does not count. */
  reset(): void;
  readonly failed: number;
};

type Limits = Pick<ProjectLimits, 'firstPauseMs' | 'mostPauseMs' | 'healthyMs' | 'failedStarts'>;

export function countStarts({ firstPauseMs, mostPauseMs, healthyMs, failedStarts }: Limits): Starts {
  let pauseMs = firstPauseMs;
  let failed = 0;
  let hasSucceeded = false;
  let readyAt: number | undefined;

  return {
    begun() {
      readyAt = undefined;
    },
    succeeded() {
      readyAt = performance.now();
      failed = 0;
      hasSucceeded = true;
    },
    ended() {
      if (readyAt === undefined) failed += 1;
      else if (performance.now() - readyAt >= healthyMs) pauseMs = firstPauseMs;
      // What ran once will run again, when the network or a database is back.
      if (!hasSucceeded && failed >= failedStarts) return undefined;
      const pause = pauseMs;
      pauseMs = Math.min(pauseMs * 2, mostPauseMs);
      return pause;
    },
    reset() {
      pauseMs = firstPauseMs;
      failed = 0;
      hasSucceeded = false;
    },
    get failed() {
      return failed;
    },
  };
}
