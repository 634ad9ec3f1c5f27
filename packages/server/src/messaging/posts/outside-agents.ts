/** What agents that run elsewhere say and do in rooms of this server. It wakes nobody: two programs must not talk for ever. */
import { ElizadError, isReservedId, isUuid, type Message } from 'elizad-protocol';
import { findListed } from '../../storage/messages/message-pages.ts';
import { assertLength, type Messaging } from '../ground/context.ts';
import { toOutsideWords } from '../ground/plain-words.ts';
import { type Aside, postAside } from './agent-posts.ts';

export type AgentPost = Pick<Aside, 'text' | 'source' | 'metadata' | 'thought' | 'attachments' | 'rawMessage'> & {
  channelId: string;
  agentId: string;
  name?: string;
  actions: string[];
  inReplyTo: string | null;
  /** Becomes the id of the message where it is a UUID; a second post with it is a retry of the first. */
  messageId?: string;
};

/**
 * Posts a message of an agent, known here or not. A retry gives what the first one stored.
 * Throws `channel-not-found`, `reserved-voice`, `text-too-long` and `message-id-reused`.
 */
export async function postAsAgent(
  messaging: Messaging,
  { channelId, agentId, name, messageId, ...said }: AgentPost,
): Promise<Message> {
  const { agents, database, limits } = messaging;
  if (isReservedId(agentId)) throw new ElizadError('reserved-voice');
  assertLength(said.text, limits.maxTextLength);
  const id = isUuid(messageId) ? messageId.toLowerCase() : undefined;
  const earlier = id === undefined ? undefined : (await findListed(database.db, id))?.message;
  if (earlier) return checkSame(earlier, channelId, agentId, said.text);
  const posted = await postAside(messaging, channelId, {
    ...toOutsideWords(said),
    ...(id !== undefined && { id }),
    ...(messageId !== undefined && { clientMessageId: id ?? messageId }),
    senderId: agentId,
    senderName: agents.find(agentId)?.name ?? name ?? 'Agent',
  });
  if (!posted) throw new ElizadError('channel-not-found', { roomId: channelId });
  return checkSame(posted, channelId, agentId, said.text);
}

function checkSame(message: Message, channelId: string, agentId: string, text: string): Message {
  // A card may have gone on since.
  const isSame = message.text === text || message.source === 'agent_action';
  if (message.channelId !== channelId || message.senderId !== agentId || !isSame)
    throw new ElizadError('message-id-reused', { roomId: channelId });
  return message;
}

/** Tells a room that nothing more comes of a message, because an agent that runs elsewhere has answered it. */
export function announceCompletion(
  { broadcast }: Pick<Messaging, 'broadcast'>,
  { id: messageId, channelId, serverId }: Pick<Message, 'id' | 'channelId' | 'serverId'>,
): void {
  broadcast('input-controlled', { channelId, action: 'enable_input' }, { channelId });
  broadcast('message-completed', { channelId, serverId, messageId, outcome: 'answered', turns: [] }, { channelId });
}
