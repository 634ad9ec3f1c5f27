/** Who a socket is and what it hears, written down, so that it can come back after anything. */
import { createGroupCommit } from '../storage/group-commit.ts';
import { deleteSession, type SessionRow, saveSessions } from '../storage/sessions.ts';
import type { Database } from '../storage/sqlite.ts';
import type { GatewaySocket } from './socket-server.ts';

export type Sessions = {
  /** Call it, and wait for it, before an answer says that something is so. Throws what the store throws. */
  save(socket: GatewaySocket): Promise<void>;
  /** Its last word is not written down yet, or could not be. */
  isUnsaved(socket: GatewaySocket): boolean;
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
  const unsaved = new WeakMap<GatewaySocket, SessionRow>();
  return {
    async save(socket) {
      const data = JSON.stringify(socket.data);
      const row = { pid: pidOf(socket), sid: socket.id, data, touched_at: Date.now() };
      unsaved.set(socket, row);
      await group.write(row);
      if (unsaved.get(socket) === row) unsaved.delete(socket);
    },
    isUnsaved: (socket) => unsaved.has(socket),
    forget: (socket) => deleteSession(db, pidOf(socket)),
  };
}
