/** The messages of a room: page by page, by their words, and what became of them. */
import { ElizadError, type Message } from 'elizad-protocol';
import type { PagePoint } from 'elizad-protocol/rest';
import type { Principal } from '../../auth/principal.ts';
import { findMessageProgress } from '../../storage/messages/answers.ts';
import { listLastMessages } from '../../storage/messages/history.ts';
import {
  findSeqAfter,
  findSeqBefore,
  type ListedMessage,
  listMessagePage,
  type MessagePage,
  type Slice,
} from '../../storage/messages/message-pages.ts';
import { type Found, type Search, searchMessages } from '../../storage/messages/message-search.ts';
import { listChannelIdsOf } from '../../storage/rooms/channels.ts';
import { describeCompletion } from '../../storage/turns/completion.ts';
import { listChains } from '../../storage/turns/turn-endings.ts';
import { getMessageOf, type Room } from '../ground/access.ts';
import type { Messaging } from '../ground/context.ts';

export type { ListedMessage };

type Store = Pick<Messaging, 'database'>;

/** A page ends before one point, or begins after another. Without both it is the last page. */
export type PageQuery = { limit: number; before?: PagePoint | undefined; after?: PagePoint | undefined };

/** Throws `message-not-found` for a point that is no message of the room. */
export async function listMessages(
  messaging: Store,
  room: Room,
  { limit, before, after }: PageQuery,
): Promise<MessagePage> {
  const slice: Slice = { limit };
  if (before) slice.before = await findEdge(messaging, room, before, 'before');
  if (after) slice.after = await findEdge(messaging, room, after, 'after');
  const isExact = (point: PagePoint | undefined) => point !== undefined && !('time' in point);
  return listMessagePage(messaging.database.db, room.id, slice, !isExact(before) && !isExact(after));
}

/** The `seq` that a page ends before, or begins after. */
async function findEdge(messaging: Store, room: Room, point: PagePoint, side: 'before' | 'after'): Promise<number> {
  const { db } = messaging.database;
  if ('seq' in point) return point.seq;
  if ('time' in point) {
    if (side === 'before') return (await findSeqBefore(db, room.id, point.time)) + 1;
    return ((await findSeqAfter(db, room.id, point.time)) ?? Number.MAX_SAFE_INTEGER) - 1;
  }
  return (await getMessageOf(messaging, room, point.id)).seq;
}

/** Rooms that one search looks into. */
const mostSearched = 20;

/** Searches one room, or without one the rooms that the principal is in. */
export async function searchRooms(
  { database: { db } }: Store,
  principal: Principal,
  room: Room | undefined,
  search: Search,
): Promise<Found> {
  const ids = room ? [room.id] : await listChannelIdsOf(db, principal.entityId, mostSearched);
  return searchMessages(db, ids, search);
}

/** By the id of the question how it ended: null while it has not. Messages that asked nothing are left out. */
export async function listEndings({ database }: Store, listed: readonly ListedMessage[]) {
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

/** The newest message. Throws `message-not-found`. */
export async function getLastMessage({ database }: Store, room: Room): Promise<Message> {
  const [message] = await listLastMessages(database.db, room.id, 1);
  if (!message) throw new ElizadError('message-not-found', { roomId: room.id });
  return message;
}

/** Whether any agent answers it, or has answered it. */
export async function isForAgents({ database }: Store, message: Message): Promise<boolean> {
  return (await findMessageProgress(database.db, message)).turnIds.length > 0;
}
