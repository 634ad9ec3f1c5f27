/** What was said in a channel, page by page; and one message of it. */
import { ElizadError } from 'elizad-protocol';
import type { messageRows } from 'elizad-protocol/rest';
import { assertMayEdit } from '../../../auth/permissions.ts';
import { getMessage, getRoom } from '../../../messaging/ground/access.ts';
import { rewordMessage } from '../../../messaging/posts/agent-posts.ts';
import { listEndings, listMessages, searchRooms } from '../../../messaging/posts/read-messages.ts';
import type { RestHandlers } from '../../http/handler.ts';
import { toDocumentedMessage, toRestMessage } from './shapes.ts';

type HistoryRows = Pick<
  typeof messageRows,
  'list-messages' | 'list-central-messages' | 'search-messages' | 'get-message' | 'edit-message'
>;

export const historyHandlers: RestHandlers<HistoryRows> = {
  'list-messages': async ({ messaging }, { room, query }) => {
    const { listed, hasMore } = await listMessages(messaging, room, query);
    const messages = listed.map((one) => toRestMessage(messaging, one));
    const endings = query.endings && (await listEndings(messaging, listed));
    return { success: true, data: { messages, hasMore, ...(endings && { endings }) } };
  },
  'list-central-messages': async ({ messaging }, { room, query }) => {
    const { listed, hasMore } = await listMessages(messaging, room, query);
    const messages = listed.map((one) => toDocumentedMessage(messaging, one));
    return { success: true, data: messages, messages, hasMore };
  },
  'search-messages': async ({ messaging }, { principal, body }) => {
    const { query: words, channelId, limit } = body;
    const room = channelId ? await getRoom(messaging, principal, channelId, 'read') : undefined;
    const bounds = { authorId: body.authorId ?? undefined, from: body.from ?? undefined, to: body.to ?? undefined };
    const { listed, isPartial } = await searchRooms(messaging, principal, room, { words, limit, ...bounds });
    const messages = listed.map((one) => toRestMessage(messaging, one));
    return { success: true, data: { messages, ...(isPartial && { partial: true }) } };
  },
  'get-message': async ({ messaging }, { principal, params }) => ({
    success: true,
    data: toRestMessage(messaging, await getMessage(messaging, principal, params.messageId, 'read')),
  }),
  'edit-message': async ({ messaging }, { principal, params, body }) => {
    const { message, clientMessageId } = await getMessage(messaging, principal, params.messageId, 'write');
    assertMayEdit(principal, message.senderId);
    const edited = await rewordMessage(messaging, message, { text: body.content, metadata: body.metadata });
    if (!edited) throw new ElizadError('message-not-found');
    return { success: true, data: toRestMessage(messaging, { message: edited, clientMessageId }) };
  },
};
