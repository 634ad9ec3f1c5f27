/**
 * Packets of Socket.IO as the frames of a WebSocket, one behind the other in one piece of memory (RFC 6455 §5.2, as a server
 * sends them: whole and unmasked). A frame each and then all of them copied together costs twice that.
 */

/** Whole, and text. */
const wholeText = 0x81;
/** The type of a packet of Engine.IO that carries one of Socket.IO: the first letter of a frame. */
const message = '4'.charCodeAt(0);
/** Longer payloads have their length in 16 bits, and in 64. */
const mostIn7Bits = 125;
const mostIn16Bits = 0xffff;

export function encodeFrames(packets: readonly string[]): Buffer {
  const lengths = packets.map((packet) => Buffer.byteLength(packet) + 1);
  let size = 0;
  for (const length of lengths) size += sizeOfHeader(length) + length;
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const [index, packet] of packets.entries()) {
    const length = lengths[index] as number;
    writeHeader(bytes, at, length);
    at += sizeOfHeader(length);
    bytes[at] = message;
    bytes.write(packet, at + 1);
    at += length;
  }
  return bytes;
}

const sizeOfHeader = (length: number): number => (length <= mostIn7Bits ? 2 : length <= mostIn16Bits ? 4 : 10);

function writeHeader(bytes: Buffer, at: number, length: number): void {
  bytes[at] = wholeText;
  if (length <= mostIn7Bits) bytes[at + 1] = length;
  else if (length <= mostIn16Bits) {
    bytes[at + 1] = 126;
    bytes.writeUInt16BE(length, at + 2);
  } else {
    bytes[at + 1] = 127;
    bytes.writeBigUInt64BE(BigInt(length), at + 2);
  }
}
