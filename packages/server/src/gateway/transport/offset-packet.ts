/**
 * The place in the log as it leaves: an event of its own behind what it belongs to, so that every other event has exactly
 * the argument that is documented. A stock JavaScript client keeps a text that is the last argument of an event, whichever
 * it is, and sends it when it comes back; clients in other languages pass over an event that they do not know.
 */
import { offsetEvent } from 'elizad-protocol';

/** The type of a packet that is an event, in Socket.IO's protocol. */
const eventPacket = 2;

/** An event for sockets, and how far they have been told when they have heard it. */
export type EventPacket = { type: typeof eventPacket; data: unknown[]; offset?: string | undefined };

export const toEventPacket = (frame: readonly unknown[], offset?: string): EventPacket => ({
  type: eventPacket,
  data: [...frame],
  ...(offset !== undefined && { offset }),
});

export const toOffsetFrame = (offset: string): [name: string, offset: string] => [offsetEvent.name, offset];
