/** What is said in a session: messages of its channel, said by its user. */
import type { sessionRows } from 'elizad-protocol/rest';
import { findRoom } from '../../../messaging/ground/access.ts';
import { listMessages } from '../../../messaging/posts/read-messages.ts';
import { sessionSource } from '../../../messaging/sessions/session-activity.ts';
import { nameIn } from '../../../messaging/sessions/session-record.ts';
import type { RestHandlers } from '../../http/handler.ts';
import { say, toDraft } from '../messages/send.ts';
import { toRestMessage } from '../messages/shapes.ts';

type MessageRows = Pick<typeof sessionRows, 'post-session-message' | 'list-session-messages'>;

export const sessionMessageHandlers: RestHandlers<MessageRows> = {
  'post-session-message': async (deps, { principal, params, body, raw }, reply) => {
    const { session, wasRenewed } = await deps.chatSessions.use(params.sessionId);
    const { content, metadata, transport, attachments, messageId } = body;
    const message = {
      content,
      metadata,
      transport,
      attachments,
      messageId,
      authorId: session.userId,
      authorName: nameIn(session.metadata),
      sourceType: undefined,
      // Where its channel was deleted, it is made again with both.
      targetId: session.agentId,
      serverId: undefined,
      rawMessage: undefined,
      inReplyTo: undefined,
    };
    const request = { principal, room: undefined, params: { channelId: session.id }, query: {}, body: message, raw };
    const answer = await say(deps, request, reply, { ...toDraft(request), source: { door: sessionSource } });
    // The answer is streamed.
    if (answer === undefined || !('data' in answer)) return answer;
    const { data, success: _success, ...result } = answer;
    const said = {
      ...result,
      id: data.id,
      content: data.content,
      authorId: data.authorId,
      createdAt: data.createdAt,
      metadata,
      sessionStatus: {
        expiresAt: new Date(session.expiresAt).toISOString(),
        renewalCount: session.renewalCount,
        wasRenewed,
        isNearExpiration: session.isNearEnd,
      },
    };
    return { success: true, ...said, data: { ...data, ...said } };
  },
  'list-session-messages': async (
    { chatSessions, messaging },
    { principal, params, query: { limit, before, after } },
  ) => {
    const { id } = await chatSessions.get(params.sessionId);
    const room = await findRoom(messaging, principal, id, 'read');
    const page = {
      limit,
      ...(before !== undefined && { before: { time: before } }),
      ...(after !== undefined && { after: { time: after } }),
    };
    // A session outlives its channel: the next message makes it again.
    const { listed, hasMore } = room ? await listMessages(messaging, room, page) : { listed: [], hasMore: false };
    const messages = listed.map((one) => {
      const { content, authorId, createdAt, metadata } = toRestMessage(messaging, one);
      return { id: one.message.id, content, authorId, isAgent: metadata.isAgent === true, createdAt, metadata };
    });
    const times = listed.map(({ message }) => message.createdAt);
    const cursors = times.length > 0 && { before: Math.min(...times), after: Math.max(...times) };
    return { messages, hasMore, ...(cursors && { cursors }) };
  },
};
