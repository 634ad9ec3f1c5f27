/**
 * Clients that send again what they hear: each message comes back to them, and so without an end. Nobody else says the same
 * again and again within a moment of hearing it. What has a `messageId` or asks for an acknowledgement is not looked at.
 */
import { ElizadError } from 'elizad-protocol';
import type { Messaging } from '../messaging/ground/context.ts';
import { markText } from '../messaging/posts/mark-text.ts';
import type { GatewaySocket } from './socket-data.ts';

/** So many times one may say what one has just heard; each is forgotten after a while. */
const mostEchoes = 5;
const forgetMs = 10_000;

/** What was heard this long ago, in ms, is no echo any more. */
const soonMs = 1_000;

/** Of one socket: when it heard what it said last, by the mark of the text; and how often it said again what it heard. */
type Past = { heard: Map<number, number>; echoes: number; since: number };
const mostHeard = 16;

const pasts = new WeakMap<GatewaySocket, Past>();

/** Throws `message-loop`. What it returns is to be called when the message has been told. */
export async function checkLoop(
  { channels }: Messaging,
  socket: GatewaySocket,
  { channelId, text }: { channelId: string; text: string },
  arrivedAt: number,
): Promise<() => void> {
  const past = pasts.get(socket) ?? { heard: new Map(), echoes: 0, since: arrivedAt };
  pasts.set(socket, past);
  const forgotten = Math.floor((arrivedAt - past.since) / forgetMs);
  past.echoes = Math.max(0, past.echoes - forgotten);
  past.since += forgotten * forgetMs;
  const mark = markText(text);
  const heardAt = past.heard.get(mark);
  const isOwn = heardAt !== undefined && heardAt <= arrivedAt && arrivedAt - heardAt < soonMs;
  const isEcho = isOwn || (await channels.find(channelId))?.lastAnswer === mark;
  if (isEcho) past.echoes = Math.min(past.echoes + 1, mostEchoes + 1);
  if (isEcho && past.echoes > mostEchoes) throw new ElizadError('message-loop');
  return () => {
    past.heard.delete(mark);
    past.heard.set(mark, performance.now());
    if (past.heard.size > mostHeard) past.heard.delete(past.heard.keys().next().value as number);
  };
}
