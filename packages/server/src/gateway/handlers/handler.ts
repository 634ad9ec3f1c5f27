/** What a handler of an intent is: stop 2 of the walk. It throws errors of the table; the connection tells the client. */
import type { Intent, IntentName, IntentResult, intents, RoomRight } from 'elizad-protocol';
import type { Room } from '../../messaging/ground/access.ts';
import type { GatewayDeps } from '../context.ts';
import type { GatewaySocket } from '../socket-data.ts';

/** The result for the acknowledgement, now or `later`; the socket's next event is handled meanwhile. */
export type Handling<R = Record<string, unknown>> = { result?: R; later?: Promise<R> };

/** How an event came: whether as clients of the field send it, whether with an acknowledgement, and when, in ms of `performance.now()`. */
export type Manner = { isEnvelope: boolean; hasAck: boolean; at: number };

/** The room of the intent, where it names the right that its sender needs there. */
export type RoomOf<I extends IntentName> = (typeof intents)[I] extends { right: infer Right extends RoomRight }
  ? Room<Right>
  : undefined;

export type Handler<I extends IntentName> = (
  deps: GatewayDeps,
  socket: GatewaySocket,
  intent: Intent<I>,
  manner: Manner,
  room: RoomOf<I>,
) => Promise<Handling<IntentResult<I>>>;
