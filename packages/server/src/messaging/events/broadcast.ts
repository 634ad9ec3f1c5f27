/** How anything below the gateway reaches sockets: app/ injects the gateway's implementation. docs/walk.md lists every such way up. */
import type { ServerEventName, ServerEvents } from 'elizad-protocol';

/** Who hears an event: the sockets of a room (all but one), one socket, or those who follow an agent's log. */
export type Audience = { channelId: string; exceptSocketId?: string } | { socketId: string };

/** Where an event stands, when it does: in the server's log, or among the pieces of answers under way. */
export type Place = { position: number } | { mark: number };

/**
 * Contract: synchronous, never throws, and keeps the order of calls for each socket. What it is given was committed
 * before; a socket that is gone is no error. A socket that comes back is told what stands after the last place it has
 * seen.
 */
export type Broadcast = <E extends ServerEventName>(
  event: E,
  payload: ServerEvents[E],
  audience: Audience,
  place?: Place,
) => void;
