/**
 * Socket.IO's own decoder, which never builds a packet that no event can take: one that is larger than allowed, or
 * binary. Such an event arrives with its name, its acknowledgement, and an `Unreadable` in place of its payload, so that
 * it can be answered like any other.
 */
import { Decoder, Encoder, type Packet, PacketType } from 'socket.io-parser';

/** Stands where the payload would be of a packet that was not read. */
export class Unreadable {
  readonly why: 'too-large' | 'binary';
  readonly bytes: number;
  constructor(why: Unreadable['why'], bytes: number) {
    this.why = why;
    this.bytes = bytes;
  }
}

type Head = { id: number | undefined; name: string; binaries: number };

/** A parser for the Socket.IO server whose packets are JSON of at most `maxBytes`. */
export function createBoundedParser(maxBytes: number): { Encoder: typeof Encoder; Decoder: typeof Decoder } {
  class BoundedDecoder extends Decoder {
    /** Binary frames still to come that belong to a packet already answered. */
    private unwanted = 0;

    override add(data: unknown): void {
      if (typeof data !== 'string') {
        if (this.unwanted === 0) super.add(data);
        else this.unwanted--;
        return;
      }
      this.unwanted = 0;
      const isBinary = data.startsWith('5') || data.startsWith('6');
      const bytes = data.length * 3 > maxBytes ? Buffer.byteLength(data) : 0;
      if (!isBinary && bytes <= maxBytes) {
        super.add(data);
        return;
      }
      // Nothing that no client of this server sends is ever built: a connection that sends it is closed.
      const head = readHead(data);
      if (!head) throw new Error('a large or binary packet that is no event');
      this.unwanted = head.binaries;
      const payload = new Unreadable(bytes > maxBytes ? 'too-large' : 'binary', bytes);
      this.emitReserved('decoded', { type: PacketType.EVENT, nsp: '/', id: head.id, data: [head.name, payload] });
    }
  }
  return { Encoder: JsonEncoder, Decoder: BoundedDecoder };
}

/** Everything that this server sends is JSON: the stock encoder would search each packet for what is binary. */
class JsonEncoder extends Encoder {
  override encode(packet: Packet): string[] {
    return [(this as unknown as { encodeAsString(packet: Packet): string }).encodeAsString(packet)];
  }
}

/**
 * `2`, or `5` and the number of binary frames; perhaps the default namespace; an acknowledgement id; the name, empty where it
 * is no short text: the head of an event.
 */
function readHead(data: string): Head | undefined {
  const match = /^(?:2|5(\d{1,3})-)(?:\/,)?(\d{0,15})\[\s*(?:"((?:[^"\\]|\\.){0,100})")?/.exec(data.slice(0, 200));
  if (!match) return undefined;
  const [, binaries, id, name = ''] = match;
  return { id: id ? Number(id) : undefined, name, binaries: Number(binaries ?? 0) };
}
