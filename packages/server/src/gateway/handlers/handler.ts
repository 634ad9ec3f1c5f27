/** What a handler of an intent is: stop 2 of the walk. It throws errors of the table; the connection tells the client. */
import type { Intent, IntentName, IntentResult } from 'elizad-protocol';
import type { Connection, GatewayDeps } from '../context.ts';

/** The result for the acknowledgement, now or `later`; the socket's next event is handled meanwhile. */
export type Handling<R = Record<string, unknown>> = { result?: R; later?: Promise<R> };

export type Handler<I extends IntentName> = (
  deps: GatewayDeps,
  connection: Connection,
  intent: Intent<I>,
) => Promise<Handling<IntentResult<I>>>;
