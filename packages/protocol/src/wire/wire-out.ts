/**
 * Everything that the server says: one row for each event, in the folder `out`. What the rows are together, as the server
 * (events), its clients (frames) and the documentation need it.
 */
import { z } from 'zod';
import { connectionEvents } from './out/connection.ts';
import { logEvents } from './out/logs.ts';
import { messageEvents } from './out/messages.ts';
import { presenceEvents, roomEvents } from './out/rooms.ts';
import { sessionEvents } from './out/sessions.ts';
import { worldEvents } from './out/world.ts';

const { welcome, failed } = connectionEvents;

/** By the event's name in our words, in the order of the documentation. */
export const outRows = {
  welcome,
  ...presenceEvents,
  ...messageEvents,
  ...roomEvents,
  ...sessionEvents,
  ...worldEvents,
  ...logEvents,
  failed,
};

type Rows = typeof outRows;
export type ServerEventName = keyof Rows;
export type ServerEvents = { [E in ServerEventName]: Rows[E]['sample'] };

type Intersection<T> = (T extends unknown ? (one: T) => void : never) extends (all: infer All) => void ? All : never;

/** Each frame by its name on the wire: its shape, what it says, and a change that it may not have. */
export const wireOut = Object.assign({}, ...Object.values(outRows).map(({ frames }) => frames)) as Intersection<
  Rows[ServerEventName]['frames']
>;

export type WireOutEvent = keyof typeof wireOut;
export type WireOutPayload<E extends WireOutEvent> = z.input<(typeof wireOut)[E]['schema']>;
/** One frame to send: the event's name and its payload. */
export type Frame = { [E in WireOutEvent]: readonly [E, WireOutPayload<E>] }[WireOutEvent];

/** Our event in, the frames that clients know out, in the order in which they leave. */
export const encodeEvent = <E extends ServerEventName>(name: E, event: ServerEvents[E]): readonly Frame[] =>
  (outRows[name].encode as (event: ServerEvents[E]) => readonly Frame[])(event);

/** The one event that is not an object, and belongs to the connection more than to what is said. */
export const offsetEvent = {
  name: 'offset',
  schema: z.string(),
  about:
    'The position in the log up to which you have received everything; it follows the events that it covers. A stock `socket.io-client` (4.6 or newer) stores it and resumes from it automatically; other clients can ignore it.',
} as const;
