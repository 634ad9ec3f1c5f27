/**
 * What was missed, in pieces: a piece leaves in one go, and others are served between two. Those who come back together and
 * missed the same share their pieces, so each is made into frames, and into bytes, once.
 */
import type { LogEntry } from '../../messaging/asking/missed-log.ts';

/** Shared by all who missed it; `bytes` is what it weighs. */
export type WeighedEntry = { readonly entry: LogEntry; readonly bytes: number };

/** What leaves in one piece: events with their places in the log; and what it weighs. */
export type Missed = { readonly packets: readonly (readonly unknown[])[]; readonly bytes: number };

type Piece = Missed & { readonly entries: readonly WeighedEntry[]; readonly mark: number };

export type Reader = {
  readonly entries: readonly WeighedEntry[];
  /** The mark of the last piece of an answer that it has heard: it is in each of its places. */
  readonly mark: number;
  /** Whether an entry is for it what it is for others. */
  isShared(entry: LogEntry): boolean;
  toPackets(entry: LogEntry): readonly (readonly unknown[])[];
};

/** What a piece weighs, but for a single entry that weighs more. */
const pieceBytes = 100_000;

/** Returns what cuts into pieces what each of a group missed. */
export function createPieces(): (reader: Reader) => Generator<Missed> {
  /** By the first entry, the piece that was made of it last. */
  const made = new Map<WeighedEntry, Piece>();

  return function* listPieces(reader) {
    const { entries, mark, isShared } = reader;
    for (let from = 0; from < entries.length; ) {
      const first = entries[from] as WeighedEntry;
      if (!isShared(first.entry)) {
        yield { packets: reader.toPackets(first.entry), bytes: first.bytes };
        from += 1;
        continue;
      }
      const known = made.get(first);
      const isSame =
        known?.mark === mark && known.entries.every((one, n) => entries[from + n] === one && isShared(one.entry));
      const piece = isSame ? known : makePiece(reader, from);
      made.set(first, piece);
      from += piece.entries.length;
      yield piece;
    }
  };
}

function makePiece({ entries, mark, isShared, toPackets }: Reader, from: number): Piece {
  let bytes = 0;
  let end = from;
  for (; end < entries.length; end++) {
    const { entry, bytes: more } = entries[end] as WeighedEntry;
    if (end > from && (bytes + more > pieceBytes || !isShared(entry))) break;
    bytes += more;
  }
  const own = entries.slice(from, end);
  return { entries: own, mark, bytes, packets: own.flatMap(({ entry }) => toPackets(entry)) };
}
