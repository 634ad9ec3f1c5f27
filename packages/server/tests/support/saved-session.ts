/** Sockets as they are written down: each was in one room, which it joined before anything was said. */
import { saveSessions } from '../../src/storage/sessions.ts';
import type { Database } from '../../src/storage/sqlite.ts';

export const saveInRoom = (db: Database['db'], pids: readonly string[], channelId: string): Promise<void> =>
  saveSessions(
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
