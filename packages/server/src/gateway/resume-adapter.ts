/**
 * Resume without client code: Socket.IO's own connection state recovery (`pid`, `offset`), backed by the store instead of
 * memory. A socket is saved when it enters or leaves a room; what it missed is read from the server's log. So a stock
 * client comes back to its rooms, with what it missed, also after this process was killed.
 */
import { Adapter, type BroadcastOptions, type Session } from 'socket.io-adapter';
import { roomOf } from './broadcast.ts';
import { FanOutAdapter } from './fan-out-adapter.ts';
import type { ReadMissed, Returned } from './missed.ts';
import { type EventPacket, toEventPacket, toOffsetFrame } from './offset-packet.ts';
import { readTicket } from './resume-ticket.ts';
import type { GatewaySocket } from './socket-server.ts';

/** A socket that is on its way back: what it hears, and has missed, until it is here or `timer` gives it up. */
type Returning = {
  data: GatewaySocket['data'];
  rooms: Set<string>;
  missed: (readonly unknown[])[];
  timer: NodeJS.Timeout;
};

/** Longest time from the reading of what a socket missed to its first step, in ms; then it has gone again. */
const returnMs = 30_000;

/** What a delivering adapter of ours does beyond the public contract; the stock one does all at once. */
type Delivering = Adapter & {
  /** An acknowledgement goes past the adapter; it must not overtake what was broadcast before it. */
  takeAcknowledgements?(socket: GatewaySocket): void;
  /** Sends now what was broadcast in this step. */
  flush?(): void;
};

/** The adapter as the gateway uses it. */
export type ResumeAdapter = Delivering & {
  /** What a socket that came back has missed up to now; from here on it hears live. */
  takeMissed(sid: string): readonly (readonly unknown[])[];
  /** Whether a socket that comes back is the last that did so: a client may have given up an earlier try. */
  isLastToReturn(socket: GatewaySocket): boolean;
  /** Everybody leaves a room, who is on the way back too; or everybody who is in it as somebody. Returns those who are here. */
  closeRoom(channelId: string, as?: string): GatewaySocket[];
  /** Whether somebody is on the way back to a room. */
  isAwaited(channelId: string, as: string): boolean;
};

/** Socket.IO's own, which sends each packet at once. */
class StockAdapter extends Adapter {
  override broadcast(packet: EventPacket, options: BroadcastOptions): void {
    super.broadcast(packet, options);
    if (packet.offset !== undefined) super.broadcast(toEventPacket(toOffsetFrame(packet.offset)), options);
  }
}

/** An adapter class for the Socket.IO server, on top of the one that delivers. */
export function createResumeAdapter(
  readMissed: ReadMissed,
  fanOut: 'batched' | 'stock',
): new (
  nsp: unknown,
) => ResumeAdapter {
  const Base: new (nsp: unknown) => Delivering = fanOut === 'batched' ? FanOutAdapter : StockAdapter;
  return class extends Base {
    private readonly returning = new Map<string, Returning>();

    /** Every join and leave is saved where it happens, so that it holds after a kill; a disconnect adds nothing. */
    override persistSession(): void {}

    override async restoreSession(ticket: string, offset: string): Promise<Session> {
      const { pid, entityId } = readTicket(ticket);
      const returned = await readMissed({ pid, entityId, offset, take: (back) => this.collect(back) });
      if (!returned) return null as unknown as Session;
      const { sid, data } = returned;
      // Socket.IO would send what was missed before the client is connected. A stock client that is cut off in the middle
      // of that hears it twice.
      return { pid, sid, rooms: listRooms(returned), data, missedPackets: [] };
    }

    override broadcast(packet: EventPacket, options: BroadcastOptions): void {
      const { data, offset } = packet;
      for (const [sid, { rooms, missed }] of this.returning) {
        const isMeant = [...options.rooms].some((room) => rooms.has(room)) && !options.except?.has(sid);
        if (isMeant) missed.push(data, ...(offset === undefined ? [] : [toOffsetFrame(offset)]));
      }
      super.broadcast(packet, options);
    }

    takeMissed(sid: string): readonly (readonly unknown[])[] {
      const entry = this.returning.get(sid);
      // The timer would otherwise keep what was missed for as long as it runs.
      clearTimeout(entry?.timer);
      this.returning.delete(sid);
      return entry?.missed ?? [];
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
      const { sid, missed } = returned;
      // A connection that the network has dropped without a word is still here: it gives way to the one that came back.
      const earlier = this.nsp.sockets.get(sid) as GatewaySocket | undefined;
      earlier?.disconnect(true);
      // It may have been cut off again and be on its way back a second time.
      clearTimeout(this.returning.get(sid)?.timer);
      const timer = setTimeout(() => this.returning.delete(sid), returnMs).unref();
      this.returning.set(sid, { data: returned.data, rooms: new Set(listRooms(returned)), missed: [...missed], timer });
    }
  };
}

const listRooms = ({ sid, data }: Returned): string[] => [sid, ...Object.keys(data.joined).map(roomOf)];
