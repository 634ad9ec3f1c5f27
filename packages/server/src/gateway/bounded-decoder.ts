/**
 * Socket.IO's own decoder, which reads no packet that is larger than allowed: such an event arrives with its name, its
 * acknowledgement, and an `Oversized` in place of its payload, so that it can be answered like any other.
 */
import { Decoder, Encoder, PacketType } from 'socket.io-parser';

/** Stands where the payload of a packet would be that was too large to be read. */
export class Oversized {
  readonly bytes: number;
  constructor(bytes: number) {
    this.bytes = bytes;
  }
}

/** A parser for the Socket.IO server whose packets have at most `maxBytes`. */
export function createBoundedParser(maxBytes: number): { Encoder: typeof Encoder; Decoder: typeof Decoder } {
  class BoundedDecoder extends Decoder {
    override add(data: unknown): void {
      if (typeof data === 'string' && data.length * 3 > maxBytes) {
        const bytes = Buffer.byteLength(data);
        const event = bytes > maxBytes ? readHead(data) : undefined;
        if (event) {
          this.emitReserved('decoded', {
            type: PacketType.EVENT,
            nsp: '/',
            id: event.id,
            data: [event.name, new Oversized(bytes)],
          });
          return;
        }
      }
      super.add(data);
    }
  }
  return { Encoder, Decoder: BoundedDecoder };
}

/** `2`, an acknowledgement id, and the event's name: the head of an event in the default namespace. */
function readHead(data: string): { id: number | undefined; name: string } | undefined {
  const match = /^2(\d{0,15})\["((?:[^"\\]|\\.){0,100})"/.exec(data.slice(0, 200));
  if (!match) return undefined;
  return { id: match[1] ? Number(match[1]) : undefined, name: match[2] ?? '' };
}
