/**
 * Fan-out in batches. What is sent in one step of the program, all messages of one commit for example with their
 * acknowledgements, leaves each WebSocket as one write: every packet is encoded once and stays a frame of its own, so a
 * stock client sees nothing unusual. Long-polling, and a connection that is being upgraded, get the same packets one by
 * one, in the same order.
 */
import { Adapter, type BroadcastOptions, type Room, type SocketId } from 'socket.io-adapter';
import type { Encoder } from 'socket.io-parser';
import type { GatewaySocket } from '../socket-data.ts';
import type { Missed } from './missed-pieces.ts';
import { type EventPacket, toEventPacket, toOffsetFrame } from './offset-packet.ts';
import { isPiece, type Piece, type Queue, queuePiece } from './piece-queue.ts';
import { encodeFrames } from './text-frames.ts';

/** A packet for the wire. */
type Outgoing = {
  encoded: string[];
  options: { preEncoded: true };
  /** How far who hears it has been told then. */
  offset?: string | undefined;
  /** What it was encoded from, of a piece of an answer: it may be taken into one that still waits. */
  piece?: Piece | undefined;
};

/**
 * The packets that are to leave for a socket: the last one, after those before it. Sockets that hear the same share the
 * same chain, and so the same bytes.
 */
type Chain = {
  last: Outgoing;
  before: Chain | undefined;
  next: Chain | undefined;
  length: number;
  /** All of it with the places in the log, and its bytes as one. */
  packets?: Outgoing[];
  bytes?: Buffer;
};

/** A socket in rooms. */
type Member = {
  id: SocketId;
  socket: GatewaySocket | undefined;
  /** What waits for the end of this step. */
  chain: Chain | undefined;
  /** Its connection as it was at the last write: to find it costs as much as to write. */
  client: Client | undefined;
  transport: Transport | undefined;
  /** Where frames may be written that were encoded before: not with compression, nor on long-polling. */
  webSocket: RawWebSocket | undefined;
};

/** What Socket.IO does not show of a connection. */
type Client = {
  writeToEngine(encoded: string[], options: object): void;
  conn: {
    readyState: string;
    upgrading: boolean;
    transport: Transport;
    write(data: Buffer, options: object): void;
  } & Queue;
};
type Transport = { name: string; perMessageDeflate?: unknown; writable: boolean; socket?: RawWebSocket };

/** A WebSocket of `ws`. Engine.IO too writes frames that were encoded before to what is below it. */
type RawWebSocket = { _socket?: { writableLength: number; write(bytes: Buffer): void } };

/** A packet as Socket.IO's sockets hand it to their connection, past the adapter. */
type Packet = { type: number; data: unknown[]; offset?: string | undefined };
type SendsPackets = { packet(packet: Packet, options?: object): void };
const acknowledgement = 3;

/**
 * How much is sent without the place in the log behind it, in characters, where it is more than one event. All of a short
 * write, for example a message with its end: less than the network takes in one piece, so it comes with its place or not at
 * all. A longer write can be cut off anywhere: the more places are in it, the less is heard again after that, and the more
 * is sent.
 */
const shortWrite = 1_200;
const mostWithoutOffset = 800;

export class FanOutAdapter extends Adapter {
  private readonly members = new Map<SocketId, Member>();
  private readonly membersOf = new Map<Room, Set<Member>>();
  /** Those with a chain, in the order in which they got one. */
  private waiting: Member[] = [];
  private firstChains = new Map<Outgoing, Chain>();
  /** The places of this step, each as a packet. */
  private readonly offsets = new Map<string, Outgoing>();
  private readonly pieces = new WeakMap<Missed, Chain>();

  override addAll(id: SocketId, rooms: Set<Room>): void {
    super.addAll(id, rooms);
    const member = this.members.get(id) ?? createMember(id);
    this.members.set(id, member);
    for (const room of rooms) {
      const inRoom = this.membersOf.get(room);
      if (inRoom) inRoom.add(member);
      else this.membersOf.set(room, new Set([member]));
    }
  }

  override del(id: SocketId, room: Room): void {
    super.del(id, room);
    this.removeFrom(room, this.members.get(id));
  }

  override delAll(id: SocketId): void {
    const member = this.members.get(id);
    for (const room of this.sids.get(id) ?? []) this.removeFrom(room, member);
    this.members.delete(id);
    super.delAll(id);
  }

  private removeFrom(room: Room, member: Member | undefined): void {
    const inRoom = this.membersOf.get(room);
    if (!inRoom || !member) return;
    inRoom.delete(member);
    if (inRoom.size === 0) this.membersOf.delete(room);
  }

  /** From here on the acknowledgements of a socket keep their place among what is broadcast to it. */
  takeAcknowledgements(socket: GatewaySocket): void {
    const sender = socket as unknown as SendsPackets;
    const send = sender.packet.bind(socket);
    sender.packet = (packet, options) => {
      const member = this.members.get(socket.id);
      if (packet.type === acknowledgement && member && this.findSocket(member) === socket) {
        this.append(member, this.encode(packet));
      } else {
        this.flush();
        send(packet, options);
      }
    };
  }

  override broadcast(packet: EventPacket, options: BroadcastOptions): void {
    // Not encoded for nobody: alone in a room, its sender is left out.
    let outgoing: Outgoing | undefined;
    const [room, ...others] = options.rooms;
    const isPlain = room !== undefined && others.length === 0;
    const targets = isPlain ? (this.membersOf.get(room) ?? []) : this.listTargets(options.rooms);
    const except = options.except && options.except.size > 0 ? this.listTargets(options.except) : undefined;
    for (const member of targets) {
      if (except?.has(member)) continue;
      // One that is about to connect: whoever lets it in tells it what it missed.
      if (!this.findSocket(member)) continue;
      outgoing ??= this.encode(packet);
      this.append(member, outgoing);
    }
  }

  private findSocket(member: Member): GatewaySocket | undefined {
    member.socket ??= this.nsp.sockets.get(member.id) as GatewaySocket | undefined;
    return member.socket;
  }

  private listTargets(rooms: Set<Room> | undefined): Set<Member> {
    if (!rooms || rooms.size === 0) return new Set(this.members.values());
    return new Set([...rooms].flatMap((room) => [...(this.membersOf.get(room) ?? [])]));
  }

  private encode(packet: Packet): Outgoing {
    const { encoder } = this as unknown as { encoder: Encoder };
    const encoded = encoder.encode(Object.assign(packet, { nsp: this.nsp.name })) as string[];
    const options = { preEncoded: true } as const;
    const { offset, data } = packet;
    return isPiece(data) ? { encoded, options, offset, piece: data } : { encoded, options, offset };
  }

  private append(member: Member, last: Outgoing): void {
    const before = member.chain;
    if (!before) {
      // After all promises that a commit has kept: their acknowledgements leave with it.
      if (this.waiting.length === 0) process.nextTick(() => this.flush());
      this.waiting.push(member);
    }
    let chain = before ? before.next : this.firstChains.get(last);
    if (chain?.last !== last) {
      chain = { last, before, next: undefined, length: (before?.length ?? 0) + 1 };
      if (before) before.next = chain;
      else this.firstChains.set(last, chain);
    }
    member.chain = chain;
  }

  /** Sends a piece of what a socket missed, behind what waits; to all that are sent the same piece, the same bytes. */
  tellPiece({ id }: GatewaySocket, piece: Missed): void {
    const member = this.members.get(id);
    if (!member || !this.findSocket(member)) return;
    this.flush();
    let chain = this.pieces.get(piece);
    if (!chain) {
      // Its places are in it.
      const packets = piece.packets.map((packet) => ({ ...this.encode(toEventPacket(packet)), piece: undefined }));
      chain = { last: packets.at(-1) as Outgoing, before: undefined, next: undefined, length: packets.length, packets };
      this.pieces.set(piece, chain);
    }
    this.write(member, chain);
  }

  /** Sends what waits. Called by itself at the end of the step; at once by whoever sends past the adapter. */
  flush(): void {
    const { waiting } = this;
    this.waiting = [];
    this.firstChains = new Map();
    this.offsets.clear();
    for (const member of waiting) {
      const { chain } = member;
      member.chain = undefined;
      if (chain) this.write(member, chain);
    }
  }

  private write(member: Member, chain: Chain): void {
    member.client ??= member.socket?.client as unknown as Client;
    const { conn } = member.client;
    if (conn.readyState !== 'open') return;
    const { transport } = conn;
    if (member.transport !== transport) {
      member.transport = transport;
      const takesFrames = transport.name === 'websocket' && !transport.perMessageDeflate;
      member.webSocket = takesFrames ? transport.socket : undefined;
    }
    const { webSocket } = member;
    const tcp = conn.upgrading ? undefined : webSocket?._socket;
    const isIdle = transport.writable && conn.writeBuffer.length === 0;
    if (tcp) {
      chain.bytes ??= toFrames(this.listPackets(chain));
      // Where nothing is under way, Engine.IO's queue would only be filled and emptied again.
      if (chain.bytes.length > 0 && isIdle && tcp.writableLength === 0) {
        tcp.write(chain.bytes);
        return;
      }
    }
    const { piece } = chain.last;
    if (piece && !chain.before && !isIdle)
      queuePiece(conn, this.listPackets(chain), piece, (data) => this.encode(toEventPacket(data)));
    else if (tcp && chain.bytes && chain.bytes.length > 0)
      conn.write(chain.bytes, { wsPreEncodedFrame: [chain.bytes] });
    else for (const { encoded, options } of this.listPackets(chain)) member.client.writeToEngine(encoded, options);
  }

  /**
   * All of a chain, with the place in the log at its end. In a long one also on the way, before an event that would be too
   * much: who is cut off in the middle of it comes back to where it was.
   */
  private listPackets(chain: Chain): Outgoing[] {
    if (chain.packets) return chain.packets;
    const all = listOutgoing(chain);
    const isShort = all.reduce((sum, outgoing) => sum + lengthOf(outgoing), 0) <= shortWrite;
    const packets: Outgoing[] = [];
    let offset: string | undefined;
    let size = 0;
    const place = () => {
      if (offset !== undefined) packets.push(this.encodeOffset(offset));
      offset = undefined;
      size = 0;
    };
    for (const outgoing of all) {
      const length = lengthOf(outgoing);
      if (!isShort && size + length > mostWithoutOffset) place();
      packets.push(outgoing);
      offset = outgoing.offset ?? offset;
      size += length;
    }
    place();
    chain.packets = packets;
    return packets;
  }

  private encodeOffset(offset: string): Outgoing {
    const encoded = this.offsets.get(offset) ?? this.encode(toEventPacket(toOffsetFrame(offset)));
    this.offsets.set(offset, encoded);
    return encoded;
  }
}

const createMember = (id: SocketId): Member => ({
  id,
  socket: undefined,
  chain: undefined,
  client: undefined,
  transport: undefined,
  webSocket: undefined,
});

const lengthOf = ({ encoded }: Outgoing): number => encoded[0]?.length ?? 0;

function listOutgoing(chain: Chain): Outgoing[] {
  const packets: Outgoing[] = [];
  for (let link: Chain | undefined = chain; link; link = link.before) packets.push(link.last);
  return packets.reverse();
}

/** All of them in one piece; nothing when one of them is not text alone. */
function toFrames(packets: readonly Outgoing[]): Buffer {
  const isText = packets.every(({ encoded }) => encoded.length === 1 && typeof encoded[0] === 'string');
  return isText ? encodeFrames(packets.map(({ encoded }) => encoded[0] as string)) : Buffer.alloc(0);
}
