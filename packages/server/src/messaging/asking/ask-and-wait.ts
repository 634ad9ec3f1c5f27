/** A question and its answers, for callers that wait: HTTP requests, jobs, sessions. It is a message like any other. */
import { ElizadError, type Message, type ServerEvents } from 'elizad-protocol';
import type { Principal } from '../../auth/principal.ts';
import { passStop } from '../../observability/walk.ts';
import { findMessageEnd } from '../../storage/messages/answers.ts';
import { describeCompletion } from '../../storage/turns/completion.ts';
import { createPresence } from '../events/room-feed.ts';
import type { Messaging } from '../ground/context.ts';
import { type Draft, postMessage } from '../posts/post-message.ts';

export type Exchange = {
  message: Message;
  /** Whether the message was there before: nothing was said anew. */
  isRetry: boolean;
  /** What agents said to it, in order; several where several answered. */
  answers: Message[];
  /** How it ended; undefined where the caller stopped waiting before. */
  completion: ServerEvents['message-completed'] | undefined;
};

/**
 * Says something and waits until nothing more comes of it, or until `signal` fires. A retry gives what came of the first.
 * Throws what `postMessage` throws, before and after the commit, and `removed-from-room` when the sender was taken out meanwhile.
 */
export async function exchange(
  messaging: Messaging,
  principal: Principal,
  draft: Draft,
  signal: AbortSignal,
): Promise<Exchange> {
  const { database, feed } = messaging;
  const ended = new Set<string>();
  passStop('messaging/ask-and-wait', draft.clientMessageId);
  const isIn = createPresence(draft.entityId ?? principal.entityId);
  const { promise: over, resolve: stopWaiting } = Promise.withResolvers<void>();
  let wakeUp = () => {};
  // Before it is posted: the end may come with the commit.
  const stopListening = feed.listen(draft.channelId, (event) => {
    if (event.name === 'message-completed') ended.add(event.payload.messageId);
    else if (isIn(event)) return;
    wakeUp();
  });
  // What listens to a signal that lives as long as the server is never let go by itself, and the message with it.
  const onAbort = () => stopWaiting();
  signal.addEventListener('abort', onAbort);
  try {
    const { committed } = await postMessage(messaging, principal, draft);
    const { message, isRetry } = await committed;
    wakeUp = () => {
      if (ended.has(message.id) || !isIn()) stopWaiting();
    };
    if (isRetry && (await findMessageEnd(database.db, message))) ended.add(message.id);
    wakeUp();
    if (signal.aborted) stopWaiting();
    await over;
    if (!isIn()) throw new ElizadError('removed-from-room', { roomId: message.channelId });
    const end = ended.has(message.id) ? await findMessageEnd(database.db, message) : undefined;
    const completion = end && describeCompletion(message, end.turns);
    return { message, isRetry, answers: end?.answers ?? [], completion };
  } finally {
    stopListening();
    signal.removeEventListener('abort', onAbort);
  }
}
