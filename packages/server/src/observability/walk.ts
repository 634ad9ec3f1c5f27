/**
 * The stops of the walk (docs/walk.md), made visible: each message publishes a span at each stop on a diagnostics channel.
 * Subscribe to `elizad:walk` to trace; without a subscriber a stop costs one comparison.
 */
import { channel } from 'node:diagnostics_channel';

/** The seven stops, in the order in which a message passes them. */
export const walkStops = [
  'gateway/connection',
  'gateway/handlers/send-message',
  'messaging/post-message',
  'storage/commit',
  'agents/turn-worker',
  'agents/turn',
  'gateway/broadcast',
] as const;

export type WalkStop = (typeof walkStops)[number];

/** `key` is the client's `messageId` until the message has an id of its own, then that id; `at` is ms of a monotonic clock. */
export type WalkSpan = { stop: WalkStop; key: string | undefined; at: number };

const walk = channel('elizad:walk');

/** Says that a message is at a stop. */
export function passStop(stop: WalkStop, key: string | undefined): void {
  if (walk.hasSubscribers) walk.publish({ stop, key, at: performance.now() } satisfies WalkSpan);
}
