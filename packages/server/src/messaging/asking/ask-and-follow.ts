/** A question and what comes of it, told as it comes: for callers that stream. It is a message like any other. */
import { ElizadError, type Message, type ServerEvents } from 'elizad-protocol';
import type { Principal } from '../../auth/principal.ts';
import { passStop } from '../../observability/walk.ts';
import { findMessageEnd, findMessageProgress } from '../../storage/messages/answers.ts';
import { findRootOf } from '../../storage/turns/runs.ts';
import { describeCompletion } from '../events/completion.ts';
import { createPresence, type RoomEvent } from '../events/room-feed.ts';
import type { Messaging } from '../ground/context.ts';
import { type Draft, postMessage } from '../posts/post-message.ts';

export type ExchangeEvent =
  | { kind: 'posted'; message: Message; isRetry: boolean }
  /** More of an answer; with `isAnew` all that was said of it so far. */
  | { kind: 'said'; answerId: string; agentId: string; text: string; isAnew: boolean }
  /** An answer is whole. */
  | { kind: 'answered'; message: Message }
  /** Nothing more comes; without a completion because the caller stopped waiting. */
  | { kind: 'ended'; answers: Message[]; completion: ServerEvents['message-completed'] | undefined };

const wanted = ['chunk-streamed', 'message-posted', 'message-completed'];

/**
 * Says something, and tells what comes of it until it is over or `signal` fires. A retry tells all of it again, from the
 * beginning. Throws what `postMessage` throws, and `removed-from-room` when the sender was taken out meanwhile.
 */
export async function* streamExchange(
  messaging: Messaging,
  principal: Principal,
  draft: Draft,
  signal: AbortSignal,
): AsyncGenerator<ExchangeEvent> {
  const { database, feed, answers } = messaging;
  const events: RoomEvent[] = [];
  passStop('messaging/ask-and-follow', draft.clientMessageId);
  const isIn = createPresence(draft.entityId ?? principal.entityId);
  let wakeUp = () => {};
  // Before it is posted: the end may come with the commit.
  const stopListening = feed.listen(draft.channelId, (event) => {
    if (isIn(event) && !wanted.includes(event.name)) return;
    if (isIn()) events.push(event);
    wakeUp();
  });
  const onAbort = () => wakeUp();
  signal.addEventListener('abort', onAbort);
  try {
    const { committed } = await postMessage(messaging, principal, draft);
    const { message, isRetry } = await committed;
    yield { kind: 'posted', message, isRetry };
    const isOurs = createOwnership(messaging, message.id);
    const whole = new Set<string>();
    let lastMark = 0;
    if (isRetry) {
      const progress = await findMessageProgress(database.db, message);
      const soFar = Map.groupBy(answers.list([draft.channelId], 0), ({ chunk }) => chunk.messageId);
      lastMark = Math.max(0, ...[...soFar.values()].flat().map(({ mark }) => mark));
      for (const answer of progress.answers) {
        whole.add(answer.id);
        yield { kind: 'answered', message: answer };
      }
      if (progress.isOver) {
        yield { kind: 'ended', answers: progress.answers, completion: describeCompletion(message, progress.turns) };
        return;
      }
      for (const [answerId, pieces] of soFar) {
        if (whole.has(answerId) || !(await isOurs(answerId))) continue;
        const text = pieces.map(({ chunk }) => chunk.chunk).join('');
        yield { kind: 'said', answerId, agentId: pieces[0]?.chunk.agentId ?? '', text, isAnew: true };
      }
    }
    for (;;) {
      const event = events.shift();
      if (!event) {
        if (!isIn()) throw new ElizadError('removed-from-room', { roomId: message.channelId });
        if (signal.aborted) break;
        const { promise, resolve } = Promise.withResolvers<void>();
        wakeUp = resolve;
        await promise;
      } else if (event.name === 'chunk-streamed') {
        const { messageId: answerId, agentId, chunk, index } = event.payload;
        const isKnown = event.place && 'mark' in event.place && event.place.mark <= lastMark;
        if (isKnown || whole.has(answerId) || !(await isOurs(answerId))) continue;
        yield { kind: 'said', answerId, agentId, text: chunk, isAnew: index === 0 };
      } else if (event.name === 'message-posted') {
        const { message: answer } = event.payload;
        if (answer.source !== 'agent_response' || whole.has(answer.id) || !(await isOurs(answer.id))) continue;
        whole.add(answer.id);
        yield { kind: 'answered', message: answer };
      } else if (event.name === 'message-completed' && event.payload.messageId === message.id) {
        const end = await findMessageEnd(database.db, message);
        yield { kind: 'ended', answers: end?.answers ?? [], completion: event.payload };
        return;
      }
    }
    yield { kind: 'ended', answers: [], completion: undefined };
  } finally {
    stopListening();
    signal.removeEventListener('abort', onAbort);
  }
}

/** Whether an answer is one to this message, or to an answer to it; each is looked up once. */
function createOwnership({ database }: Pick<Messaging, 'database'>, rootId: string) {
  const known = new Map<string, boolean>();
  return async (answerId: string): Promise<boolean> => {
    const isOurs = known.get(answerId) ?? (await findRootOf(database.db, answerId)) === rootId;
    known.set(answerId, isOurs);
    return isOurs;
  };
}
