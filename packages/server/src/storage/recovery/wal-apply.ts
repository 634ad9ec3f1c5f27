/**
 * Writes the pages of a write-ahead log into a copy of its database, also those behind a damaged place, where SQLite stops.
 * One byte that was changed is found by the checksums, and put right.
 */
import { closeSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import {
  followsFrom,
  frameHeaderBytes,
  isChained,
  isSame,
  readFrames,
  type WalFormat,
  type WalFrame,
  type WalScan,
} from '../engine/sqlite/wal.ts';
import { mendByte } from './wal-mend.ts';

/** Frames that were damaged: put right, taken as they are, or left out. */
export type Applied = { mended: number; taken: number; left: number };

export function applyWal(logPath: string, { format, frames, pages }: WalScan, databasePath: string): Applied {
  const applied: Applied = { mended: 0, taken: 0, left: 0 };
  const log = openSync(logPath, 'r');
  const database = openSync(databasePath, 'r+');
  try {
    let before: WalFrame | undefined;
    /** One that does not follow from the frame before it: what is wrong with it the next one tells. */
    let odd: { frame: WalFrame; before: WalFrame | undefined } | undefined;
    const settleOdd = (next?: WalFrame) => {
      if (!odd) return;
      const what = judge(odd.frame, { format, before: odd.before, next, pages, database });
      applied[what] += 1;
      if (what !== 'left') writePage(database, odd.frame, format);
      odd = undefined;
    };
    for (const frame of readFrames(log, format)) {
      if (frame.index >= frames) break;
      settleOdd(frame);
      if (isChained(frame, format)) writePage(database, frame, format);
      else odd = { frame: copyFrame(frame, format), before };
      before = frame;
    }
    settleOdd();
    if (pages > 0) ftruncateSync(database, pages * format.pageSize);
    fsyncSync(database);
    return applied;
  } finally {
    closeSync(log);
    closeSync(database);
  }
}

type Surroundings = {
  format: WalFormat;
  before: WalFrame | undefined;
  next: WalFrame | undefined;
  pages: number;
  database: number;
};

function judge(frame: WalFrame, { format, before, next, pages, database }: Surroundings): keyof Applied {
  // Not its page was changed, but what stands before it: its own checksum, from which the next one does not follow then,
  // its salts, or the checksum of the one before.
  const areSums = !next || followsFrom(frame.counted, next);
  const changed = countBytes(frame.stored, frame.counted) + countBytes(frame.salts, format.salts);
  const isAround = isSame(frame.stored, frame.counted) || areSums;
  const isFine = (changed <= 1 && isAround) || (before && followsFrom(before.counted, frame));
  if (isFine && isPage(frame.page, pages)) return 'mended';
  if (mendByte(frame)) {
    // The words are the bytes of the file, or a copy of them.
    if (format.isSwapped) return 'left';
    return isPage(frame.bytes.readUInt32BE(0), pages) ? 'mended' : 'left';
  }
  const isOurs = isSame(frame.salts, format.salts) && isPage(frame.page, pages);
  return isOurs && looksRight(frame, format, database) ? 'taken' : 'left';
}

/** It stays when the next ones are read. */
function copyFrame(frame: WalFrame, { isSwapped }: WalFormat): WalFrame {
  const bytes = Buffer.from(new Uint8Array(frame.bytes).buffer);
  return { ...frame, bytes, words: isSwapped ? frame.words.slice() : new Int32Array(bytes.buffer) };
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
