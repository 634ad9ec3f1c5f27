/**
 * Follows the server's log: first what is kept, then what comes, ten times a second: nobody reads faster,
 * and drawing a whole list anew each frame leaves no time for scrolling. While paused,
 * lines wait; they are as bounded as the rest. After a lost connection it asks for what was written meanwhile.
 */
import { fillBook } from './fill-book.ts';
import { createLogBook, type LogBook } from './log-book.ts';
import type { Entry, LogFilter } from './log-line.ts';
import { describeFailure, type LogSource } from './log-source.ts';
import { createVersions, type Versions } from './versions.ts';
import { createWaitingLines } from './waiting-lines.ts';

const capacity = 20_000;
/** Between two drawings. */
const drawMs = 100;
/** Timers of a page in the background are slow: what has come is put away without one. */
const mostGathered = 4_000;

export type LogFollower = Pick<Versions, 'version' | 'countsVersion' | 'subscribe'> & {
  readonly book: LogBook;
  readonly isPaused: boolean;
  /** Lines that wait while paused, and how many of the oldest of those had to go. */
  readonly held: number;
  readonly heldLost: number;
  readonly error: string | undefined;
  readonly isFilled: boolean;
  setFilter(filter: Omit<LogFilter, 'text'>): void;
  /** Takes effect with the next drawing: one types faster than a list of thousands is drawn. In lower case. */
  setText(text: string): void;
  pause(isPaused: boolean): void;
  clear(): void;
  stop(): void;
};

export function followLogs(source: LogSource): LogFollower {
  const book = createLogBook(capacity);
  const versions = createVersions();
  const waiting = createWaitingLines(capacity, mostGathered);
  let drawing: ReturnType<typeof setTimeout> | undefined;
  let drawnAt = 0;
  let typed: string | undefined;
  let isPaused = false;
  let isFilling = false;
  let isFilled = false;
  let lastTime: number | undefined;
  let error: string | undefined;
  let isStopped = false;

  function flush(): void {
    drawing = undefined;
    drawnAt = performance.now();
    if (typed !== undefined) {
      book.setFilter({ ...book.filter, text: typed });
      typed = undefined;
      versions.tell();
    }
    if (waiting.count === 0) return;
    if (!isPaused && !isFilling) waiting.moveTo(book);
    versions.tellCountsSoon();
    versions.tell();
  }

  function draw(): void {
    drawing ??= setTimeout(flush, Math.max(0, drawnAt + drawMs - performance.now()));
  }

  function take(entry: Entry): void {
    waiting.add(entry);
    lastTime = entry.time;
    if (!isPaused && !isFilling && waiting.count >= mostGathered) {
      clearTimeout(drawing);
      flush();
    } else draw();
  }

  async function fill(): Promise<void> {
    isFilling = true;
    try {
      const time = await fillBook(source, book, lastTime, waiting.list);
      if (time !== undefined) lastTime = Math.max(lastTime ?? 0, time);
      error = undefined;
    } catch (failure) {
      error = describeFailure(failure);
    }
    isFilling = false;
    isFilled = true;
    if (isStopped) return;
    flush();
    versions.tellWithCounts();
  }

  const stopListening = source.listen(take, () => void fill());
  void fill();

  return {
    book,
    get isPaused() {
      return isPaused;
    },
    get held() {
      return isPaused ? waiting.count + waiting.lost : 0;
    },
    get heldLost() {
      return waiting.lost;
    },
    get error() {
      return error;
    },
    get isFilled() {
      return isFilled;
    },
    version: versions.version,
    countsVersion: versions.countsVersion,
    subscribe: versions.subscribe,
    setFilter(filter) {
      book.setFilter({ ...filter, text: book.filter.text });
      versions.tellWithCounts();
    },
    setText(text) {
      typed = text;
      draw();
    },
    pause(next) {
      isPaused = next;
      flush();
      versions.tellWithCounts();
    },
    clear() {
      book.clear();
      waiting.clear();
      versions.tellWithCounts();
    },
    stop() {
      isStopped = true;
      versions.stop();
      clearTimeout(drawing);
      stopListening();
    },
  };
}
