/** Something is said over HTTP: one question, and four ways to hear what comes of it. */
import { type Attachment, attachment, ElizadError, type ErrorCode, isUuid } from 'elizad-protocol';
import type { messageRows } from 'elizad-protocol/rest';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { streamExchange } from '../../../messaging/asking/ask-and-follow.ts';
import { exchange } from '../../../messaging/asking/ask-and-wait.ts';
import { type Draft, postMessage } from '../../../messaging/posts/post-message.ts';
import { isForAgents } from '../../../messaging/posts/read-messages.ts';
import { passStop } from '../../../observability/walk.ts';
import { createAnswerCursor, isPlace } from '../../http/answer-cursor.ts';
import type { RestDeps } from '../../http/context.ts';
import { openEventStream, waitFor, watchHangUp } from '../../http/event-stream.ts';
import type { RestHandlers, RestRequest } from '../../http/handler.ts';
import { toBusMessage, toDocumentedMessage, toRestMessage, toResult } from './shapes.ts';

type SendRequest = RestRequest<(typeof messageRows)['post-message']>;

export const sendHandlers: RestHandlers<Pick<typeof messageRows, 'post-message'>> = {
  'post-message': async (deps, request, reply) => say(deps, request, reply, toDraft(request)),
};

/** Says what a request says, and answers as it wants to be answered. */
export async function say(deps: RestDeps, request: SendRequest, reply: FastifyReply, draft: Draft) {
  const { transport } = request.body;
  passStop('rest/send', draft.clientMessageId);
  reply.code(201);
  if (transport === 'sse' || transport === 'stream') return streamAnswers(deps, request, reply, draft);
  const isWaiting = request.query.wait || transport === 'http' || transport === 'sync';
  return isWaiting ? waitForAnswers(deps, request, reply, draft) : post(deps, request, draft);
}

async function post(deps: RestDeps, request: SendRequest, draft: Draft) {
  const { messaging } = deps;
  const { committed } = await postMessage(messaging, request.principal, draft);
  const { message } = await committed;
  // That nobody will answer is known at once.
  return show(deps, request, message, (await isForAgents(messaging, message)) ? {} : { outcome: 'no-agent' as const });
}

async function waitForAnswers(deps: RestDeps, request: SendRequest, reply: FastifyReply, draft: Draft) {
  const signal = waitFor(deps, watchHangUp(reply));
  const { message, answers, completion } = await exchange(deps.messaging, request.principal, draft, signal);
  passStop('rest/answer', message.id);
  return show(deps, request, message, toResult(answers, completion));
}

type Result = Partial<ReturnType<typeof toResult>>;

function show(
  { messaging }: RestDeps,
  { body }: SendRequest,
  message: Parameters<typeof toBusMessage>[0],
  result: Result,
) {
  const listed = { message, clientMessageId: body.messageId ?? null };
  const data = { ...toRestMessage(messaging, listed), message: toDocumentedMessage(messaging, listed), ...result };
  return { success: true as const, data, userMessage: toBusMessage(message), ...result };
}

/** What is wrong with the message is answered as ever; from its commit on it is told in the stream. */
async function streamAnswers(
  deps: RestDeps,
  request: SendRequest,
  reply: FastifyReply,
  draft: Draft,
): Promise<FastifyReply> {
  const place = [request.raw.headers['last-event-id']].flat()[0];
  const cursor = createAnswerCursor(place);
  const stop = new AbortController();
  const events = streamExchange(deps.messaging, request.principal, draft, waitFor(deps, stop.signal));
  const first = await events.next();
  const stream = openEventStream(deps, reply);
  stream.signal.addEventListener('abort', () => stop.abort());
  if (stream.signal.aborted) stop.abort();
  const send = (name: string, data: unknown) => stream.send({ name, data, id: cursor.format() });
  const tell = (chunk: ReturnType<typeof cursor.take>) => chunk && send('chunk', chunk);
  try {
    if (!first.done && first.value.kind === 'posted' && !isPlace(place))
      send('user_message', toBusMessage(first.value.message));
    for await (const event of events) {
      if (event.kind === 'said') tell(cursor.take(event.answerId, event.text, event.isAnew));
      else if (event.kind === 'answered') tell(cursor.finish(event.message.id, event.message.text));
      else if (event.kind === 'ended') end(send, event.answers, event.completion);
    }
  } catch (error) {
    const known = error instanceof ElizadError ? error : new ElizadError('internal');
    if (known !== error) deps.logger.error({ err: error }, 'a stream broke off');
    send('error', known.toWire());
  }
  stream.end();
  return reply;
}

type Send = (name: string, data: unknown) => void;

/** The last event: all that was said, or why it was not. */
function end(send: Send, answers: Parameters<typeof toResult>[0], completion: Parameters<typeof toResult>[1]): void {
  const { agentResponse, agentResponses, ...result } = toResult(answers, completion);
  const code = completion ? result.code : 'answer-pending';
  if (completion?.outcome !== 'answered' && code !== undefined) {
    const { message } = new ElizadError(code as ErrorCode);
    send('error', { error: message, ...result, code, ...(agentResponse && { partialText: agentResponse.text }) });
    return;
  }
  const silence = { text: '', thought: null, actions: [], attachments: [] };
  send('done', { ...(agentResponse ?? silence), ...result, ...(agentResponses && { agentResponses }) });
}

const attachments = z.array(attachment).max(50);

/** What the field gives beside the words stands in the metadata. */
export function toDraft({ params, body, raw }: SendRequest): Draft {
  const { metadata } = body;
  const target = body.targetId ?? metadata.targetUserId ?? metadata.recipientId;
  const name = body.authorName ?? [metadata.user_display_name, metadata.authorDisplayName].find(isName);
  const key = raw.headers['idempotency-key'];
  const clientMessageId = body.messageId ?? (isName(key) ? key : undefined);
  return {
    channelId: params.channelId,
    text: body.content,
    attachments: body.attachments ?? readAttachments(metadata.attachments),
    metadata,
    source: body.sourceType ?? 'eliza_gui',
    ...(body.authorId && { entityId: body.authorId }),
    ...(isName(name) && { name }),
    ...(clientMessageId !== undefined && { clientMessageId }),
    ...(body.serverId && { serverId: body.serverId }),
    ...(body.inReplyTo && { inReplyTo: body.inReplyTo }),
    ...(body.rawMessage !== undefined && { rawMessage: body.rawMessage }),
    ...(isUuid(target) && { targetId: target.toLowerCase() }),
    ...(metadata.isDm === true && { isDm: true }),
    ...(typeof metadata.channelType === 'string' && { channelType: metadata.channelType.slice(0, 20) }),
  };
}

const isName = (value: unknown): value is string =>
  typeof value === 'string' && value.trim() !== '' && value.length <= 200;

export const readAttachments = (given: unknown): Attachment[] => attachments.safeParse(given).data ?? [];
