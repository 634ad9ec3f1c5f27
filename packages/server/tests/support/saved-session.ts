/** Sockets as they are written down: each was in one room, as a member of it that joined before anything was said. */
import type { Returned } from '../../src/gateway/resume/returning.ts';
import type { Engine } from '../../src/storage/engine/engine.ts';
import { saveSessions } from '../../src/storage/rooms/socket-sessions.ts';

export async function saveInRoom(db: Engine['db'], pids: readonly string[], channelId: string): Promise<void> {
  await db
    .insertInto('participants')
    .values({ channel_id: channelId, entity_id: 'x', kind: 'user', name: null, joined_at: 1 })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await saveSessions(
    db,
    pids.map((pid) => ({
      pid,
      sid: `sid-${pid}`,
      data: '{}',
      touchedAt: 1,
      isWhole: true,
      entered: [{ channelId, as: 'x', after: 0, agents: undefined }],
      left: [],
    })),
  );
}

/** All that a socket missed, event by event. */
export const packetsOf = (back: Returned | undefined): (readonly unknown[])[] =>
  [...(back?.missed ?? [])].flatMap(({ packets }) => packets);
