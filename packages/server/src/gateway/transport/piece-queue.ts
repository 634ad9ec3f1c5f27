/**
 * Larger, fewer pieces of an answer for a connection that is behind: a piece that still waits in its queue takes in the
 * next one of the same answer. Nothing changes its place, and no text is lost or doubled.
 */

/** The event of a piece as it leaves: its name, and the payload. */
export type Piece = [name: string, payload: { messageId: string; index: number; chunk: string }];

/** A packet that waits, as Engine.IO keeps it. `piece` is what it was encoded from, or must be encoded from before it leaves. */
type Waiting = {
  data: string | Buffer;
  options: { piece?: Piece; isStale?: boolean; isOffset?: boolean };
};

/** The queue of a connection of Engine.IO. `flush` comes before what waits is handed to the network. */
export type Queue = {
  writeBuffer: Waiting[];
  write(data: string, options: object): void;
  on(event: 'flush', listener: (packets: Waiting[]) => void): void;
  backlog?: { bytes: number };
  mergesPieces?: boolean;
};

type Encoded = { encoded: string[]; options: object };

const pieceName = 'messageStreamChunk';

export const isPiece = (data: unknown[]): data is Piece => data[0] === pieceName;

/**
 * Queues a piece, with the place in the log behind it where it has one; or gives both to those that wait last. `encode` is
 * called once for a merged one, as it leaves.
 */
export function queuePiece(
  queue: Queue,
  [encoded, offset]: readonly Encoded[],
  piece: Piece,
  encode: (piece: Piece) => Encoded,
): void {
  const last = queue.writeBuffer.at(-1);
  const before = last?.options.isOffset ? queue.writeBuffer.at(-2) : last;
  const merged = before?.options.piece && merge(before.options.piece, piece);
  if (!before || !merged) {
    if (encoded) queue.write(encoded.encoded[0] as string, { ...encoded.options, piece });
    if (offset) queue.write(offset.encoded[0] as string, { ...offset.options, isOffset: true });
    return;
  }
  before.options.piece = merged;
  before.options.isStale = true;
  if (last?.options.isOffset && offset) {
    last.data = offset.encoded[0] as string;
    Object.assign(last.options, offset.options);
  }
  if (queue.backlog) queue.backlog.bytes += piece[1].chunk.length;
  if (queue.mergesPieces) return;
  queue.mergesPieces = true;
  queue.on('flush', (packets) => {
    for (const packet of packets) {
      if (!packet.options.isStale || !packet.options.piece) continue;
      packet.data = encode(packet.options.piece).encoded[0] as string;
      packet.options.isStale = false;
    }
  });
}

function merge(earlier: Piece, later: Piece): Piece | undefined {
  const [name, said] = earlier;
  const [, more] = later;
  // An answer that begins anew does not continue the one before.
  if (said.messageId !== more.messageId || more.index <= said.index) return undefined;
  return [name, { ...said, chunk: said.chunk + more.chunk }];
}
