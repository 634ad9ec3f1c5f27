/** Programs outside speak in rooms: agents that run elsewhere, and bridges to other platforms. */
import { ElizadError, type JsonValue, type Message } from 'elizad-protocol';
import type { agentMessageRows } from 'elizad-protocol/rest';
import type { Principal } from '../../../auth/principal.ts';
import { addressAgent, readAnswer } from '../../../messaging/asking/ask-agent.ts';
import { getMessage, getMessageOf, getRoom } from '../../../messaging/ground/access.ts';
import { assertLength } from '../../../messaging/ground/context.ts';
import { withoutOwn } from '../../../messaging/ground/plain-words.ts';
import { editMessage } from '../../../messaging/posts/agent-posts.ts';
import { announceCompletion, postAsAgent } from '../../../messaging/posts/outside-agents.ts';
import { postMessage } from '../../../messaging/posts/post-message.ts';
import { getLastMessage } from '../../../messaging/posts/read-messages.ts';
import { askAndWait } from '../../http/asking.ts';
import type { RestDeps } from '../../http/context.ts';
import type { RestHandlers, RestRequest } from '../../http/handler.ts';
import { ingestHandlers } from './ingest.ts';
import { readAttachments } from './send.ts';
import { toDocumentedMessage } from './shapes.ts';

type Submission = RestRequest<(typeof agentMessageRows)['submit-message']>['body'];

export const agentMessageHandlers: RestHandlers<typeof agentMessageRows> = {
  ...ingestHandlers,
  'submit-message': async (deps, { principal, body }) => {
    const { messaging } = deps;
    const { sourceType = 'agent_response' } = body;
    const isByAgent = messaging.agents.has(body.authorId) || sourceType === 'agent_response';
    const message = isByAgent
      ? await postAsAgent(messaging, toAgentPost(body, sourceType))
      : await postAsPerson(deps, principal, body, sourceType);
    return {
      success: true,
      data: toDocumentedMessage(messaging, { message, clientMessageId: body.messageId ?? null }),
    };
  },
  'post-action': async ({ messaging }, { body }) => {
    const message = await postAsAgent(messaging, toAgentPost(body, 'agent_action'));
    return {
      success: true,
      data: toDocumentedMessage(messaging, { message, clientMessageId: body.messageId ?? null }),
    };
  },
  'edit-action': async ({ messaging }, { principal, params, body }) => {
    const { message, clientMessageId } = await getMessage(messaging, principal, params.messageId, 'write');
    if (message.source !== 'agent_action') throw new ElizadError('message-not-found');
    const { content: text = message.text, metadata = message.metadata, rawMessage = message.rawMessage } = body;
    assertLength(text, messaging.limits.maxTextLength);
    const { thought = message.thought, actions = message.actions } = readRaw(body.rawMessage);
    const changed = { ...message, text, metadata: withoutOwn(metadata), thought, actions };
    const edited = await editMessage(messaging, { ...changed, ...(rawMessage !== undefined && { rawMessage }) });
    if (!edited) throw new ElizadError('message-not-found');
    return { success: true, data: toDocumentedMessage(messaging, { message: edited, clientMessageId }) };
  },
  'complete-message': async (deps, { principal, body }, reply) => {
    const { messaging } = deps;
    const { channelId, agentId, userId, prompt } = body;
    if (prompt === undefined || agentId === undefined || userId === undefined || channelId === undefined) {
      const message = await findCompleted(deps, principal, channelId, body.messageId);
      announceCompletion(messaging, message);
      return { success: true, data: { channelId: message.channelId, messageId: message.id } };
    }
    const draft = {
      channelId,
      entityId: userId,
      text: prompt,
      attachments: [],
      metadata: {},
      source: { door: 'prompt' as const },
    };
    const asked = await addressAgent(messaging, principal, agentId, draft);
    const { message, answers, completion } = await askAndWait(deps, principal, asked, reply);
    const { text, last } = readAnswer(agentId, answers, completion);
    return {
      success: true,
      data: { response: text, channelId, messageId: message.id, ...(last && { answerId: last.id }) },
    };
  },
};

/** What a program says of its message beside the words, as the field puts it into `raw_message`. */
function readRaw(raw: JsonValue | undefined) {
  const { thought, actions, attachments, text } = (typeof raw === 'object' && !Array.isArray(raw) && raw) || {};
  return {
    ...(typeof thought === 'string' && { thought }),
    ...(Array.isArray(actions) && { actions: actions.filter((action) => typeof action === 'string') }),
    ...(Array.isArray(attachments) && { attachments: readAttachments(attachments) }),
    ...(typeof text === 'string' && { text }),
  };
}

function toAgentPost(body: Submission, source: string) {
  const { metadata, rawMessage } = body;
  const raw = readRaw(rawMessage);
  const { agent_name: called, agentName = called } = metadata;
  const name =
    body.authorName ?? (typeof agentName === 'string' && agentName !== '' ? agentName.slice(0, 200) : undefined);
  return {
    channelId: body.channelId,
    agentId: body.authorId,
    ...(name !== undefined && { name }),
    text: body.content === '' && raw.text !== undefined ? raw.text : body.content,
    source,
    thought: raw.thought ?? null,
    actions: raw.actions ?? [],
    attachments: body.attachments ?? raw.attachments ?? readAttachments(metadata.attachments),
    metadata,
    inReplyTo: body.inReplyTo ?? null,
    ...(rawMessage !== undefined && { rawMessage }),
    ...(body.messageId !== undefined && { messageId: body.messageId }),
  };
}

async function postAsPerson({ messaging }: RestDeps, principal: Principal, body: Submission, source: string) {
  const {
    channelId,
    authorId: entityId,
    authorName: name,
    serverId,
    inReplyTo,
    rawMessage,
    messageId,
    metadata,
  } = body;
  const { committed } = await postMessage(messaging, principal, {
    channelId,
    entityId,
    text: body.content,
    attachments: body.attachments ?? readAttachments(metadata.attachments),
    metadata,
    source,
    ...(name !== undefined && { name }),
    ...(serverId !== undefined && { serverId }),
    ...(inReplyTo !== undefined && { inReplyTo }),
    ...(rawMessage !== undefined && { rawMessage }),
    ...(messageId !== undefined && { clientMessageId: messageId }),
  });
  return (await committed).message;
}

/** The message that is over: the one that was named, or the last of the channel. */
async function findCompleted(
  { messaging }: RestDeps,
  principal: Principal,
  channelId: string | undefined,
  messageId: string | undefined,
): Promise<Message> {
  if (channelId === undefined) {
    if (messageId === undefined) throw new ElizadError('message-not-found');
    return (await getMessage(messaging, principal, messageId, 'write')).message;
  }
  const room = await getRoom(messaging, principal, channelId, 'write');
  return messageId === undefined ? getLastMessage(messaging, room) : getMessageOf(messaging, room, messageId);
}
