/** What is kept of sockets, so that each can come back after anything: the port of the gateway to the store. */
import type { Engine } from '../../storage/engine/engine.ts';
import {
  countSessionRooms,
  deleteSession,
  deleteSessionsBefore,
  deleteSessionsBeyond,
  hasSessionsBefore,
  listSessions,
  type Session,
  type SessionChange,
  type SessionRoom,
  saveSessions,
  touchSessions,
} from '../../storage/rooms/socket-sessions.ts';

export type { Session, SessionChange, SessionRoom };

/** A session is found by its secret id, the `pid`. Every method rejects with what the store throws. */
export type SocketSessions = {
  /** Resolves when all of them are on disk. */
  save(changes: readonly SessionChange[]): Promise<void>;
  /** Those that are known, in no order. */
  list(pids: readonly string[]): Promise<Session[]>;
  /** In how many rooms each was; 0 for one that is not known. */
  countRooms(pids: readonly string[]): Promise<number[]>;
  forget(pid: string): Promise<void>;
  /** Notes that they were connected at a time, in ms since the epoch. */
  touch(pids: readonly string[], time: number): Promise<void>;
  hasBefore(time: number): Promise<boolean>;
  forgetBefore(time: number, signal: AbortSignal): Promise<void>;
  /** Forgets those that were connected longest ago, until so many are left. */
  forgetBeyond(most: number, signal: AbortSignal): Promise<void>;
};

export const openSocketSessions = ({ db }: Pick<Engine, 'db'>): SocketSessions => ({
  save: (changes) => saveSessions(db, changes),
  list: (pids) => listSessions(db, pids),
  countRooms: (pids) => countSessionRooms(db, pids),
  forget: (pid) => deleteSession(db, pid),
  touch: (pids, time) => touchSessions(db, pids, time),
  hasBefore: (time) => hasSessionsBefore(db, time),
  forgetBefore: (time, signal) => deleteSessionsBefore(db, time, signal),
  forgetBeyond: (most, signal) => deleteSessionsBeyond(db, most, signal),
});
