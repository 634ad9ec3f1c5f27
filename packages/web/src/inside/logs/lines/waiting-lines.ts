/** Lines that have come and are not in the book yet, because it is paused, or filled, or drawn in a moment. Bounded. */
import type { LogBook } from './log-book.ts';
import type { Entry } from './log-line.ts';

/** Of more than `most` the oldest go, `atOnce` at a time: each cut moves all of them. */
export function createWaitingLines(most: number, atOnce: number) {
  let lines: Entry[] = [];
  let lost = 0;
  return {
    list: (): readonly Entry[] => lines,
    get count() {
      return lines.length;
    },
    /** How many of the oldest had to go. */
    get lost() {
      return lost;
    },
    add(entry: Entry): void {
      lines.push(entry);
      if (lines.length < most + atOnce) return;
      lost += atOnce;
      lines = lines.slice(atOnce);
    },
    moveTo(book: LogBook): void {
      if (lost > 0) book.addGap(`… ${lost.toLocaleString()} lines left out while paused`, Date.now());
      lost = 0;
      book.addAll(lines);
      lines = [];
    },
    clear(): void {
      lines = [];
      lost = 0;
    },
  };
}
