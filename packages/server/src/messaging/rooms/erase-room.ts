/**
 * A channel is emptied or goes for good, by the same path as everything that is said (stop 4 of the walk). What is large
 * goes in steps, between which other rooms are served; then one transaction takes the rest, and the room is told, once.
 */
import { ElizadError } from 'elizad-protocol';
import { listThinned, type RoomErasure } from '../../storage/journal/room-thinning.ts';
import type { Channel } from '../directories/channel.ts';
import { asServer, type Room } from '../ground/access.ts';
import { announceEntries } from '../ground/announce.ts';
import type { CancelTurns, Messaging } from '../ground/context.ts';
import { deleteFilesOf, deleteLetGoFiles } from '../media/files.ts';

/**
 * Deletes every message of a channel, and what agents learned there; returns how many there were. Throws
 * `channel-not-found`.
 */
export const clearChannel = (messaging: Messaging, cancelTurns: CancelTurns, room: Room<'manage'>): Promise<number> =>
  erase(messaging, cancelTurns, room, 'cleared');

/** Deletes a channel with everything in it; nobody is in the room any more. Throws `channel-not-found`. */
export async function deleteChannel(
  messaging: Messaging,
  cancelTurns: CancelTurns,
  room: Room<'manage'>,
): Promise<void> {
  await erase(messaging, cancelTurns, room, 'deleted');
  await deleteFilesOf(messaging, { kind: 'channel', id: room.id });
}

/** Deletes a channel of which nothing shall stay; one that was never made is none to wonder at. */
export async function forgetChannel(messaging: Messaging, cancelTurns: CancelTurns, channelId: string): Promise<void> {
  const channel = await messaging.channels.find(channelId);
  if (channel) await erase(messaging, cancelTurns, channel, 'forgotten');
  else await messaging.log.write({ kind: 'room-erasure', erasure: { kind: 'forgotten', channelId } });
  await deleteFilesOf(messaging, { kind: 'channel', id: channelId });
}

/** Goes on with what a stop or a crash cut off. Before anybody is connected: they are told when they come back. */
export async function finishErasures(messaging: Messaging, cancelTurns: CancelTurns): Promise<void> {
  for (const { kind, channelId } of await listThinned(messaging.database.db)) {
    if (kind === 'forgotten') {
      await forgetChannel(messaging, cancelTurns, channelId);
      continue;
    }
    const channel = await messaging.channels.find(channelId);
    if (!channel) continue;
    if (kind === 'deleted') await deleteChannel(messaging, cancelTurns, asServer(channel));
    else await erase(messaging, cancelTurns, channel, kind);
  }
}

async function erase(
  messaging: Messaging,
  cancelTurns: CancelTurns,
  channel: Channel,
  kind: RoomErasure['kind'],
): Promise<number> {
  const { log, channels } = messaging;
  const { id: channelId } = channel;
  const erasure = { kind, channelId };
  let erased = 0;
  for (let isOver = false; !isOver; ) {
    const thinned = await log.write({ kind: 'room-thinning', erasure });
    erased += thinned.erased;
    isOver = thinned.isOver;
  }
  await cancelTurns(channelId);
  const { duplicate, erased: rest } = await log.write({ kind: 'room-erasure', erasure }, ({ duplicate, entries }) => {
    announceEntries(messaging, entries);
    if (kind !== 'cleared' && !duplicate) channels.forget(channelId);
  });
  if (duplicate) throw new ElizadError('channel-not-found', { roomId: channelId });
  await deleteLetGoFiles(messaging);
  return erased + rest;
}
