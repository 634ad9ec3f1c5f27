/**
 * The write-ahead log of SQLite, looked at without SQLite: it takes the first frame whose checksum is wrong for the end, and
 * drops whatever stands behind it without a word. What was written there after a sync of that frame was acknowledged.
 * The format: https://www.sqlite.org/fileformat2.html#the_write_ahead_log
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { endianness } from 'node:os';

const headerBytes = 32;
export const frameHeaderBytes = 24;
/** Its lowest bit says in which order the bytes of a word are added up. */
const magic = 0x377f0682;

export type WalFormat = {
  readonly pageSize: number;
  /** Whether words are added up in the other order than this machine's. */
  readonly isSwapped: boolean;
  readonly salts: readonly [number, number];
  /** The checksum of the header, with which that of the first frame begins. */
  readonly sums: readonly [number, number];
  readonly isWhole: boolean;
};

export type WalFrame = {
  /** From 0. */
  readonly index: number;
  readonly page: number;
  /** Pages of the database after a commit; 0 where this frame is none. */
  readonly commit: number;
  readonly salts: readonly [number, number];
  /** As it stands there, and what it should be, counted from the one that stands in the frame before. */
  readonly stored: readonly [number, number];
  readonly counted: readonly [number, number];
  /** All of it, valid until the next frame is read; and its words as they are added up. */
  readonly bytes: Buffer;
  readonly words: Int32Array;
};

/** A place that was changed after it was synced: transactions behind it were acknowledged, and SQLite does not see them. */
export type WalDamage = {
  /** In bytes, from the beginning of the file. */
  readonly at: number;
  readonly transactions: number;
  /** Whether the last of them is left out, because it may have been cut off before its sync. */
  readonly isLastLeftOut: boolean;
};

export type WalScan = {
  readonly format: WalFormat;
  /** Frames that count, up to a commit: with damage, those behind it too. */
  readonly frames: number;
  /** Pages of the database with all of them; 0 where there are none. */
  readonly pages: number;
  readonly damage?: WalDamage;
};

export const isSame = (a: readonly [number, number], b: readonly [number, number]): boolean =>
  a[0] === b[0] && a[1] === b[1];

/** Its checksum follows from the one that stands in the frame before it, and it is of this round of the log. */
export const isChained = (frame: WalFrame, { salts }: WalFormat): boolean =>
  frame.page > 0 && isSame(frame.salts, salts) && isSame(frame.stored, frame.counted);

/** The same, where not what stands in the frame before it counts, but what should. */
const isChainedTo = (sums: WalFrame['counted'], frame: WalFrame, { salts }: WalFormat): boolean =>
  frame.page > 0 && isSame(frame.salts, salts) && followsFrom(sums, frame);

/** Whether the checksum of a frame is what it should be behind another one. */
export const followsFrom = (sums: WalFrame['counted'], { stored, words }: WalFrame): boolean =>
  isSame(stored, countSums(words, sums));

/** Nothing for a file that is missing, empty, or no log at all. */
export function scanWal(path: string): WalScan | undefined {
  const file = openIfThere(path);
  if (file === undefined) return undefined;
  try {
    for (const format of listFormats(file)) {
      const scan = scanFrames(file, format);
      if (format.isWhole || scan.damage) return scan;
    }
    return undefined;
  } finally {
    closeSync(file);
  }
}

function scanFrames(file: number, format: WalFormat): WalScan {
  let frames = 0;
  let pages = 0;
  /** The first place that is wrong; -1 none yet. */
  let at = format.isWhole ? -1 : 0;
  /** The last commit behind it: how many there are, whether the one before is known to be synced, and all of it there. */
  let transactions = 0;
  let last: { frames: number; pages: number; isWhole: boolean } | undefined;
  let known: typeof last;
  let isWhole = true;
  /** What the checksum of the frame before should be, where another one stands there. */
  let due: WalFrame['counted'] | undefined;
  for (const frame of readFrames(file, format)) {
    const follows = isChained(frame, format) || (due !== undefined && isChainedTo(due, frame, format));
    due = follows ? undefined : frame.counted;
    if (!follows && at < 0) at = headerBytes + frame.index * frame.bytes.length;
    if (at < 0) {
      if (frame.commit > 0) [frames, pages] = [frame.index + 1, frame.commit];
      continue;
    }
    // Whoever wrote the next frame had synced the commit before it.
    if (follows && last?.frames === frame.index) known = { ...last, isWhole: true };
    isWhole &&= follows;
    if (!follows || frame.commit === 0) continue;
    transactions += 1;
    last = { frames: frame.index + 1, pages: frame.commit, isWhole };
    isWhole = true;
  }
  if (!known) return { format, frames, pages };
  const end = last?.isWhole ? last : known;
  return {
    format,
    frames: end.frames,
    pages: end.pages,
    damage: { at, transactions, isLastLeftOut: end !== last && last?.isWhole === false },
  };
}

/** As the header says; where that is damaged, whatever may have stood there. */
function listFormats(file: number): WalFormat[] {
  const header = Buffer.alloc(headerBytes + frameHeaderBytes);
  if (readSync(file, header, 0, header.length, 0) < headerBytes) return [];
  const word = (index: number) => header.readUInt32BE(4 * index);
  const isNative = (order: number) => (order === 1) === (endianness() === 'BE');
  const sums = [word(6) | 0, word(7) | 0] as const;
  const formatOf = (pageSize: number, order: number, salts: WalFormat['salts']) => {
    const isSwapped = !isNative(order);
    const isSound = (word(0) & ~1) >>> 0 === magic && isSame(sumUp(toWords(header, isSwapped), 0, 6, [0, 0]), sums);
    return { pageSize, isSwapped, salts, sums, isWhole: isSound };
  };
  const said = formatOf(word(2), word(0) & 1, [word(4), word(5)]);
  if (said.isWhole) return pageSizes.includes(said.pageSize) ? [said] : [];
  // A header that begins a new round has other salts than the frames of the last one behind it.
  const first = [word(10), word(11)] as const;
  if (first[0] !== said.salts[0] && first[1] !== said.salts[1]) return [];
  return pageSizes.flatMap((size) => [0, 1].map((order) => ({ ...formatOf(size, order, first), isWhole: false })));
}

/** All that SQLite knows; ours first. */
const pageSizes = [4_096, 512, 1_024, 2_048, 8_192, 16_384, 32_768, 65_536];

/** Read at a time, in bytes, about. */
const chunkBytes = 1_000_000;

/** All whole frames of a log, with those of older rounds behind them. */
export function* readFrames(file: number, { pageSize, isSwapped, sums }: WalFormat): Generator<WalFrame> {
  const frameBytes = frameHeaderBytes + pageSize;
  const count = Math.floor((fstatSync(file).size - headerBytes) / frameBytes);
  const atOnce = Math.max(1, Math.floor(chunkBytes / frameBytes));
  const chunk = Buffer.from(new ArrayBuffer(atOnce * frameBytes));
  let before: WalFrame['stored'] = sums;
  for (let from = 0; from < count; from += atOnce) {
    const read = readSync(file, chunk, 0, chunk.length, headerBytes + from * frameBytes);
    const words = toWords(chunk, isSwapped);
    for (let n = 0; (n + 1) * frameBytes <= read && from + n < count; n++) {
      const bytes = chunk.subarray(n * frameBytes, (n + 1) * frameBytes);
      const own = words.subarray((n * frameBytes) / 4, ((n + 1) * frameBytes) / 4);
      const stored = [bytes.readInt32BE(16), bytes.readInt32BE(20)] as const;
      yield {
        index: from + n,
        page: bytes.readUInt32BE(0),
        commit: bytes.readUInt32BE(4),
        salts: [bytes.readUInt32BE(8), bytes.readUInt32BE(12)],
        stored,
        counted: countSums(own, before),
        bytes,
        words: own,
      };
      before = stored;
    }
  }
}

/** The checksum of a frame, from that of the one before it: all but what stands between its first words and its page counts. */
const countSums = (words: Int32Array, before: WalFrame['stored']): WalFrame['stored'] =>
  sumUp(words, frameHeaderBytes / 4, words.length, sumUp(words, 0, 2, before));

/** The file's own bytes where they are in this machine's order: what is changed in the words is changed in them. */
function toWords(bytes: Buffer, isSwapped: boolean): Int32Array {
  const { buffer, byteOffset, length } = isSwapped ? Buffer.from(new Uint8Array(bytes).buffer).swap32() : bytes;
  return new Int32Array(buffer, byteOffset, length / 4);
}

function sumUp(
  words: Int32Array,
  from: number,
  to: number,
  [first, second]: readonly [number, number],
): readonly [number, number] {
  let a = first;
  let b = second;
  for (let n = from; n < to; n += 2) {
    a = (a + (words[n] as number) + b) | 0;
    b = (b + (words[n + 1] as number) + a) | 0;
  }
  return [a, b];
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
