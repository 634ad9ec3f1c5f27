/**
 * The one question about rights: may this principal read, write or manage this room. It is answered here, and the answer is the
 * room itself: what works on a room takes a `Room` with the right that it needs, so the compiler finds who forgot to ask.
 */
import { ElizadError, type Message, type RoomRight } from 'elizad-protocol';
import { assertMay } from '../../auth/permissions.ts';
import type { Principal } from '../../auth/principal.ts';
import { findListed, type ListedMessage } from '../../storage/messages/message-pages.ts';
import type { Channel } from '../directories/channel.ts';
import type { Messaging } from './context.ts';

declare const granted: unique symbol;

/** Each right includes the ones before it. */
type Included = { read: 'read'; write: 'read' | 'write'; manage: 'read' | 'write' | 'manage' };

/** A room that somebody may use so. Only `getRoom` and its like make one. */
export type Room<R extends RoomRight = 'read'> = Channel & {
  readonly [granted]: { readonly [K in Included[R]]: true };
};

/** Throws `channel-not-found`, and what `assertMay` throws. */
export async function getRoom<R extends RoomRight>(
  { channels }: Pick<Messaging, 'channels'>,
  principal: Principal,
  id: string,
  right: R,
): Promise<Room<R>> {
  const room = await findRoom({ channels }, principal, id, right);
  if (!room) throw new ElizadError('channel-not-found', { roomId: id });
  return room;
}

/** Undefined where there is none. Throws what `assertMay` throws. */
export async function findRoom<R extends RoomRight>(
  { channels }: Pick<Messaging, 'channels'>,
  principal: Principal,
  id: string,
  right: R,
): Promise<Room<R> | undefined> {
  const channel = await channels.find(id);
  if (channel) assertMay(principal, channel, right);
  return channel as Room<R> | undefined;
}

/** The room for what the server does by itself: nobody asks. */
export const asServer = (channel: Channel): Room<'manage'> => channel as Room<'manage'>;

/** A message with its room. Throws `message-not-found`, and what `assertMay` throws. */
export async function getMessage<R extends RoomRight>(
  { channels, database }: Pick<Messaging, 'channels' | 'database'>,
  principal: Principal,
  id: string,
  right: R,
): Promise<ListedMessage & { room: Room<R> }> {
  const listed = await findListed(database.db, id);
  const channel = listed && (await channels.find(listed.message.channelId));
  if (!listed || !channel) throw new ElizadError('message-not-found');
  assertMay(principal, channel, right);
  return { ...listed, room: channel as Room<R> };
}

/** A message of this room. Throws `message-not-found`. */
export async function getMessageOf(
  { database }: Pick<Messaging, 'database'>,
  room: Room,
  id: string,
): Promise<Message> {
  const message = (await findListed(database.db, id))?.message;
  if (message?.channelId !== room.id) throw new ElizadError('message-not-found', { roomId: room.id });
  return message;
}
