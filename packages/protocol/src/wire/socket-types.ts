/** The event maps that Socket.IO's own generics take, for both ends, derived from the wire tables. */
import type { ErrorDetails } from '../errors.ts';
import type { IntentResult } from './intents.ts';
import type { WireInEvent, WireInPayload, wireIn } from './wire-in.ts';
import type { WireOutEvent, WireOutPayload } from './wire-out.ts';

/** `channelId` is also spelled `roomId` in every acknowledgement that has it. */
type WithRoom<T> = T extends { channelId: string } ? T & { roomId: string } : T;

export type AckFailure = { ok: false; error: string; details: ErrorDetails };
/** What the callback of an event gets, within the round trip. */
export type Ack<E extends WireInEvent> =
  | ({ ok: true } & WithRoom<IntentResult<(typeof wireIn)[E]['intent']>>)
  | AckFailure;

type Empty = Record<never, never>;

export type ClientToServerEvents = {
  [E in WireInEvent]: keyof WireInPayload<E> extends never
    ? (ack?: (answer: Ack<E>) => void) => void
    : Empty extends WireInPayload<E>
      ? (payload?: WireInPayload<E>, ack?: (answer: Ack<E>) => void) => void
      : (payload: WireInPayload<E>, ack?: (answer: Ack<E>) => void) => void;
};

export type ServerToClientEvents = { [E in WireOutEvent]: (payload: WireOutPayload<E>) => void };
