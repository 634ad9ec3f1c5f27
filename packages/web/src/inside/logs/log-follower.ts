/**
 * Follows the server's log: first what is kept, then what comes, ten times a second: nobody reads faster,
 * and drawing a whole list anew each frame leaves no time for scrolling. While paused,
 * lines wait; they are as bounded as the rest. After a lost connection it asks for what was written meanwhile.
 */

import { createLogBook, type LogBook } from './log-book.ts';
import type { Entry, LogFilter } from './log-line.ts';
import { describeFailure, type LogSource } from './log-source.ts';
import { withoutKnown } from './overlap.ts';

const capacity = 20_000;
/** The most that the server gives at once. */
const mostKept = 1_000;
const countsMs = 250;
/** The server lets no line wait longer for others; and a little more. */
const batchMs = 250;
/** Between two drawings. */
const drawMs = 100;
/** Timers of a page in the background are slow: what has come is put away without one. */
const mostGathered = 4_000;

export type LogFollower = {
  readonly book: LogBook;
  readonly isPaused: boolean;
  /** Lines that wait while paused, and how many of the oldest of those had to go. */
  readonly held: number;
  readonly heldLost: number;
  readonly error: string | undefined;
  readonly isFilled: boolean;
  version(): number;
  /** Of the counts: they are read, not watched, and a few times a second is enough. */
  countsVersion(): number;
  subscribe(listener: () => void): () => void;
  setFilter(filter: Omit<LogFilter, 'text'>): void;
  /** Takes effect with the next drawing: one types faster than a list of thousands is drawn. In lower case. */
  setText(text: string): void;
  pause(isPaused: boolean): void;
  clear(): void;
  stop(): void;
};

export function followLogs(source: LogSource): LogFollower {
  const book = createLogBook(capacity);
  const listeners = new Set<() => void>();
  let version = 0;
  let countsVersion = 0;
  let countsTimer: ReturnType<typeof setTimeout> | undefined;
  let arrived: Entry[] = [];
  let drawing: ReturnType<typeof setTimeout> | undefined;
  let drawnAt = 0;
  let typed: string | undefined;
  let isPaused = false;
  let isFilling = false;
  let isFilled = false;
  let heldLost = 0;
  let lastTime: number | undefined;
  let error: string | undefined;
  let isStopped = false;

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

  function flush(): void {
    drawing = undefined;
    drawnAt = performance.now();
    if (typed !== undefined) {
      book.setFilter({ ...book.filter, text: typed });
      typed = undefined;
      tell();
    }
    if (arrived.length === 0) return;
    if (!isPaused && !isFilling) {
      if (heldLost > 0) book.addGap(`… ${heldLost.toLocaleString()} lines left out while paused`, Date.now());
      heldLost = 0;
      book.addAll(arrived);
      arrived = [];
    }
    countsTimer ??= setTimeout(tellWithCounts, countsMs);
    tell();
  }

  function draw(): void {
    drawing ??= setTimeout(flush, Math.max(0, drawnAt + drawMs - performance.now()));
  }

  function take(entry: Entry): void {
    arrived.push(entry);
    lastTime = entry.time;
    if (arrived.length >= capacity + mostGathered) {
      heldLost += mostGathered;
      arrived = arrived.slice(mostGathered);
    }
    if (!isPaused && !isFilling && arrived.length >= mostGathered) {
      clearTimeout(drawing);
      flush();
    } else draw();
  }

  /** What is kept since the last line that came, or the last that are kept. */
  async function fill(): Promise<void> {
    isFilling = true;
    const since = lastTime;
    try {
      await source.subscribe();
      const { logs, total } = await source.kept({ since, limit: mostKept });
      // What is in this answer may still be on its way in a batch: then it would be there twice.
      await new Promise((resolve) => setTimeout(resolve, batchMs));
      const fresh = withoutKnown(logs, [...book.tail(mostKept), ...arrived]);
      const oldest = logs[0]?.time ?? Date.now();
      const left = total - logs.length;
      if (since === undefined && left > 0)
        book.addGap(
          `… ${left.toLocaleString()} older lines left out: the server keeps them and returns the last 1,000`,
          oldest,
        );
      if (since !== undefined && (logs.length === mostKept || total === 0))
        book.addGap('… the connection was lost: lines may be left out', oldest);
      book.addAll(fresh);
      if (fresh.length > 0) lastTime = Math.max(lastTime ?? 0, fresh.at(-1)?.time ?? 0);
      error = undefined;
    } catch (failure) {
      error = describeFailure(failure);
    }
    isFilling = false;
    isFilled = true;
    if (isStopped) return;
    flush();
    tellWithCounts();
  }

  const stopListening = source.listen(take, () => void fill());
  void fill();

  return {
    book,
    get isPaused() {
      return isPaused;
    },
    get held() {
      return isPaused ? arrived.length + heldLost : 0;
    },
    get heldLost() {
      return heldLost;
    },
    get error() {
      return error;
    },
    get isFilled() {
      return isFilled;
    },
    version: () => version,
    countsVersion: () => countsVersion,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    setFilter(filter) {
      book.setFilter({ ...filter, text: book.filter.text });
      tellWithCounts();
    },
    setText(text) {
      typed = text;
      draw();
    },
    pause(next) {
      isPaused = next;
      flush();
      tellWithCounts();
    },
    clear() {
      book.clear();
      arrived = [];
      heldLost = 0;
      tellWithCounts();
    },
    stop() {
      isStopped = true;
      clearTimeout(countsTimer);
      clearTimeout(drawing);
      stopListening();
    },
  };
}
