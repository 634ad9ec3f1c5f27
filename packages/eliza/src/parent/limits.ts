/** How long the parent waits, and how much it takes from a host. */
export type ProjectLimits = {
  /** Pause before a host that ended is started again, in ms: doubled each time, up to `mostPauseMs`. */
  readonly firstPauseMs: number;
  readonly mostPauseMs: number;
  /** A host that was ready for so long starts again with the first pause. */
  readonly healthyMs: number;
  /** Seconds without a sign of life after which a host that is ready hangs, and one that starts. */
  readonly silentSeconds: number;
  readonly silentSecondsAtStart: number;
  /** Starts in a row that may fail before the project counts as unusable, as long as it has never been ready. */
  readonly failedStarts: number;
  /** Heap of the host, in bytes, above which a new host takes over once its turns have ended. */
  readonly heapBytes: number;
  /** Longest time that turns under way get before a restart, in ms. */
  readonly restartWaitMs: number;
  /** Longest time that a host gets to stop its services, in ms. */
  readonly stopMs: number;
  /** Most bytes that a turn may say. */
  readonly turnBytes: number;
};

export const defaultLimits: ProjectLimits = {
  firstPauseMs: 200,
  mostPauseMs: 30_000,
  healthyMs: 60_000,
  silentSeconds: 15,
  silentSecondsAtStart: 60,
  failedStarts: 5,
  heapBytes: 2_000_000_000,
  restartWaitMs: 30_000,
  stopMs: 5_000,
  turnBytes: 8_000_000,
};
