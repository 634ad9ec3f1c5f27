/** A question and what comes of it, told as it comes: for callers that stream. It is a message like any other. */
import { ElizadError, type Message, type ServerEvents } from 'elizad-protocol';
import type { Principal } from '../../auth/principal.ts';
import { passStop } from '../../observability/walk.ts';
import { findMessageEnd, findMessageProgress, type MessageProgress } from '../../storage/messages/answers.ts';
import { findMessage } from '../../storage/messages/history.ts';
import { findApprovalById, listOpenApprovalsOf } from '../../storage/turns/approvals.ts';
import { describeCompletion } from '../../storage/turns/completion.ts';
import { findRootOf } from '../../storage/turns/runs.ts';
import { createPresence, type RoomEvent } from '../events/room-feed.ts';
import type { Messaging } from '../ground/context.ts';
import { type Draft, postMessage } from '../posts/post-message.ts';

export type ExchangeEvent =
  | { kind: 'posted'; message: Message; isRetry: boolean }
  /** More of an answer; with `isAnew` all that was said of it so far. */
  | { kind: 'said'; answerId: string; agentId: string; text: string; isAnew: boolean }
  /** An answer breaks off; what was said of it so far may still be posted. */
  | { kind: 'broken'; answerId: string; agentId: string; error: string; partialText?: string }
  /** What an agent does while it answers, as it is now: a card is told again with each change. */
  | { kind: 'card'; answerId: string; message: Message }
  /** What an agent asks the people of the room before it goes on, and again once that is settled. */
  | { kind: 'question'; answerId: string; message: Message }
  /** What the model thought before an answer; told with it. */
  | { kind: 'thought'; answerId: string; agentId: string; text: string }
  /** An answer is whole. */
  | { kind: 'answered'; message: Message }
  /** Nothing more comes; without a completion because the caller stopped waiting. */
  | { kind: 'ended'; answers: Message[]; completion: ServerEvents['message-completed'] | undefined };

const wanted = ['chunk-streamed', 'stream-failed', 'message-posted', 'message-completed'];

/**
 * Says something, and tells what comes of it until it is over or `signal` fires. A retry tells the answers again, from the
 * beginning, and what is still asked; of cards only those that change from then on. Throws what `postMessage` throws, and
 * `removed-from-room` when the sender was taken out meanwhile.
 */
export async function* streamExchange(
  messaging: Messaging,
  principal: Principal,
  draft: Draft,
  signal: AbortSignal,
): AsyncGenerator<ExchangeEvent> {
  const { database, feed } = messaging;
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
    const teller = createTeller(messaging, message);
    if (isRetry) yield* teller.tellAgain(await findMessageProgress(database.db, message));
    while (!teller.isOver()) {
      const event = events.shift();
      if (event) {
        yield* teller.tell(event);
        continue;
      }
      if (!isIn()) throw new ElizadError('removed-from-room', { roomId: message.channelId });
      if (signal.aborted) break;
      const { promise, resolve } = Promise.withResolvers<void>();
      wakeUp = resolve;
      await promise;
    }
    if (teller.isOver()) return;
    yield { kind: 'ended', answers: [], completion: undefined };
  } finally {
    stopListening();
    signal.removeEventListener('abort', onAbort);
  }
}

type Telling = Pick<Messaging, 'database' | 'answers'>;

/** Makes what a room hears into what comes of one message of it. */
function createTeller({ database: { db }, answers }: Telling, root: Message) {
  const isOurs = createOwnership(db, root.id);
  const whole = new Set<string>();
  let lastMark = 0;
  let isOver = false;

  function* tellAnswer(message: Message): Generator<ExchangeEvent> {
    const { id: answerId, senderId: agentId, thought } = message;
    whole.add(answerId);
    if (thought !== null) yield { kind: 'thought', answerId, agentId, text: thought };
    yield { kind: 'answered', message };
  }

  async function* tellPosted(message: Message): AsyncGenerator<ExchangeEvent> {
    const { id, source } = message;
    if (source === 'agent_response') {
      if (!whole.has(id) && (await isOurs(id))) yield* tellAnswer(message);
      return;
    }
    const kind = source === 'agent_action' ? 'card' : source === 'agent_question' ? 'question' : undefined;
    const answerId = kind && (await findTurnOf(db, message));
    if (kind && answerId !== undefined && (await isOurs(answerId))) yield { kind, answerId, message };
  }

  return {
    isOver: () => isOver,
    /** What came of it before this caller listened. */
    async *tellAgain(progress: MessageProgress): AsyncGenerator<ExchangeEvent> {
      const soFar = Map.groupBy(answers.list([root.channelId], 0), ({ chunk }) => chunk.messageId);
      lastMark = Math.max(0, ...[...soFar.values()].flat().map(({ mark }) => mark));
      for (const answer of progress.answers) yield* tellAnswer(answer);
      isOver = progress.isOver;
      if (isOver) {
        yield { kind: 'ended', answers: progress.answers, completion: describeCompletion(root, progress.turns) };
        return;
      }
      for (const [answerId, pieces] of soFar) {
        if (whole.has(answerId) || !(await isOurs(answerId))) continue;
        const text = pieces.map(({ chunk }) => chunk.chunk).join('');
        yield { kind: 'said', answerId, agentId: pieces[0]?.chunk.agentId ?? '', text, isAnew: true };
      }
      for (const answerId of progress.turnIds)
        for (const { id } of await listOpenApprovalsOf(db, answerId)) {
          const message = await findMessage(db, id);
          if (message) yield { kind: 'question', answerId, message };
        }
    },
    async *tell({ name, payload, place }: RoomEvent): AsyncGenerator<ExchangeEvent> {
      if (name === 'chunk-streamed') {
        const { messageId: answerId, agentId, chunk, index } = payload;
        const isKnown = place && 'mark' in place && place.mark <= lastMark;
        if (isKnown || whole.has(answerId) || !(await isOurs(answerId))) return;
        yield { kind: 'said', answerId, agentId, text: chunk, isAnew: index === 0 };
      } else if (name === 'stream-failed') {
        const { messageId: answerId, channelId: _room, ...broken } = payload;
        if (await isOurs(answerId)) yield { kind: 'broken', answerId, ...broken };
      } else if (name === 'message-posted') {
        yield* tellPosted(payload.message);
      } else if (name === 'message-completed' && payload.messageId === root.id) {
        isOver = true;
        const end = await findMessageEnd(db, root);
        yield { kind: 'ended', answers: end?.answers ?? [], completion: payload };
      }
    },
  };
}

type Db = Messaging['database']['db'];

/** The turn that a card or a question is of. Anybody may write a `runId`; it counts only where that turn is of the message. */
async function findTurnOf(db: Db, { id, channelId, source, metadata }: Message): Promise<string | undefined> {
  if (source === 'agent_question') return (await findApprovalById(db, channelId, id))?.turn_id;
  return typeof metadata.runId === 'string' ? metadata.runId : undefined;
}

/** Whether an answer is one to this message, or to an answer to it; each is looked up once. */
function createOwnership(db: Db, rootId: string) {
  const known = new Map<string, boolean>();
  return async (answerId: string): Promise<boolean> => {
    const isOurs = known.get(answerId) ?? (await findRootOf(db, answerId)) === rootId;
    known.set(answerId, isOurs);
    return isOurs;
  };
}
