/** Tells the view that the lines, or their counts, are others than before: it reads them then. */
const countsMs = 250;

export type Versions = ReturnType<typeof createVersions>;

export function createVersions() {
  const listeners = new Set<() => void>();
  let version = 0;
  let countsVersion = 0;
  let countsTimer: ReturnType<typeof setTimeout> | undefined;

  function tell(): void {
    version++;
    for (const listener of listeners) listener();
  }

  function tellWithCounts(): void {
    clearTimeout(countsTimer);
    countsTimer = undefined;
    countsVersion++;
    tell();
  }

  return {
    version: (): number => version,
    /** Of the counts: they are read, not watched, and a few times a second is enough. */
    countsVersion: (): number => countsVersion,
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    tell,
    tellWithCounts,
    tellCountsSoon(): void {
      countsTimer ??= setTimeout(tellWithCounts, countsMs);
    },
    stop: (): void => clearTimeout(countsTimer),
  };
}
