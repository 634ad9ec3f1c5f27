/** One timer for many moments that stand in the store: it looks when the next of them is there. */

export type Alarm = {
  /** It looks no later than at this time (ms since the epoch). */
  setFor(time: number): void;
  /** Resolves when the last look is over; there is none after it. */
  stop(): Promise<void>;
};

/** The longest that a timer of Node can wait, in ms. */
const longestTimerMs = 2_147_483_647;

/** `look` does what is due, and resolves with the next moment, if there is one. It looks again `retryMs` after a failure. */
export function createAlarm(
  look: () => Promise<number | undefined>,
  onError: (error: unknown) => void,
  retryMs = 10_000,
): Alarm {
  let timer: NodeJS.Timeout | undefined;
  let due = Number.POSITIVE_INFINITY;
  let looking = Promise.resolve();
  let isOpen = true;

  function setFor(time: number): void {
    if (!isOpen || time >= due) return;
    due = time;
    clearTimeout(timer);
    timer = setTimeout(run, Math.min(Math.max(time - Date.now(), 0), longestTimerMs)).unref();
  }

  function run(): void {
    due = Number.POSITIVE_INFINITY;
    looking = looking.then(async () => {
      try {
        const next = await look();
        if (next !== undefined) setFor(next);
      } catch (error) {
        onError(error);
        setFor(Date.now() + retryMs);
      }
    });
  }

  return {
    setFor,
    async stop() {
      isOpen = false;
      clearTimeout(timer);
      await looking;
    },
  };
}
