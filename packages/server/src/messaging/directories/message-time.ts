/** Times of messages ascend in a room, also where the clock of the machine is set back: clients sort by them, and page by them. */
import type { Channel } from './channel.ts';

/** A room whose time is further ahead than this goes by the clock: it was wrong then, and would be for as long, in ms. */
const mostAheadMs = 24 * 3_600_000;

/** For a message that is said now, in ms since the epoch: the clock's, or a moment after the last one's, where that is behind. */
export function takeTime(channel: Pick<Channel, 'lastAt'>, now: number = Date.now()): number {
  const isBehind = now < channel.lastAt && channel.lastAt - now <= mostAheadMs;
  channel.lastAt = isBehind ? channel.lastAt + 1 : now;
  return channel.lastAt;
}
