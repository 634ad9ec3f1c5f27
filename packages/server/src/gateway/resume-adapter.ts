/**
 * Resume without client code: Socket.IO's own connection state recovery (`pid`, `offset`), backed by the store instead of
 * memory. A socket is saved when it enters or leaves a room; what it missed is read from the server's log. So a stock
 * client comes back to its rooms, with what it missed, also after this process was killed.
 */
import { encodeEvent } from 'elizad-protocol';
import { Adapter, type BroadcastOptions, type Session } from 'socket.io-adapter';
import { describeCompletion } from '../messaging/completion.ts';
import { type LogEntry, listLogEntries } from '../storage/history.ts';
import { deleteSession, findSession, saveSession } from '../storage/sessions.ts';
import type { Database } from '../storage/sqlite.ts';
import { roomOf } from './broadcast.ts';
import type { LogPlace } from './log-place.ts';
import type { GatewaySocket } from './socket-server.ts';

/** What a socket may have missed at most to be resumed; beyond that it begins anew, and `join` with `since` fills in. */
const mostMissed = 1_000;

export type ResumeDeps = { database: Database; place: LogPlace };
type SavedData = GatewaySocket['data'];

const pidOf = (socket: GatewaySocket): string => (socket as unknown as { pid: string }).pid;

/** Writes down who a socket is and what it hears; call it, and wait for it, before an answer says that it is so. */
export async function saveSocket({ database }: Pick<ResumeDeps, 'database'>, socket: GatewaySocket): Promise<void> {
  await saveSession(database.db, {
    pid: pidOf(socket),
    sid: socket.id,
    data: JSON.stringify(socket.data),
    touched_at: Date.now(),
  });
}

/** Forgets a socket that left by its own will. */
export const forgetSocket = ({ database }: Pick<ResumeDeps, 'database'>, socket: GatewaySocket): Promise<void> =>
  deleteSession(database.db, pidOf(socket));

/** Longest time from the reading of what a socket missed to its first step, in ms; then it has gone again. */
const returnMs = 30_000;

/** The adapter as the gateway uses it. */
export type ResumeAdapter = Adapter & {
  /** What was broadcast to a socket between the reading of what it missed and now; from here on it hears live. */
  takeLate(sid: string): unknown[][];
};

/** An adapter class for the Socket.IO server. */
export function createResumeAdapter({ database, place }: ResumeDeps): new (nsp: unknown) => ResumeAdapter {
  return class extends Adapter {
    private readonly returning = new Map<string, { rooms: Set<string>; late: unknown[][] }>();

    /** Every join and leave is saved where it happens, so that it holds after a kill; a disconnect adds nothing. */
    override persistSession(): void {}

    override async restoreSession(pid: string, offset: string): Promise<Session> {
      const none = null as unknown as Session;
      const saved = await findSession(database.db, pid);
      const after = /^\d{1,15}$/.test(offset) ? Number(offset) : Number.NaN;
      if (!saved || !(after <= place.announced)) return none;
      const data = JSON.parse(saved.data) as SavedData;
      const entries = await this.readMissed(Object.keys(data.joined), after);
      if (!entries) return none;
      // From here to the end nothing waits: what is announced from now on is collected as late.
      const { sid } = saved;
      this.closeEarlier(sid);
      const rooms = [sid, ...Object.keys(data.joined).map(roomOf)];
      const entry = { rooms: new Set(rooms), late: [] };
      this.returning.set(sid, entry);
      setTimeout(() => {
        // It may have been cut off again and be on its way back a second time.
        if (this.returning.get(sid) === entry) this.returning.delete(sid);
      }, returnMs).unref();
      return { pid, sid, rooms, data, missedPackets: entries.flatMap((entry) => toPackets(entry, data)) };
    }

    override broadcast(packet: { data: unknown[] }, options: BroadcastOptions): void {
      for (const [sid, { rooms, late }] of this.returning) {
        const isMeant = [...options.rooms].some((room) => rooms.has(room)) && !options.except?.has(sid);
        if (isMeant) late.push(packet.data);
      }
      super.broadcast(packet, options);
    }

    takeLate(sid: string): unknown[][] {
      const late = this.returning.get(sid)?.late ?? [];
      this.returning.delete(sid);
      return late;
    }

    /** Everything after a position up to the moment of its return; nothing when it is too much. */
    private async readMissed(channelIds: string[], from: number): Promise<LogEntry[] | undefined> {
      const entries: LogEntry[] = [];
      for (let after = from; after < place.announced; ) {
        const upTo = place.announced;
        const limit = mostMissed + 1 - entries.length;
        entries.push(...(await listLogEntries(database.db, channelIds, { after, upTo, limit })));
        if (entries.length > mostMissed) return undefined;
        after = upTo;
      }
      return entries;
    }

    /** A connection that the network has dropped without a word is still here: it gives way to the one that came back. */
    private closeEarlier(sid: string): void {
      const earlier = this.nsp.sockets.get(sid) as GatewaySocket | undefined;
      earlier?.disconnect(true);
    }
  };
}

function toPackets({ position, message, clientMessageId, completed }: LogEntry, { joined }: SavedData): unknown[][] {
  const offset = String(position);
  if (!completed) {
    const isOwn = joined[message.channelId] === message.senderId && clientMessageId !== null;
    const posted = encodeEvent('message-posted', { message, ...(isOwn && { clientMessageId }) });
    return posted.map((frame) => [...frame, offset]);
  }
  const { channelId } = message;
  const unlock = encodeEvent('input-controlled', { channelId, action: 'enable_input' });
  const completion = encodeEvent('message-completed', describeCompletion(message, completed));
  // The place comes with the last frame: who gets only the first one gets both again.
  return [...unlock.map((frame) => [...frame]), ...completion.map((frame) => [...frame, offset])];
}
