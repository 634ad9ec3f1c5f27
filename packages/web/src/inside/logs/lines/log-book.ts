/** The lines that the view keeps, outside React: a bounded run of them, those that pass the filter, and how many of each kind. */
import { createLogCounts } from './log-counts.ts';
import { type Entry, type Line, type LogFilter, passes, toLine } from './log-line.ts';

export type LogBook = ReturnType<typeof createLogBook>;

export function createLogBook(capacity: number) {
  let nextId = 0;
  /** Oldest first; what is before `start` was pushed out. Cut only now and then: a cut moves all of it. */
  let lines: Line[] = [];
  let start = 0;
  let shown: Line[] = [];
  let shownStart = 0;
  let filter: LogFilter = { text: '', agent: '', hidden: new Set() };
  const counts = createLogCounts();
  let pushedOut = 0;
  /** Of those shown: who has scrolled up is kept where they are by it. */
  let shownPushedOut = 0;

  function pushOut(): void {
    while (lines.length - start > capacity) {
      const line = lines[start++];
      if (!line) break;
      counts.add(line, -1);
      if (!line.isGap) pushedOut++;
      if (shown[shownStart]?.id === line.id) {
        shownStart++;
        shownPushedOut++;
      }
    }
    if (start > capacity / 4) {
      lines = lines.slice(start);
      start = 0;
    }
    if (shownStart > capacity / 4) {
      shown = shown.slice(shownStart);
      shownStart = 0;
    }
  }

  function add(entry: Entry, isGap = false): void {
    const line = toLine(nextId++, entry, isGap);
    lines.push(line);
    counts.add(line, 1);
    if (passes(line, filter)) shown.push(line);
  }

  return {
    addAll(entries: readonly Entry[]): void {
      for (const entry of entries) add(entry);
      pushOut();
    },
    /** Says between the lines that some are missing. */
    addGap: (msg: string, time: number): void => add({ level: 30, time, msg }, true),
    setFilter(next: LogFilter): void {
      const isNarrower =
        next.text.includes(filter.text) && next.agent === filter.agent && next.hidden === filter.hidden;
      const among = isNarrower ? shown.slice(shownStart) : lines.slice(start);
      filter = next;
      shown = among.filter((line) => passes(line, filter));
      shownStart = 0;
    },
    clear(): void {
      lines = [];
      shown = [];
      start = shownStart = pushedOut = 0;
      counts.clear();
    },
    get filter() {
      return filter;
    },
    get shownCount() {
      return shown.length - shownStart;
    },
    /** By its place among those shown. */
    shownAt: (index: number): Line | undefined => shown[shownStart + index],
    /** The place of a line among those shown, or -1. */
    placeOf: (id: number): number => {
      const at = findIndex(shown, shownStart, id);
      return at === -1 ? -1 : at - shownStart;
    },
    allShown: (): readonly Line[] => shown.slice(shownStart),
    /** The last ones, as they came. */
    tail: (most: number): Entry[] =>
      lines
        .slice(Math.max(start, lines.length - most))
        .filter(({ isGap }) => !isGap)
        .map(({ entry }) => entry),
    get total() {
      return lines.length - start;
    },
    levels: counts.levels,
    sources: counts.sources,
    get pushedOut() {
      return pushedOut;
    },
    get shownPushedOut() {
      return shownPushedOut;
    },
  };
}

/** Of a line by its id, among those from `start` on, or -1: ids only rise. */
function findIndex(lines: readonly Line[], start: number, id: number): number {
  let low = start;
  let high = lines.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const at = lines[middle]?.id ?? 0;
    if (at === id) return middle;
    if (at < id) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
