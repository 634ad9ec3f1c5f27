/** A message in the shapes in which the field reads it. */
import type { JsonValue, Message, Outcome, ServerEvents } from 'elizad-protocol';
import type { agentResponse, busMessage, documentedMessage, restMessage } from 'elizad-protocol/rest';
import type { z } from 'zod';
import type { Messaging } from '../../../messaging/ground/context.ts';
import type { ListedMessage } from '../../../messaging/posts/read-messages.ts';
import { toIso } from '../../http/iso-time.ts';

type Shaper = Pick<Messaging, 'agents'>;
type Json = Record<string, JsonValue>;

/** What came with a message, or where nothing did, what it says. Of a card always how it is now. */
function toRaw(message: Message): JsonValue {
  const { rawMessage, text, thought, actions, attachments, source, metadata } = message;
  const said = { text, thought, actions, source, ...(attachments.length > 0 && { attachments }) };
  if (source !== 'agent_action') return rawMessage ?? (said as Json);
  const given = typeof rawMessage === 'object' && !Array.isArray(rawMessage) ? rawMessage : {};
  return { ...(metadata as Json), ...given, ...(said as Json) };
}

export function toRestMessage(
  { agents }: Shaper,
  { message, clientMessageId }: ListedMessage,
): z.input<typeof restMessage> {
  const { createdAt, updatedAt = createdAt, senderId, senderName } = message;
  const isAgent = agents.has(senderId);
  return {
    id: message.id,
    channelId: message.channelId,
    authorId: senderId,
    content: message.text,
    rawMessage: toRaw(message),
    sourceType: message.source,
    sourceId: clientMessageId,
    metadata: {
      ...(message.metadata as Json),
      authorDisplayName: senderName,
      ...(isAgent && { agentName: senderName, agent_id: senderId }),
      thought: message.thought,
      actions: message.actions,
      attachments: message.attachments as JsonValue[],
      isAgent,
      serverId: message.serverId,
    },
    inReplyToRootMessageId: message.inReplyTo,
    createdAt: toIso(createdAt),
    updatedAt: toIso(updatedAt),
    created_at: createdAt,
    updated_at: updatedAt,
    seq: message.seq,
  };
}

export function toDocumentedMessage(deps: Shaper, listed: ListedMessage): z.input<typeof documentedMessage> {
  const shown = toRestMessage(deps, listed);
  return {
    ...shown,
    text: shown.content,
    userId: shown.authorId,
    ...(deps.agents.has(shown.authorId) && { agentId: shown.authorId }),
    roomId: shown.channelId,
    createdAt: shown.created_at,
    updatedAt: shown.updated_at,
  };
}

export const toBusMessage = (message: Message): z.input<typeof busMessage> => ({
  id: message.id,
  channel_id: message.channelId,
  message_server_id: message.serverId,
  author_id: message.senderId,
  author_display_name: message.senderName,
  content: message.text,
  created_at: message.createdAt,
  source_type: message.source,
  raw_message: toRaw(message),
  in_reply_to_message_id: message.inReplyTo,
  metadata: message.metadata as Json,
  seq: message.seq,
});

export const toAgentResponse = (message: Message): z.input<typeof agentResponse> => ({
  id: message.id,
  responseId: message.id,
  agentId: message.senderId,
  agentName: message.senderName,
  text: message.text,
  thought: message.thought,
  actions: message.actions,
  providers: [],
  attachments: message.attachments,
  inReplyTo: message.inReplyTo,
  metadata: message.metadata as Json,
  createdAt: message.createdAt,
  seq: message.seq,
});

type AgentResponse = ReturnType<typeof toAgentResponse>;

/** What came of a message; `pending` where it was not waited for to the end. */
export type Result = {
  outcome: Outcome | 'pending';
  code?: string;
  hint?: string;
  agentResponse?: AgentResponse;
  agentResponses?: AgentResponse[];
};

export function toResult(
  answers: readonly Message[],
  completion: ServerEvents['message-completed'] | undefined,
): Result {
  const { code, hint } = completion?.turns.find((turn) => turn.code !== undefined) ?? {};
  const responses = answers.map(toAgentResponse);
  return {
    outcome: completion?.outcome ?? ('pending' as const),
    ...(code !== undefined && completion?.outcome !== 'answered' && { code, ...(hint !== undefined && { hint }) }),
    ...(responses[0] && { agentResponse: responses[0] }),
    ...(responses.length > 1 && { agentResponses: responses }),
  };
}
