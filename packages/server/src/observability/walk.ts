/**
 * The stops of the three walks (docs/walk.md, walk-request.md, walk-resume.md), made visible: what passes a stop publishes a span on
 * a diagnostics channel. Subscribe to `elizad:walk` to trace; without a subscriber a stop costs one comparison.
 */
import { channel } from 'node:diagnostics_channel';

/** The seven stops of a message, in the order in which it passes them. */
export const walkStops = [
  'gateway/connection',
  'gateway/handlers/send-message',
  'messaging/post-message',
  'storage/commit',
  'agents/turn-worker',
  'agents/turn',
  'gateway/broadcast',
] as const;

/** A request that waits for the answer: stops 3 to 7 of a message stand in the middle, in the order in which they are reached. */
export const requestStops = [
  'rest/http-server',
  'rest/admission',
  'rest/mount',
  'rest/send',
  'messaging/ask-and-wait',
  'messaging/post-message',
  'storage/commit',
  'gateway/broadcast',
  'agents/turn-worker',
  'agents/turn',
  'messaging/room-feed',
  'rest/answer',
] as const;

/** Where a stream of answers goes instead of `messaging/ask-and-wait` and `rest/answer`. */
export const streamStops = ['messaging/ask-and-follow', 'rest/event-stream'] as const;

/** A client that comes back and has missed something. */
export const resumeStops = [
  'gateway/resume-adapter',
  'gateway/missed',
  'gateway/returning',
  'messaging/missed-log',
  'gateway/restored-session',
  'gateway/replay',
  'gateway/live',
] as const;

export type WalkStop = (typeof walkStops | typeof requestStops | typeof streamStops | typeof resumeStops)[number];

/**
 * `key` is the client's `messageId` until the message has an id of its own, then that id; of a socket that comes back, its id;
 * undefined as long as neither is known. `at` is ms of a monotonic clock.
 */
export type WalkSpan = { stop: WalkStop; key: string | undefined; at: number };

const walk = channel('elizad:walk');

/** Says that a message, a request or a returning socket is at a stop. */
export function passStop(stop: WalkStop, key?: string): void {
  if (walk.hasSubscribers) walk.publish({ stop, key, at: performance.now() } satisfies WalkSpan);
}
