/** Messages from other platforms, by way of a program that brings them here. */
import type { agentMessageRows } from 'elizad-protocol/rest';
import type { FastifyReply } from 'fastify';
import { addressAgent } from '../../../messaging/asking/ask-agent.ts';
import { deriveForeignId } from '../../../messaging/ground/room-id.ts';
import { type Draft, postMessage } from '../../../messaging/posts/post-message.ts';
import { askAndWait } from '../../http/asking.ts';
import type { RestDeps } from '../../http/context.ts';
import type { RestHandlers, RestRequest } from '../../http/handler.ts';
import { readAttachments } from './send.ts';

type Ingestion = RestRequest<(typeof agentMessageRows)['ingest-message']>;

export const ingestHandlers: RestHandlers<Pick<typeof agentMessageRows, 'ingest-message'>> = {
  'ingest-message': async (deps, request, reply) => {
    const { messaging } = deps;
    const { principal, body } = request;
    if (body.messages) return ingestSome(deps, request, reply);
    const draft = await toDraft(body);
    await bringAgent(deps, request, draft);
    if (body.platform !== undefined) {
      reply.code(200);
      const { message, answers } = await askAndWait(deps, principal, draft, reply);
      const response = answers.map(({ text }) => text).join('\n\n');
      return { success: true, data: { messageId: message.id, response } };
    }
    const { committed } = await postMessage(messaging, principal, draft);
    const { message } = await committed;
    reply.code(body.roomId === undefined ? 202 : 200);
    return { success: true, data: { messageId: message.id } };
  },
};

/** Several at once, in their order; answered when all are stored. */
async function ingestSome(deps: RestDeps, request: Ingestion, reply: FastifyReply) {
  const { principal, body } = request;
  reply.code(200);
  const messageIds: string[] = [];
  for (const { id: sourceId, ...said } of body.messages ?? []) {
    const draft = await toDraft({ ...body, ...said, sourceId });
    await bringAgent(deps, request, draft);
    const { committed } = await postMessage(deps.messaging, principal, draft);
    messageIds.push((await committed).message.id);
  }
  return {
    success: true as const,
    data: { messageId: messageIds.at(-1) ?? '', processed: messageIds.length, messageIds },
  };
}

/** Ids of a platform that are no UUIDs have one each, the same every time. */
async function toDraft(body: Ingestion['body']): Promise<Draft> {
  const { sourceType, metadata, authorName: name, serverId, rawMessage, sourceId } = body;
  const [channelId, entityId] = await Promise.all(
    [body.channelId, body.authorId ?? ''].map((id) => deriveForeignId(sourceType, id)) as [
      Promise<string>,
      Promise<string>,
    ],
  );
  return {
    channelId,
    entityId,
    text: body.content,
    attachments: body.attachments ?? readAttachments(metadata.attachments),
    metadata,
    source: sourceType,
    ...(name !== undefined && { name }),
    ...(serverId !== undefined && { serverId }),
    ...(rawMessage !== undefined && { rawMessage }),
    ...(sourceId && { clientMessageId: sourceId }),
  };
}

/** The named agent takes part; in a room that is new and names none, the first one that runs, or nobody would ever answer. */
async function bringAgent({ messaging }: RestDeps, { principal, body }: Ingestion, draft: Draft): Promise<void> {
  const { agents, channels } = messaging;
  const channel = await channels.find(draft.channelId);
  const first = channel ? undefined : agents.list().find(({ status }) => status === 'active')?.id;
  const agentId = body.agentId ?? first;
  if (agentId === undefined || channel?.participants.has(agentId)) return;
  // Many may speak in a room of another platform.
  await addressAgent(messaging, principal, agentId, { ...draft, channelType: 'GROUP' });
}
