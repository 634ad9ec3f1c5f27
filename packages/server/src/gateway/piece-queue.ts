/**
 * Larger, fewer pieces of an answer for a connection that is behind: a piece that still waits in its queue takes in the
 * next one of the same answer. Nothing changes its place, and no text is lost or doubled.
 */

/** The event of a piece as it leaves: its name, the payload, and the offset for who comes back. */
export type Piece = [name: string, payload: { messageId: string; index: number; chunk: string }, ...offset: unknown[]];

/** A packet that waits, as Engine.IO keeps it. `piece` is what it was encoded from, or must be encoded from before it leaves. */
type Waiting = {
  data: string | Buffer;
  options: { wsPreEncodedFrame?: Buffer[]; piece?: Piece; isStale?: boolean };
};

/** The queue of a connection of Engine.IO. `flush` comes before what waits is handed to the network. */
export type Queue = {
  writeBuffer: Waiting[];
  write(data: string, options: object): void;
  on(event: 'flush', listener: (packets: Waiting[]) => void): void;
  backlog?: { bytes: number };
  mergesPieces?: boolean;
};

type Encoded = { encoded: string[]; options: { wsPreEncodedFrame?: Buffer[] } };

const pieceName = 'messageStreamChunk';

export const isPiece = (data: unknown[]): data is Piece => data[0] === pieceName;

/** Queues a piece, or gives it to the one that waits last. `encode` is called once for a merged one, as it leaves. */
export function queuePiece(
  queue: Queue,
  { encoded, options }: Encoded,
  piece: Piece,
  encode: (piece: Piece) => Encoded,
): void {
  const last = queue.writeBuffer.at(-1);
  const merged = last?.options.piece && merge(last.options.piece, piece);
  if (!last || !merged) {
    queue.write(encoded[0] as string, { ...options, piece });
    return;
  }
  last.options.piece = merged;
  last.options.isStale = true;
  if (queue.backlog) queue.backlog.bytes += piece[1].chunk.length;
  if (queue.mergesPieces) return;
  queue.mergesPieces = true;
  queue.on('flush', (packets) => {
    for (const packet of packets) {
      if (!packet.options.isStale || !packet.options.piece) continue;
      const again = encode(packet.options.piece);
      packet.data = again.encoded[0] as string;
      Object.assign(packet.options, { wsPreEncodedFrame: again.options.wsPreEncodedFrame, isStale: false });
    }
  });
}

function merge(earlier: Piece, later: Piece): Piece | undefined {
  const [name, said] = earlier;
  const [, more, ...offset] = later;
  // An answer that begins anew does not continue the one before.
  if (said.messageId !== more.messageId || more.index <= said.index) return undefined;
  return [name, { ...said, chunk: said.chunk + more.chunk }, ...offset];
}
