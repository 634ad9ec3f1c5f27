/** The lines that the view keeps, outside React: a bounded run of them, those that pass the filter, and how many of each kind. */
import type { LevelWord } from './log-levels.ts';
import { type Entry, type Line, type LogFilter, passes, sourceOf, toLine } from './log-line.ts';

export type LogBook = ReturnType<typeof createLogBook>;

export function createLogBook(capacity: number) {
  let nextId = 0;
  /** Oldest first; what is before `start` was pushed out. Cut only now and then: a cut moves all of it. */
  let lines: Line[] = [];
  let start = 0;
  let shown: Line[] = [];
  let shownStart = 0;
  let filter: LogFilter = { text: '', agent: '', hidden: new Set() };
  const levels = new Map<LevelWord, number>();
  const sources = new Map<string, number>();
  let pushedOut = 0;
  /** Of those shown: who has scrolled up is kept where they are by it. */
  let shownPushedOut = 0;

  function count({ word, entry, isGap }: Line, by: 1 | -1): void {
    if (isGap) return;
    levels.set(word, (levels.get(word) ?? 0) + by);
    const source = sourceOf(entry);
    const left = (sources.get(source) ?? 0) + by;
    if (left > 0) sources.set(source, left);
    else sources.delete(source);
  }

  function pushOut(): void {
    while (lines.length - start > capacity) {
      const line = lines[start++];
      if (!line) break;
      count(line, -1);
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
    count(line, 1);
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
      levels.clear();
      sources.clear();
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
      let low = shownStart;
      let high = shown.length - 1;
      while (low <= high) {
        const middle = (low + high) >> 1;
        const at = shown[middle]?.id ?? 0;
        if (at === id) return middle - shownStart;
        if (at < id) low = middle + 1;
        else high = middle - 1;
      }
      return -1;
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
    levels: levels as ReadonlyMap<LevelWord, number>,
    sources: sources as ReadonlyMap<string, number>,
    get pushedOut() {
      return pushedOut;
    },
    get shownPushedOut() {
      return shownPushedOut;
    },
  };
}
