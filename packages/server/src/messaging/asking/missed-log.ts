/**
 * What a reader that comes back may still hear, and what it missed: each of its rooms is asked for again, and the journal is read
 * only for rooms that it is still in, or was in at that place.
 */
import { passStop } from '../../observability/walk.ts';
import type { Engine } from '../../storage/engine/engine.ts';
import type { Range } from '../../storage/journal/entry.ts';
import type { LogEntry } from '../../storage/journal/kinds.ts';
import { listLogEntries } from '../../storage/journal/log-entries.ts';
import { listEditedAfter, listFirstRemovals } from '../../storage/journal/removals.ts';
import { listRoomDeletions } from '../../storage/journal/room-changes.ts';
import { listMembers } from '../../storage/rooms/channels.ts';

export type { LogEntry };

/** A room of a reader: as whom it joined, and after which place in the log. */
export type Part = { channelId: string; as: string; after: number };

/** Where its part ended, by a deletion or a removal, which the log tells; `has-left`: it left by another socket. */
export type Standing = { endedAt: number } | 'has-left' | 'in';

export type MissedLog = {
  /** Entries of some rooms in a part of the log, in its order; `readUpTo`: there may be more behind it. */
  list(roomIds: readonly string[], range: Range & { limit: number }): ReturnType<typeof listLogEntries>;
  /** Messages of a room that were edited after a place: their text is of later. */
  listEditedAfter(channelId: string, position: number): Promise<Set<string>>;
  /** How a reader stands in each of its rooms now. */
  findStandings(parts: readonly Part[]): Promise<Standing[]>;
};

export const openMissedLog = ({ db }: Pick<Engine, 'db'>): MissedLog => ({
  async list(roomIds, range) {
    const page = await listLogEntries(db, roomIds, range);
    if (page.entries.length > 0) passStop('messaging/missed-log');
    return page;
  },
  listEditedAfter: (channelId, position) => listEditedAfter(db, channelId, position),
  async findStandings(parts) {
    // Members first: a removal between these reads is still in the log.
    const members = await listMembers(
      db,
      parts.map(({ channelId, as }) => [channelId, as]),
    );
    const deletions = await listRoomDeletions(db, [...new Set(parts.map(({ channelId }) => channelId))]);
    const removals = await listFirstRemovals(
      db,
      parts.map(({ channelId, as, after }) => [channelId, as, after]),
    );
    return parts.map(({ channelId, as, after }, index): Standing => {
      const deletion = deletions.get(channelId)?.find((position) => position > after);
      const endedAt = Math.min(deletion ?? Infinity, removals[index] ?? Infinity);
      if (endedAt < Infinity) return { endedAt };
      return members.has(`${channelId} ${as}`) ? 'in' : 'has-left';
    });
  },
});
