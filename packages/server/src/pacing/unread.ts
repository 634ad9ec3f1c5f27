/**
 * What nobody has read yet, of all readers together: sockets, streams, answers. Each has a bound of its own; here is the one
 * of all together, however many they are. Beyond it those go that have read nothing for longest.
 */
import { getHeapStatistics } from 'node:v8';
import { isTurnOver, nextTurn } from './take-turn.ts';

export type Reader = {
  /** Bytes that wait for it, and how many have left so far. What several share counts for each. */
  weigh(): { bytes: number; sent: number };
  /** How long it may read nothing where so many bytes wait, in ms; as long as it likes where this is left out. */
  patienceMs?(bytes: number): number;
  /** It has to go. Not called again. */
  cut(): void;
};

export type UnreadLimits = {
  /** What may wait for all together, in bytes; beyond, those go that have read nothing for `stuckMs`. */
  readonly mostBytes: number;
  readonly stuckMs: number;
  readonly lookMs: number;
};

export type Unread = {
  /** Weighs a reader from now on; returns how to take it off. */
  add(reader: Reader): () => void;
  stop(): void;
};

const usual = { stuckMs: 2_000, lookMs: 1_000 };

/** So many readers may be at their own limit; and, where Node has little memory, what waits takes this part of its heap. */
const [readers, partOfHeap] = [128, 1 / 4];

export const defaultUnreadLimits = (maxBacklogBytes: number): UnreadLimits => ({
  ...usual,
  mostBytes: Math.min(readers * maxBacklogBytes, getHeapStatistics().heap_size_limit * partOfHeap),
});

/** How much of what was written had left when it was looked at, and since when no more has. */
type Progress = { sent: number; since: number };

export function watchUnread({ mostBytes, stuckMs, lookMs }: UnreadLimits): Unread {
  const watched = new Map<Reader, Progress>();
  let isLooking = false;
  const timer = setInterval(() => {
    if (!isLooking) void look(performance.now());
  }, lookMs).unref();

  async function look(now: number): Promise<void> {
    isLooking = true;
    const stuck: { reader: Reader; bytes: number; ms: number }[] = [];
    let waiting = 0;
    for (const [reader, progress] of watched) {
      // Twenty thousand are not looked at in one go.
      if (isTurnOver()) await nextTurn();
      const { bytes, sent } = reader.weigh();
      if (bytes === 0 || sent !== progress.sent) {
        progress.sent = sent;
        progress.since = now;
      }
      waiting += bytes;
      const ms = now - progress.since;
      if (ms >= stuckMs) stuck.push({ reader, bytes, ms });
    }
    isLooking = false;
    // Of those that stopped at about the same time the one with most waiting goes first.
    const looks = (ms: number) => Math.floor(ms / lookMs);
    stuck.sort((a, b) => looks(b.ms) - looks(a.ms) || b.bytes - a.bytes);
    for (const { reader, bytes, ms } of stuck) {
      const isOver = ms > (reader.patienceMs?.(bytes) ?? Infinity);
      if (!isOver && waiting <= mostBytes) continue;
      waiting -= bytes;
      if (watched.delete(reader)) reader.cut();
    }
  }

  return {
    add(reader) {
      watched.set(reader, { sent: reader.weigh().sent, since: performance.now() });
      return () => void watched.delete(reader);
    },
    stop: () => clearInterval(timer),
  };
}
