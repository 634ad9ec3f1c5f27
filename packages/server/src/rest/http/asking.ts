/**
 * How a request asks, and how it hears what comes of it: what its head says, how long it waits, an answer as a whole and an
 * answer as a stream. Every door asks through this; a door adds its own words.
 */
import { ElizadError, type Message, type ServerEvents } from 'elizad-protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '../../auth/principal.ts';
import { streamExchange } from '../../messaging/asking/ask-and-follow.ts';
import { type Exchange, exchange } from '../../messaging/asking/ask-and-wait.ts';
import type { Draft } from '../../messaging/posts/post-message.ts';
import { type Chunk, createAnswerCursor } from './answer-cursor.ts';
import type { RestDeps } from './context.ts';
import { type EventStream, openEventStream, type StreamEvent } from './event-stream.ts';

/** Characters of a key that count. A longer key is cut, not ignored: its retries must be the same question too. */
const mostKeyLength = 200;

/** The key under which a retry is the same question. */
export function readIdempotencyKey({ headers }: FastifyRequest): string | undefined {
  const key = [headers['idempotency-key']].flat()[0] ?? '';
  return key.trim() === '' ? undefined : key.slice(0, mostKeyLength);
}

/** Where a reader that comes back says that it was. */
export const readLastEventId = ({ headers }: FastifyRequest): string | undefined =>
  [headers['last-event-id']].flat()[0] || undefined;

/** Fires, by `gone` where one is given, when whoever asked has hung up before the answer was sent. */
export function watchHangUp({ raw }: FastifyReply, gone = new AbortController()): AbortSignal {
  raw.once('close', () => {
    if (!raw.writableFinished) gone.abort();
  });
  if (raw.destroyed) gone.abort();
  return gone.signal;
}

type Waiting = Pick<RestDeps, 'settings' | 'stopping'>;

/** Fires when whoever asks has gone, the server stops, or it has taken as long as a turn may, and `moreMs`. */
export const untilAnswered = ({ settings, stopping }: Waiting, hungUp: AbortSignal, moreMs = 0): AbortSignal =>
  AbortSignal.any([hungUp, stopping, AbortSignal.timeout(settings.turnTimeoutMs + moreMs)]);

/** A turn that takes too long ends by itself, and its end is the better answer. */
const untilTurnEnds = (deps: Waiting, hungUp: AbortSignal): AbortSignal => untilAnswered(deps, hungUp, 1_000);

/** Fires when nobody waits any more, or after the longest time that hearing, a turn and speaking take. */
export function untilSpoken({ settings }: Pick<RestDeps, 'settings'>, reply: FastifyReply): AbortSignal {
  const over = new AbortController();
  const end = () => over.abort(new ElizadError('turn-timed-out'));
  const timer = setTimeout(end, 2 * settings.turnTimeoutMs);
  reply.raw.once('close', () => {
    clearTimeout(timer);
    end();
  });
  return over.signal;
}

/** Why an answer ended that was not whole. */
export const describeEnd = ({ reason }: AbortSignal): ElizadError =>
  new ElizadError(
    reason instanceof DOMException && reason.name === 'TimeoutError' ? 'turn-timed-out' : 'server-not-ready',
  );

/** Asks, and waits for all that comes of it; `signal` says why it was not waited for to the end. Throws as `exchange` does. */
export async function askAndWait(
  deps: RestDeps,
  principal: Principal,
  draft: Draft,
  reply: FastifyReply,
): Promise<Exchange & { signal: AbortSignal }> {
  const signal = untilTurnEnds(deps, watchHangUp(reply));
  return { ...(await exchange(deps.messaging, principal, draft, signal)), signal };
}

/** How a door tells one answer as a stream. */
export type AnswerWire = {
  /** Whether its events carry the place of the reader after them, and where the reader says that it was. */
  readonly places?: { readonly from: string | undefined };
  /** Whose answers it tells; everybody's where it is left out. */
  readonly agentId?: string;
  begin(): StreamEvent[];
  say(chunk: Chunk): StreamEvent;
  /** The last events. What it throws is told by `toFailure`. */
  end(
    answers: Message[],
    completion: Completion,
    signal: AbortSignal,
  ): Iterable<StreamEvent> | AsyncIterable<StreamEvent>;
  toFailure(error: ElizadError): StreamEvent;
};

type Completion = ServerEvents['message-completed'] | undefined;

/**
 * Asks, and tells the answers as they come. What is wrong with the question is thrown, before the head; from its commit on
 * everything is told in the stream.
 */
export async function askAndStream(
  deps: RestDeps,
  principal: Principal,
  draft: Draft,
  reply: FastifyReply,
  openWire: (message: Message) => AnswerWire,
): Promise<FastifyReply> {
  const gone = new AbortController();
  const signal = untilTurnEnds(deps, gone.signal);
  const events = streamExchange(deps.messaging, principal, draft, signal);
  const { value: first } = await events.next();
  if (first?.kind !== 'posted') throw new Error('An exchange began without its question.');
  const wire = openWire(first.message);
  const { places, agentId } = wire;
  const cursor = createAnswerCursor(places?.from);
  const withPlace = (event: StreamEvent) => (places ? { ...event, id: cursor.format() } : event);
  const isTold = (id: string) => agentId === undefined || agentId === id;
  return streamReply(deps, reply, { toFailure: wire.toFailure, withPlace, gone }, async (stream) => {
    const send = (event: StreamEvent) => stream.send(withPlace(event));
    const say = (chunk: Chunk | undefined) => chunk && send(wire.say(chunk));
    for (const event of wire.begin()) send(event);
    for await (const event of events) {
      if (event.kind === 'said' && isTold(event.agentId)) say(cursor.take(event.answerId, event.text, event.isAnew));
      else if (event.kind === 'answered' && isTold(event.message.senderId))
        say(cursor.finish(event.message.id, event.message.text));
      else if (event.kind === 'ended')
        for await (const last of wire.end(event.answers, event.completion, signal)) send(last);
    }
  });
}

type Told = {
  /** How the stream says what went wrong, also to a reader that is cut off. */
  toFailure?(error: ElizadError): StreamEvent;
  withPlace?(event: StreamEvent): StreamEvent;
  /** Is aborted once the reader has gone. */
  gone?: AbortController;
};

/** How a room's streams say what went wrong. */
export const toErrorEvent = (error: ElizadError): StreamEvent => ({ name: 'error', data: error.toWire() });

/** Opens a stream, lets `tell` send all of it, and ends it; what `tell` throws is the last event. */
export async function streamReply(
  deps: RestDeps,
  reply: FastifyReply,
  { toFailure = toErrorEvent, withPlace = (event) => event, gone = new AbortController() }: Told,
  tell: (stream: EventStream) => Promise<void>,
): Promise<FastifyReply> {
  const stream = openEventStream(deps, reply, toFailure);
  const leave = () => gone.abort();
  if (stream.signal.aborted) leave();
  else stream.signal.addEventListener('abort', leave);
  try {
    await tell(stream);
  } catch (error) {
    const known = error instanceof ElizadError ? error : new ElizadError('internal');
    if (known !== error) deps.logger.error({ err: error }, 'a stream broke off');
    stream.send(withPlace(toFailure(known)));
  }
  stream.end();
  return reply;
}
