/** What has grown old is deleted in small steps, each a transaction of some milliseconds: others are served in between. */
import { setTimeout } from 'node:timers/promises';

/** Rows of one step, at least and at most. */
const smallestStep = 100;
const largestStep = 1_000;

/** How long a step shall take, in ms. */
const aimMs = 5;

/**
 * Calls `deleteSome` until it deletes less than it may, or the signal fires. It is given the most rows that it may delete,
 * and says how many it has. At least half of the time is left to others.
 */
export async function prune(deleteSome: (most: number) => Promise<number>, signal?: AbortSignal): Promise<void> {
  for (let most = smallestStep; !signal?.aborted; ) {
    const began = performance.now();
    if ((await deleteSome(most)) < most) return;
    const ms = performance.now() - began;
    most = ms > aimMs ? Math.max(smallestStep, Math.floor(most / 2)) : Math.min(largestStep, 2 * most);
    await setTimeout(ms, undefined, { ref: false });
  }
}
