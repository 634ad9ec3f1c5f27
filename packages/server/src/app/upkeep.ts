/** What a server does now and then while it runs: it forgets what is old, and notes who is still there. */
import type { Logger } from '../observability/logger.ts';

export type Chore = {
  /** For the log, where it fails: what stays as it was. */
  readonly what: string;
  /** How long after the start it is done first, and then how often, in ms. */
  readonly firstMs: number;
  readonly everyMs: number;
  /** It forgets what is old by the clock. */
  readonly isByAge?: boolean;
  /** Comes to an end soon after the signal has fired. */
  run(signal: AbortSignal): Promise<void>;
};

/** The clock went so much further than time has passed, in ms: somebody has set it, or the machine has slept. */
const setByMs = 60_000;

/**
 * Whether the clock was not set forward within the last so many ms: by one that is put right soon, what is young is not
 * taken for old.
 */
export function createClockWatch(restMs: number): () => boolean {
  const measure = () => Date.now() - performance.now();
  let last = measure();
  let setAt = Number.NEGATIVE_INFINITY;
  return () => {
    const now = measure();
    if (now - last > setByMs) setAt = performance.now();
    last = now;
    return performance.now() - setAt > restMs;
  };
}

/** Starts all of them; each waits for itself, none for another. `stop` resolves when none is under way. */
export function startUpkeep(
  chores: readonly Chore[],
  logger: Pick<Logger, 'error'>,
  isClockAtRest: () => boolean = () => true,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const under = new Set<Promise<void>>();
  const timers = new Map<Chore, NodeJS.Timeout>();

  function schedule(chore: Chore, ms: number): void {
    const run = async () => {
      try {
        if (isClockAtRest() || !chore.isByAge) await chore.run(signal);
      } catch (err) {
        if (!signal.aborted) logger.error({ err }, chore.what);
      }
      under.delete(done);
      if (!signal.aborted) schedule(chore, chore.everyMs);
    };
    let done: Promise<void>;
    const start = () => {
      done = run();
      under.add(done);
    };
    timers.set(chore, setTimeout(start, ms).unref());
  }

  for (const chore of chores) schedule(chore, chore.firstMs);
  return {
    async stop() {
      stopping.abort();
      for (const timer of timers.values()) clearTimeout(timer);
      await Promise.all(under);
    },
  };
}
