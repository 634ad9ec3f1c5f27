/**
 * Group commit: writes that arrive while a transaction is under way share the next one, so that many of them pay for
 * one fsync. Their `committed` callbacks run in the order in which they were handed in, before anyone else's code.
 */
import { setTimeout } from 'node:timers/promises';

type Waiting<Job, Result> = {
  job: Job;
  committed: (result: Result) => void;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
};

export type Batcher<Job, Result> = {
  /** Resolves once the job is on disk. `committed` is called synchronously in commit order. */
  write(job: Job, committed?: (result: Result) => void): Promise<Result>;
  /** Resolves when nothing is waiting or under way. */
  drain(): Promise<void>;
};

/** Most jobs in one transaction, and most weight: bounds how long a commit takes, and how much is told after it at once. */
const largestGroup = 512;
export const heaviestGroup = 1_000_000;

/**
 * `commit` runs one transaction for a group and returns the results in order, or throws and has done nothing.
 * A group that fails is tried again one by one, so that one bad job harms no other. `weigh` says what a job weighs, for
 * example in characters. A group gathers for `gatherMs`, by default for one turn of the event loop.
 */
export function createBatcher<Job, Result>(
  commit: (jobs: Job[]) => Promise<Result[]>,
  weigh: (job: Job) => number = () => 0,
  gatherMs = 0,
): Batcher<Job, Result> {
  const waiting: Waiting<Job, Result>[] = [];
  let running: Promise<void> | undefined;

  async function commitGroup(group: Waiting<Job, Result>[]): Promise<void> {
    try {
      const results = await commit(group.map(({ job }) => job));
      group.forEach((entry, index) => {
        settle(entry, results[index] as Result);
      });
    } catch (error) {
      if (group.length === 1) group[0]?.reject(error);
      else for (const entry of group) await commitGroup([entry]);
    }
  }

  function takeGroup(): Waiting<Job, Result>[] {
    let weight = 0;
    const end = waiting.findIndex(({ job }, index) => {
      weight += weigh(job);
      return index === largestGroup || (index > 0 && weight > heaviestGroup);
    });
    return waiting.splice(0, end === -1 ? waiting.length : end);
  }

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      // One turn of the event loop collects what the sockets have delivered, and lets go what was told after the last group.
      await (gatherMs === 0 ? new Promise(setImmediate) : setTimeout(gatherMs));
      await commitGroup(takeGroup());
    }
    running = undefined;
  }

  return {
    write(job, committed = () => {}) {
      return new Promise<Result>((resolve, reject) => {
        waiting.push({ job, committed, resolve, reject });
        running ??= run();
      });
    },
    async drain() {
      await running;
    },
  };
}

function settle<Job, Result>({ committed, resolve, reject }: Waiting<Job, Result>, result: Result): void {
  try {
    committed(result);
    resolve(result);
  } catch (error) {
    // It is on disk, but could not be told; the jobs after it must be.
    reject(error);
  }
}
