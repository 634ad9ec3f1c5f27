/** One question of a client to a server, with what an app makes of its answer: it is given up, refused, or asked again. */
import type { Socket } from 'socket.io-client';
import { pause } from '../chance.ts';

// What a server sends is whatever it sends.
// biome-ignore lint/suspicious/noExplicitAny: a stranger's wire has no types
export type Payload = any;

export type Tally = { retries: number; resumed: number; fresh: number; heard: number; refusals: Map<string, number> };

/** How long an answer is waited for; twice as long with each try, since on a slow machine each try makes the server slower. */
const ackMs = 1_500;
const longestAckMs = 24_000;
/** A server may say anything of how long to wait. */
const mostWaitMs = 5_000;

/** Codes after which the same thing may be sent again, as the table of errors says. */
const passing = new Set(['storage-failed', 'internal', 'too-many-sends', 'reader-too-slow']);

/** One question; nothing when there is no answer in time, or one that says to ask again. */
export async function ask(tally: Tally, over: Socket, event: string, payload: unknown, asked = 0): Promise<Payload> {
  const ack = await over
    .timeout(Math.min(ackMs * 2 ** asked, longestAckMs))
    .emitWithAck(event, payload)
    .catch(() => undefined);
  if (ack === undefined || ack.ok) return ack;
  const { code, retryAfterMs = 100 } = ack.details ?? {};
  if (passing.has(code)) {
    await pause(Math.min(Number(retryAfterMs) || 0, mostWaitMs));
    return undefined;
  }
  const what = `${event}: ${code}`;
  tally.refusals.set(what, (tally.refusals.get(what) ?? 0) + 1);
  return ack;
}
