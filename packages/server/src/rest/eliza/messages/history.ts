/** What was said in a channel, page by page; and one message of it. */
import { ElizadError, type Message } from 'elizad-protocol';
import type { messageRows, PagePoint } from 'elizad-protocol/rest';
import { assertMayEdit } from '../../../auth/permissions.ts';
import { describeCompletion } from '../../../messaging/ground/completion.ts';
import type { Messaging } from '../../../messaging/ground/context.ts';
import { rewordMessage } from '../../../messaging/posts/agent-posts.ts';
import {
  findListed,
  findSeqAfter,
  findSeqBefore,
  type ListedMessage,
  listMessagePage,
  type MessagePage,
} from '../../../storage/messages/message-pages.ts';
import { searchMessages } from '../../../storage/messages/message-search.ts';
import { listChannelIdsOf } from '../../../storage/rooms/channels.ts';
import { listChains } from '../../../storage/turns/turn-endings.ts';
import type { RestHandlers } from '../../http/handler.ts';
import { toDocumentedMessage, toRestMessage } from './shapes.ts';

type HistoryRows = Pick<
  typeof messageRows,
  'list-messages' | 'list-central-messages' | 'search-messages' | 'get-message' | 'edit-message'
>;

/** Channels that one search looks into. */
const mostSearched = 20;

type Query = { limit: number; before?: PagePoint | undefined; after?: PagePoint | undefined };

export const historyHandlers: RestHandlers<HistoryRows> = {
  'list-messages': async ({ messaging }, { params, query }) => {
    const { listed, hasMore } = await listPage(messaging, params.channelId, query);
    const messages = listed.map((one) => toRestMessage(messaging, one));
    const endings = query.endings && (await describeEndings(messaging, listed));
    return { success: true, data: { messages, hasMore, ...(endings && { endings }) } };
  },
  'list-central-messages': async ({ messaging }, { params, query }) => {
    const { listed, hasMore } = await listPage(messaging, params.channelId, query);
    const messages = listed.map((one) => toDocumentedMessage(messaging, one));
    return { success: true, data: messages, messages, hasMore };
  },
  'search-messages': async ({ messaging }, { principal, body }) => {
    const { query: words, channelId, limit } = body;
    const { db } = messaging.database;
    if (channelId && !(await messaging.channels.find(channelId)))
      throw new ElizadError('channel-not-found', { roomId: channelId });
    const channelIds = channelId ? [channelId] : await listChannelIdsOf(db, principal.entityId, mostSearched);
    const bounds = { authorId: body.authorId ?? undefined, from: body.from ?? undefined, to: body.to ?? undefined };
    const { listed, isPartial } = await searchMessages(db, channelIds, { words, limit, ...bounds });
    const messages = listed.map((one) => toRestMessage(messaging, one));
    return { success: true, data: { messages, ...(isPartial && { partial: true }) } };
  },
  'get-message': async ({ messaging }, { params }) => ({
    success: true,
    data: toRestMessage(messaging, await getListed(messaging, params.messageId)),
  }),
  'edit-message': async ({ messaging }, { principal, params, body }) => {
    const { message, clientMessageId } = await getListed(messaging, params.messageId);
    assertMayEdit(principal, message.senderId);
    const edited = await rewordMessage(messaging, message, { text: body.content, metadata: body.metadata });
    if (!edited) throw new ElizadError('message-not-found');
    return { success: true, data: toRestMessage(messaging, { message: edited, clientMessageId }) };
  },
};

/** By the id of the question; of messages that asked nothing there is none. */
async function describeEndings({ database }: Messaging, listed: readonly ListedMessage[]) {
  const messages = new Map(listed.map(({ message }) => [message.id, message]));
  const chains = await listChains(database.db, [...messages.keys()]);
  return Object.fromEntries(
    chains.map(({ rootId, turns }) => {
      if (!turns) return [rootId, null];
      const { outcome, turns: ends } = describeCompletion(messages.get(rootId) as Message, turns);
      const { code, hint } = ends.find((end) => end.code !== undefined) ?? {};
      return [rootId, { outcome, ...(code && { code }), ...(hint && { hint }) }];
    }),
  );
}

async function getListed({ database }: Pick<Messaging, 'database'>, id: string): Promise<ListedMessage> {
  const listed = await findListed(database.db, id);
  if (!listed) throw new ElizadError('message-not-found');
  return listed;
}

/** Throws `channel-not-found`, and `message-not-found` for a point that is no message of the channel. */
async function listPage(
  messaging: Messaging,
  channelId: string,
  { limit, before, after }: Query,
): Promise<MessagePage> {
  const { database, channels } = messaging;
  if (!(await channels.find(channelId))) throw new ElizadError('channel-not-found', { roomId: channelId });
  const slice = { limit };
  if (before) Object.assign(slice, { before: await findEdge(messaging, channelId, before, 'before') });
  if (after) Object.assign(slice, { after: await findEdge(messaging, channelId, after, 'after') });
  const isExact = (point: PagePoint | undefined) => point !== undefined && !('time' in point);
  return listMessagePage(database.db, channelId, slice, !isExact(before) && !isExact(after));
}

/** The `seq` that a page ends before, or begins after. */
async function findEdge(
  { database }: Messaging,
  channelId: string,
  point: PagePoint,
  side: 'before' | 'after',
): Promise<number> {
  if ('seq' in point) return point.seq;
  if ('time' in point) {
    if (side === 'before') return (await findSeqBefore(database.db, channelId, point.time)) + 1;
    return ((await findSeqAfter(database.db, channelId, point.time)) ?? Number.MAX_SAFE_INTEGER) - 1;
  }
  const listed = await findListed(database.db, point.id);
  if (listed?.message.channelId !== channelId) throw new ElizadError('message-not-found', { roomId: channelId });
  return listed.message.seq;
}
