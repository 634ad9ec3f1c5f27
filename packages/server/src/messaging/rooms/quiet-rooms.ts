/** Rooms that nobody uses any more are deleted: what a stranger has made by joining has an end, and what people said where that is asked for. */
import { prune } from '../../storage/engine/pruning.ts';
import { listQuietRooms } from '../../storage/rooms/quiet-rooms.ts';
import { asServer } from '../ground/access.ts';
import type { CancelTurns, Messaging } from '../ground/context.ts';
import { deleteChannel, forgetChannel } from './erase-room.ts';

const dayMs = 24 * 3_600_000;

/** How long a room stays that a join has made, and where nobody ever said anything, in days. */
const emptyDays = 30;

export type QuietRoomsOptions = {
  /** How long a room stays in which people have said something, in days; 0 is for ever. */
  keptDays: number;
  /** Whether somebody is connected to it: such a room stays. */
  isOccupied(channelId: string): boolean;
  signal?: AbortSignal;
  now?: number;
};

export async function forgetQuietRooms(
  messaging: Messaging,
  cancelTurns: CancelTurns,
  { keptDays, isOccupied, signal, now = Date.now() }: QuietRoomsOptions,
): Promise<void> {
  const before = {
    spokenBefore: keptDays > 0 ? now - keptDays * dayMs : Number.NEGATIVE_INFINITY,
    madeBefore: now - emptyDays * dayMs,
  };
  let after = '';
  await prune(async (limit) => {
    const { all, last, quiet } = await listQuietRooms(messaging.database.db, { after, limit }, before);
    after = last;
    for (const { id, isEmpty } of quiet) {
      if (signal?.aborted || isOccupied(id)) continue;
      const channel = await messaging.channels.find(id);
      if (isEmpty) await forgetChannel(messaging, cancelTurns, id);
      else if (channel) await deleteChannel(messaging, cancelTurns, asServer(channel));
    }
    return all;
  }, signal);
}
