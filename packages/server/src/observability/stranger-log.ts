/**
 * What strangers cause, in the log: a line for the first of its kind from an address, and one in ten seconds that counts
 * the others. However much comes, the log grows by some lines a second, and these lines are kept apart from the rest.
 */
import type { Logger } from './logger.ts';
import { toTerminalLine } from './terminal-text.ts';

export type StrangerLog = {
  /**
   * Something of a kind came from an address. `line` says the first one in full, with what was sent; the others are
   * counted under the kind. `what` tells apart those of one address.
   */
  note(seen: {
    kind: string;
    address: string | undefined;
    what?: string;
    line?: string;
    level?: 'warn' | 'debug';
  }): void;
  /** Writes what was counted so far. */
  stop(): void;
};

type Counted = { level: 'warn' | 'debug'; kind: string; address: string; more: number };

const windowMs = 10_000;

/** Addresses and kinds that have lines of their own within a window; those of all others are counted together. */
const mostCounted = 20;
const others = 'other addresses';

/** The mark of a line that a stranger caused. */
const mark = { by: 'stranger' } as const;
const markText = JSON.stringify(mark).slice(1, -1);

/** Whether a line of the logger is one: in what was said, quotes are escaped. */
export const isOfStranger = (line: string): boolean => line.includes(markText);

export function openStrangerLog(logger: Logger): StrangerLog {
  let counted = new Map<string, Counted>();
  let timer: NodeJS.Timeout | undefined;

  function writeCounts(): void {
    clearTimeout(timer);
    timer = undefined;
    const ended = counted;
    counted = new Map();
    for (const { level, kind, address, more } of ended.values())
      if (more > 0) logger[level]({ ...mark, address }, `${kind}: ${toTimes(more)} more, from ${address}`);
  }

  return {
    note({ kind, address = 'an unknown address', what = '', line = kind, level = 'warn' }) {
      timer ??= setTimeout(writeCounts, windowMs).unref();
      const key = `${kind} ${address} ${what}`;
      const known = counted.get(key) ?? (counted.size < mostCounted ? undefined : countOthers(counted, kind, level));
      if (known) {
        known.more += 1;
        return;
      }
      counted.set(key, { level, kind, address, more: 0 });
      logger[level]({ ...mark, address }, line);
    },
    stop: writeCounts,
  };
}

const toTimes = (count: number): string => (count === 1 ? 'once' : `${count.toLocaleString('en')} times`);

function countOthers(counted: Map<string, Counted>, kind: string, level: Counted['level']): Counted {
  const known = counted.get(kind) ?? { level, kind, address: others, more: 0 };
  counted.set(kind, known);
  return known;
}

const longestShown = 200;

/** What a stranger sent, as far as a line shows it. */
export const toShown = (text: string): string =>
  toTerminalLine(text.length > longestShown ? `${text.slice(0, longestShown)}…` : text);
