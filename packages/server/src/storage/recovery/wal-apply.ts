/**
 * Writes the pages of a write-ahead log into a copy of its database, also those behind a damaged place, where SQLite stops.
 * One byte that was changed is found by the checksums, and put right.
 */
import { closeSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import {
  countSums,
  frameHeaderBytes,
  isChained,
  isSame,
  readFrames,
  type WalFormat,
  type WalFrame,
  type WalScan,
} from '../wal.ts';
import { mendByte } from './wal-mend.ts';

/** Frames that were damaged: put right, taken as they are, or left out. */
export type Applied = { mended: number; taken: number; left: number };

export function applyWal(logPath: string, { format, frames, pages }: WalScan, databasePath: string): Applied {
  const applied: Applied = { mended: 0, taken: 0, left: 0 };
  const log = openSync(logPath, 'r');
  const database = openSync(databasePath, 'r+');
  try {
    let before: WalFrame | undefined;
    for (const frame of readFrames(log, format)) {
      if (frame.index >= frames) break;
      const what = isChained(frame, format) ? 'whole' : judge(frame, { format, before, pages, database });
      if (what !== 'whole') applied[what] += 1;
      if (what !== 'left') writePage(database, frame, format);
      before = frame;
    }
    if (pages > 0) ftruncateSync(database, pages * format.pageSize);
    fsyncSync(database);
    return applied;
  } finally {
    closeSync(log);
    closeSync(database);
  }
}

type Surroundings = { format: WalFormat; before: WalFrame | undefined; pages: number; database: number };

function judge(frame: WalFrame, { format, before, pages, database }: Surroundings): keyof Applied {
  // Not its page was changed, but what stands before it: its own checksum, its salts, or the checksum of the one before.
  const changed = countBytes(frame.stored, frame.counted) + countBytes(frame.salts, format.salts);
  const isFine = changed <= 1 || (before && isSame(frame.stored, countSums(frame.words, before.counted)));
  if (isFine && isPage(frame.page, pages)) return 'mended';
  if (mendByte(frame)) {
    // The words are the bytes of the file, or a copy of them.
    if (format.isSwapped) return 'left';
    return isPage(frame.bytes.readUInt32BE(0), pages) ? 'mended' : 'left';
  }
  const isOurs = isSame(frame.salts, format.salts) && isPage(frame.page, pages);
  return isOurs && looksRight(frame, format, database) ? 'taken' : 'left';
}

/** How many of the bytes of two numbers are not the same. */
function countBytes(a: readonly [number, number], b: readonly [number, number]): number {
  let count = 0;
  for (const n of [0, 1] as const)
    for (let bits = (a[n] ^ b[n]) >>> 0; bits > 0; bits >>>= 8) if ((bits & 0xff) !== 0) count += 1;
  return count;
}

/** A store that has shrunk since had more pages than it has at the end; a number from nowhere has very many. */
const isPage = (page: number, pages: number): boolean => page > 0 && page <= 2 * pages + 1_000;

/** Pages of tables and indexes begin with their kind. What was one and is none any more is better left as it was. */
const kinds = new Set([2, 5, 10, 13]);

function looksRight({ page, bytes }: WalFrame, { pageSize }: WalFormat, database: number): boolean {
  if (page === 1) return bytes.toString('latin1', frameHeaderBytes, frameHeaderBytes + 15) === 'SQLite format 3';
  const older = Buffer.alloc(1);
  const isThere = readSync(database, older, 0, 1, (page - 1) * pageSize) === 1;
  return kinds.has(bytes[frameHeaderBytes] ?? 0) || !isThere || !kinds.has(older[0] ?? 0);
}

function writePage(database: number, { bytes }: WalFrame, { pageSize }: WalFormat): void {
  writeSync(database, bytes, frameHeaderBytes, pageSize, (bytes.readUInt32BE(0) - 1) * pageSize);
}
