/** Agents for programs that know OpenAI's API: an agent is a model, and a conversation is a room like any other. */
import { deriveId, ElizadError, isUuid } from 'elizad-protocol';
import { isLed, type openaiRows } from 'elizad-protocol/rest';
import type { FastifyReply } from 'fastify';
import { addressAgent, readAnswer } from '../../messaging/asking/ask-agent.ts';
import { createRoomId, deriveRequestRoom, deriveUserRoom } from '../../messaging/ground/room-id.ts';
import type { Draft } from '../../messaging/posts/post-message.ts';
import { usePassingRoom } from '../../messaging/rooms/passing-room.ts';
import { askAndWait, readIdempotencyKey } from '../http/asking.ts';
import type { RestDeps } from '../http/context.ts';
import type { RestHandlers } from '../http/handler.ts';
import { type Answering, type CompletionRequest, countUsage, tellRoom, toCompletionId, unended } from './answering.ts';
import { findModel, listActive, listBirths, toModel } from './find-agent.ts';
import { answerLed } from './led.ts';
import { readQuestion } from './question.ts';
import { streamCompletion } from './stream.ts';

export const openaiHandlers: RestHandlers<typeof openaiRows> = {
  'list-models': async (deps) => {
    const agents = listActive(deps);
    const born = listBirths(deps);
    return { object: 'list', data: agents.map((agent) => toModel(agent, agents, born)) };
  },
  'get-model': async (deps, { params }) => toModel(findModel(deps, params.model), listActive(deps), listBirths(deps)),
  'create-chat-completion': async (deps, request, reply) => {
    const { body } = request;
    const agent = findModel(deps, body.model);
    const head = { created: Math.floor(Date.now() / 1000), model: body.model };
    if (isLed(body)) return answerLed(deps, request, reply, head, agent.id);
    const asked = await toDraft(request, agent.id);
    if (!isPassing(request))
      return answerInRoom(deps, request, reply, asked, { agentId: agent.id, head, isPassing: false });
    return usePassingRoom(deps, asked.channelId, () =>
      answerInRoom(deps, request, reply, asked, { agentId: agent.id, head, isPassing: true }),
    );
  },
};

/** Nobody can come back to it: it names no room and nobody, and is not asked again as the same. */
const isPassing = ({ body, raw }: CompletionRequest): boolean =>
  raw.headers['x-room-id'] === undefined &&
  (body.user ?? undefined) === undefined &&
  readIdempotencyKey(raw) === undefined;

async function answerInRoom(
  deps: RestDeps,
  request: CompletionRequest,
  reply: FastifyReply,
  asked: Draft,
  about: Omit<Answering, 'draft'>,
) {
  const draft = await addressAgent(deps.messaging, request.principal, about.agentId, asked);
  if (!about.isPassing) reply.header('x-room-id', draft.channelId);
  const answering = { ...about, draft };
  return request.body.stream
    ? streamCompletion(deps, request, reply, answering)
    : complete(deps, request, reply, answering);
}

async function complete(deps: RestDeps, { principal }: CompletionRequest, reply: FastifyReply, answering: Answering) {
  const { agentId, draft, head } = answering;
  const { message, answers, completion, signal } = await askAndWait(deps, principal, draft, reply);
  const { text: content, last } = readAnswer(agentId, answers, completion, unended(answering, signal));
  return {
    ...head,
    id: toCompletionId((last ?? message).id),
    object: 'chat.completion' as const,
    choices: [
      {
        index: 0,
        message: { role: 'assistant' as const, content, refusal: null },
        logprobs: null,
        finish_reason: 'stop' as const,
      },
    ],
    usage: await countUsage(deps, last),
    ...tellRoom(answering),
  };
}

/** What is said where: a room that is named is the memory, in one for this request the agent is shown what was said before. */
async function toDraft({ body, principal, raw }: CompletionRequest, agentId: string): Promise<Draft> {
  const room = raw.headers['x-room-id'];
  if (room !== undefined && (typeof room !== 'string' || !isUuid(room)))
    throw new ElizadError('invalid-payload', { issues: [{ path: 'X-Room-Id', message: 'expected a UUID' }] });
  const clientMessageId = readIdempotencyKey(raw);
  const user: string | undefined = body.user ?? undefined;
  const isSomebody = raw.headers['x-entity-id'] !== undefined;
  const named = isSomebody || user === undefined ? undefined : await deriveId(user);
  const entityId = named ?? principal.entityId;
  const { text, attachments, conversation } = readQuestion(body.messages);
  const isFresh = room === undefined && user === undefined;
  return {
    channelId: await chooseRoom(room, agentId, user, clientMessageId && `${entityId}:${clientMessageId}`),
    ...(named !== undefined && { entityId: named }),
    text,
    attachments,
    metadata: {},
    source: { door: 'openai_api', ...(isFresh && conversation.length > 0 && { metadata: { conversation } }) },
    // An id is no name.
    ...(user !== undefined && user.toLowerCase() !== entityId && { name: user.slice(0, 200) }),
    ...(clientMessageId !== undefined && { clientMessageId }),
  };
}

async function chooseRoom(named: string | undefined, agentId: string, user?: string, key?: string): Promise<string> {
  if (named !== undefined) return named.toLowerCase();
  if (user !== undefined) return deriveUserRoom(agentId, user);
  // The same request again must find the room that the first one made.
  return key === undefined ? createRoomId() : deriveRequestRoom(agentId, key);
}
