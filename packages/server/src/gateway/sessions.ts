/** Who a socket is and what it hears, written down, so that it can come back after anything. */
import { createGroupCommit } from '../storage/group-commit.ts';
import { deleteSession, type SessionRow, saveSessions } from '../storage/sessions.ts';
import type { Database } from '../storage/sqlite.ts';
import type { GatewaySocket } from './socket-server.ts';

export type Sessions = {
  /** Call it, and wait for it, before an answer says that something is so. Throws what the store throws. */
  save(socket: GatewaySocket): Promise<void>;
  /** Forgets a socket that left by its own will. */
  forget(socket: GatewaySocket): Promise<void>;
};

const pidOf = (socket: GatewaySocket): string => (socket as unknown as { pid: string }).pid;

/** Sockets that are saved at the same time share one transaction: after a restart all of them join at once. */
export function openSessions({ db }: Database): Sessions {
  const group = createGroupCommit<SessionRow, undefined>(async (rows) => {
    // The last word of each counts.
    await saveSessions(db, [...new Map(rows.map((row) => [row.pid, row])).values()]);
    return rows.map(() => undefined);
  });
  return {
    save: (socket) =>
      group.write({
        pid: pidOf(socket),
        sid: socket.id,
        data: JSON.stringify(socket.data),
        touched_at: Date.now(),
      }),
    forget: (socket) => deleteSession(db, pidOf(socket)),
  };
}
