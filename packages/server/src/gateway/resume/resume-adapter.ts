/**
 * Resume without client code: Socket.IO's own connection state recovery (`pid`, `offset`), backed by the store instead of
 * memory. A socket is saved when it enters or leaves a room; what it missed is read from the server's log. So a stock
 * client comes back to its rooms, with what it missed, also after this process was killed.
 */
import { Adapter, type BroadcastOptions, type Session } from 'socket.io-adapter';
import { passStop } from '../../observability/walk.ts';
import { roomOf } from '../broadcast.ts';
import type { GatewaySocket } from '../socket-data.ts';
import { FanOutAdapter } from '../transport/fan-out-adapter.ts';
import type { Missed } from '../transport/missed-pieces.ts';
import { type EventPacket, toEventPacket, toOffsetFrame } from '../transport/offset-packet.ts';
import type { ReadMissed } from './missed.ts';
import { readTicket } from './resume-ticket.ts';
import type { Returned } from './returning.ts';

/** A socket that is on its way back: what it missed, and what is said until it has been told all that; `bytes` is what is left. */
type Returning = Omit<Returned, 'sid'> & { rooms: Set<string>; later: Missed[] };

/** What a delivering adapter of ours does beyond the public contract; the stock one does all at once. */
type Delivering = Adapter & {
  /** An acknowledgement goes past the adapter; it must not overtake what was broadcast before it. */
  takeAcknowledgements?(socket: GatewaySocket): void;
  /** Sends now what was broadcast in this step. */
  flush?(): void;
  /** Sends a piece of what was missed, which others may be sent too: it is encoded once. */
  tellPiece(socket: GatewaySocket, piece: Missed): void;
};

/** The adapter as the gateway uses it. */
export type ResumeAdapter = Delivering & {
  /**
   * What a socket that came back has missed, and what is said while it is told that. To be gone through once; at the end, or
   * when that is given up, in the same step it hears live.
   */
  listMissed(socket: GatewaySocket): Iterable<Missed>;
  /** What is left of it, in bytes. */
  weighMissed(socket: GatewaySocket): number;
  /** Sends something ahead of what is kept for a socket on its way back. */
  tell(socket: GatewaySocket, packet: readonly unknown[]): void;
  /** Whether a socket that comes back is the last that did so: a client may have given up an earlier try. */
  isLastToReturn(socket: GatewaySocket): boolean;
  /** Everybody leaves a room, who is on the way back too; or everybody who is in it as somebody. Returns those who are here. */
  closeRoom(channelId: string, as?: string): GatewaySocket[];
  /** Whether somebody is on the way back to a room. */
  isAwaited(channelId: string, as: string): boolean;
};

/** Socket.IO's own, which sends each packet at once. */
class StockAdapter extends Adapter {
  tellPiece({ id }: GatewaySocket, { packets }: Missed): void {
    for (const packet of packets) super.broadcast(toEventPacket(packet), { rooms: new Set([id]) });
  }

  override broadcast(packet: EventPacket, options: BroadcastOptions): void {
    super.broadcast(packet, options);
    if (packet.offset !== undefined) super.broadcast(toEventPacket(toOffsetFrame(packet.offset)), options);
  }
}

/** An adapter class for the Socket.IO server, on top of the one that delivers. `mostBytes` may wait for a socket on its way back. */
export function createResumeAdapter(
  readMissed: ReadMissed,
  fanOut: 'batched' | 'stock',
  mostBytes: number,
): new (
  nsp: unknown,
) => ResumeAdapter {
  const Base: new (nsp: unknown) => Delivering = fanOut === 'batched' ? FanOutAdapter : StockAdapter;
  return class extends Base {
    private readonly returning = new Map<string, Returning>();

    /** Every join and leave is saved where it happens, so that it holds after a kill; a disconnect adds nothing. */
    override persistSession(): void {}

    override async restoreSession(ticket: string, offset: string): Promise<Session> {
      passStop('gateway/resume-adapter');
      const { pid, entityId } = readTicket(ticket);
      const taken: Returned[] = [];
      const take = (back: Returned) => {
        taken.push(back);
        this.collect(back);
      };
      try {
        const returned = await readMissed({ pid, entityId, offset, take });
        if (!returned) return null as unknown as Session;
        const { sid, data } = returned;
        // Socket.IO would send what was missed before the client is connected. A stock client that is cut off in the middle
        // of that hears it twice.
        return { pid, sid, rooms: listRooms(returned), data, missedPackets: [] };
      } finally {
        // Socket.IO connects it in this turn of the program. Where it does not, its connection has gone again.
        setImmediate(() => {
          for (const { sid, data } of taken) if (this.nsp.sockets.get(sid)?.data !== data) this.forget(sid, data);
        });
      }
    }

    override broadcast(packet: EventPacket, options: BroadcastOptions): void {
      const waiting = this.returning.size === 0 ? [] : this.listWaiting(options);
      if (waiting.length === 0) {
        super.broadcast(packet, options);
        return;
      }
      const missed = toMissed(packet);
      for (const [sid, entry] of waiting) {
        entry.later.push(missed);
        entry.bytes += missed.bytes;
        // It does not read as fast as others speak. Not in the middle of a broadcast.
        if (entry.bytes > mostBytes) setImmediate(() => this.nsp.sockets.get(sid)?.conn.close(true));
      }
      const except = new Set([...(options.except ?? []), ...waiting.map(([sid]) => sid)]);
      super.broadcast(packet, { ...options, except });
    }

    private listWaiting({ rooms: meant, except }: BroadcastOptions): [string, Returning][] {
      return [...this.returning].filter(
        ([sid, { rooms }]) => [...meant].some((room) => rooms.has(room)) && !except?.has(sid),
      );
    }

    *listMissed({ id, data }: GatewaySocket): Generator<Missed> {
      const entry = this.returning.get(id);
      if (entry?.data !== data) return;
      try {
        // To the last, what is added meanwhile comes, too.
        for (const part of [entry.missed, entry.later])
          for (const missed of part) {
            entry.bytes -= missed.bytes;
            yield missed;
          }
        passStop('gateway/live', id);
      } finally {
        this.forget(id, data);
      }
    }

    weighMissed({ id }: GatewaySocket): number {
      return this.returning.get(id)?.bytes ?? 0;
    }

    tell({ id }: GatewaySocket, packet: readonly unknown[]): void {
      super.broadcast(toEventPacket(packet), { rooms: new Set([id]), except: new Set(), flags: {} });
    }

    isLastToReturn({ id, data }: GatewaySocket): boolean {
      return this.returning.get(id)?.data === data;
    }

    closeRoom(channelId: string, as?: string): GatewaySocket[] {
      const room = roomOf(channelId);
      const isMeant = (data: GatewaySocket['data'] | undefined) =>
        as === undefined || data?.joined[channelId]?.as === as;
      const here: GatewaySocket[] = [];
      for (const sid of [...(this.rooms.get(room) ?? [])]) {
        const socket = this.nsp.sockets.get(sid) as GatewaySocket | undefined;
        if (!isMeant((socket ?? this.returning.get(sid))?.data)) continue;
        if (socket) here.push(socket);
        this.del(sid, room);
      }
      for (const { data, rooms } of this.returning.values()) {
        if (!isMeant(data)) continue;
        delete data.joined[channelId];
        rooms.delete(room);
      }
      for (const { data } of here) delete data.joined[channelId];
      return here;
    }

    isAwaited(channelId: string, as: string): boolean {
      return [...this.returning.values()].some(({ data }) => data.joined[channelId]?.as === as);
    }

    /** From this step on what is broadcast is kept for a socket that is not there yet. */
    private collect(returned: Returned): void {
      const { sid, data, missed, bytes, release } = returned;
      // A connection that the network has dropped without a word is still here: it gives way to the one that came back.
      const earlier = this.nsp.sockets.get(sid) as GatewaySocket | undefined;
      earlier?.disconnect(true);
      // It may have been cut off again and be on its way back a second time.
      this.returning.get(sid)?.release();
      this.returning.set(sid, { data, missed, bytes, release, rooms: new Set(listRooms(returned)), later: [] });
    }

    private forget(sid: string, data: GatewaySocket['data']): void {
      const entry = this.returning.get(sid);
      if (entry?.data !== data) return;
      entry.release();
      this.returning.delete(sid);
    }
  };
}

const toMissed = ({ data, offset }: EventPacket): Missed => ({
  packets: offset === undefined ? [data] : [data, toOffsetFrame(offset)],
  bytes: JSON.stringify(data).length,
});

const listRooms = ({ sid, data }: Returned): string[] => [sid, ...Object.keys(data.joined).map(roomOf)];
