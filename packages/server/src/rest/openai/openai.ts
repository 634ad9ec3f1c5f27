/** Agents for programs that know OpenAI's API: an agent is a model, and a conversation is a room like any other. */
import { type AgentView, deriveId, ElizadError, isUuid } from 'elizad-protocol';
import type { openaiRows } from 'elizad-protocol/rest';
import type { FastifyReply } from 'fastify';
import { inviteAgent, readAnswer } from '../../messaging/ask-agent.ts';
import { exchange } from '../../messaging/exchange.ts';
import type { Draft } from '../../messaging/messages.ts';
import { listAgents } from '../../storage/agents.ts';
import { createId } from '../../storage/ids.ts';
import type { RestDeps } from '../context.ts';
import { watchHangUp } from '../event-stream.ts';
import type { RestHandlers } from '../handler.ts';
import { waitFor } from '../messages/send.ts';
import { type Answering, type CompletionRequest, countUsage, toCompletionId } from './answering.ts';
import { readQuestion } from './question.ts';
import { streamCompletion } from './stream.ts';

export const openaiHandlers: RestHandlers<typeof openaiRows> = {
  'list-models': async (deps) => {
    const agents = listActive(deps);
    const born = await listBirths(deps);
    return { object: 'list', data: agents.map((agent) => toModel(agent, agents, born)) };
  },
  'get-model': async (deps, { params }) =>
    toModel(getAgent(deps, params.model), listActive(deps), await listBirths(deps)),
  'create-chat-completion': async (deps, request, reply) => {
    const { messaging } = deps;
    const { body, principal } = request;
    const agent = getAgent(deps, body.model);
    const draft = await inviteAgent(messaging, principal, agent.id, await toDraft(request, agent.id));
    reply.header('x-room-id', draft.channelId);
    const answering = { agentId: agent.id, draft, head: { created: Math.floor(Date.now() / 1000), model: body.model } };
    return body.stream ? streamCompletion(deps, request, reply, answering) : complete(deps, request, reply, answering);
  },
};

async function complete(
  deps: RestDeps,
  { principal }: CompletionRequest,
  reply: FastifyReply,
  { agentId, draft, head }: Answering,
) {
  const signal = waitFor(deps, watchHangUp(reply));
  const { message, answers, completion } = await exchange(deps.messaging, principal, draft, signal);
  const { text: content, last } = readAnswer(agentId, answers, completion);
  return {
    ...head,
    id: toCompletionId((last ?? message).id),
    object: 'chat.completion' as const,
    choices: [
      {
        index: 0 as const,
        message: { role: 'assistant' as const, content, refusal: null },
        logprobs: null,
        finish_reason: 'stop' as const,
      },
    ],
    usage: await countUsage(deps, last),
    room_id: draft.channelId,
  };
}

const listActive = ({ messaging }: RestDeps): AgentView[] =>
  messaging.agents.list().filter(({ status }) => status === 'active');

const nameOf = ({ name }: AgentView) => name.toLowerCase();

/** By id, or by name in any case. Throws `agent-not-found`. */
function getAgent(deps: RestDeps, model: string): AgentView {
  const wanted = model.toLowerCase();
  const agents = listActive(deps);
  const agent = agents.find(({ id }) => id === wanted) ?? agents.find((one) => nameOf(one) === wanted);
  if (!agent)
    throw new ElizadError('agent-not-found', {
      issues: [{ path: 'model', message: 'expected the name or id of an agent that runs' }],
    });
  return agent;
}

/** When agents came here, in seconds since the epoch. */
async function listBirths({ messaging }: RestDeps): Promise<Map<string, number>> {
  const rows = await listAgents(messaging.database.db);
  return new Map(rows.map(({ id, created_at }) => [id, Math.floor(created_at / 1000)]));
}

function toModel(agent: AgentView, agents: readonly AgentView[], born: Map<string, number>) {
  const isUnique = agents.filter((one) => nameOf(one) === nameOf(agent)).length === 1;
  return {
    id: isUnique ? agent.name : agent.id,
    object: 'model' as const,
    created: born.get(agent.id) ?? 0,
    owned_by: 'elizad',
    agent_id: agent.id,
  };
}

/** What is said where: a room that is named is the memory, in one for this request the agent is shown what was said before. */
async function toDraft({ body, principal, raw }: CompletionRequest, agentId: string): Promise<Draft> {
  const room = raw.headers['x-room-id'];
  if (room !== undefined && (typeof room !== 'string' || !isUuid(room)))
    throw new ElizadError('invalid-payload', { issues: [{ path: 'X-Room-Id', message: 'expected a UUID' }] });
  const key = raw.headers['idempotency-key'];
  const clientMessageId = typeof key === 'string' && key !== '' ? key.slice(0, 200) : undefined;
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
  if (user !== undefined) return deriveId(`openai:${agentId}:user:${user}`);
  // The same request again must find the room that the first one made.
  return key === undefined ? createId() : deriveId(`openai:${agentId}:request:${key}`);
}
