/** The write-ahead log as it is looked at before a start: a torn end is none of our business, a changed byte before it is. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { scanWal } from '../../src/storage/engine/sqlite/wal.ts';
import { applyWal } from '../../src/storage/recovery/wal-apply.ts';

const dir = mkdtempSync(join(tmpdir(), 'elizad-test-'));
after(() => rmSync(dir, { recursive: true, force: true }));
const at = (name: string) => join(dir, name);

const headerBytes = 32;
const frameBytes = 24 + 1_024;

/** Some rows that are written, changed or taken away, together; `isUndone`: after they have reached the log. */
type Step = { rows: { id: number; length: number; isGone: boolean }[]; isUndone: boolean };
const steps = fc.array(
  fc.record({
    rows: fc.array(
      fc.record({
        id: fc.integer({ min: 1, max: 30 }),
        length: fc.integer({ min: 0, max: 3_000 }),
        isGone: fc.boolean(),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    isUndone: fc.boolean(),
  }),
  { minLength: 3, maxLength: 12 },
);

type Log = { database: Buffer; wal: Buffer; rows: string };

/** What a kill leaves of them. The second half of the steps is of another round of the log, before what is left of the first. */
function write(all: readonly Step[]): Log {
  const path = at('written.sqlite');
  for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true });
  const file = open(path);
  try {
    file.exec('create table rows (id integer primary key, text text)');
    const middle = Math.floor(all.length / 2);
    all.slice(0, middle).forEach((step) => void run(file, step));
    file.exec('pragma wal_checkpoint');
    all.slice(middle).forEach((step) => void run(file, step));
    return { database: readFileSync(path), wal: readFileSync(`${path}-wal`), rows: list(file) };
  } finally {
    file.close();
  }
}

/** What the disk has after a loss of power in the last step: of every sector that nobody had synced the old or the new one. */
function lose(all: readonly Step[], isWritten: (sector: number) => boolean): Log {
  const before = write(all);
  const file = open(at('written.sqlite'), before);
  let after: Buffer;
  try {
    run(file, all.at(-1) as Step);
    after = readFileSync(at('written.sqlite-wal'));
  } finally {
    file.close();
  }
  const wal = Buffer.from(after);
  // Not the first: SQLite syncs the header of a new round before anything else of it is written.
  for (let at = 512; at < wal.length; at += 512) {
    const end = Math.min(at + 512, wal.length);
    if (!isWritten(at / 512)) before.wal.subarray(at, end).copy(wal.fill(0, at, end), at);
  }
  return { ...before, wal };
}

/** A page at a time in memory: the others reach the log before their commit. */
function open(path: string, log?: Log): DatabaseSync {
  if (log) {
    rmSync(`${path}-shm`, { force: true });
    writeFileSync(path, log.database);
    writeFileSync(`${path}-wal`, log.wal);
  }
  const file = new DatabaseSync(path);
  file.exec('pragma page_size = 1024; pragma journal_mode = wal; pragma synchronous = off; pragma cache_size = 1');
  return file;
}

let written = 0;

function run(file: DatabaseSync, { rows, isUndone }: Step): void {
  const put = file.prepare('insert or replace into rows values (?, ?)');
  const drop = file.prepare('delete from rows where id = ?');
  written += 1;
  file.exec('begin');
  for (const { id, length, isGone } of rows) {
    if (isGone) drop.run(id);
    else put.run(id, `${written} ${id} `.padEnd(length, 'x'));
  }
  file.exec(isUndone ? 'rollback' : 'commit');
}

const list = (file: DatabaseSync): string => JSON.stringify(file.prepare('select * from rows order by id').all());

function scan(wal: Buffer) {
  writeFileSync(at('scanned-wal'), wal);
  return scanWal(at('scanned-wal'));
}

/** Which rows there are once all of a log is applied by us; nothing where a page could not be put right. */
function apply({ database }: Log, wal: Buffer): string | undefined {
  const found = scan(wal);
  writeFileSync(at('applied.sqlite'), database);
  if (!found || found.frames === 0) return readRows(at('applied.sqlite'));
  const { taken, left } = applyWal(at('scanned-wal'), found, at('applied.sqlite'));
  return taken + left === 0 ? readRows(at('applied.sqlite')) : undefined;
}

function readRows(path: string): string {
  const file = new DatabaseSync(path);
  try {
    return list(file);
  } finally {
    file.close();
  }
}

/** Frames of the last round that count, and how many there are up to the commit before the last. */
function measure(wal: Buffer) {
  const salts = wal.subarray(16, 24);
  const commits: number[] = [];
  for (let n = 0; headerBytes + (n + 1) * frameBytes <= wal.length; n++) {
    const header = wal.subarray(headerBytes + n * frameBytes, headerBytes + n * frameBytes + 24);
    if (!header.subarray(8, 16).equals(salts)) break;
    if (header.readUInt32BE(4) > 0) commits.push(n + 1);
  }
  return commits;
}

describe('the write-ahead log', () => {
  it('cut anywhere: no damage, and what SQLite reads of it we read too', () => {
    fc.assert(
      fc.property(steps, fc.double({ min: 0, max: 1, noNaN: true }), (all, part) => {
        const log = write(all);
        const cut = log.wal.subarray(0, Math.floor(part * log.wal.length));
        assert.equal(scan(cut)?.damage, undefined);
        assert.equal(scan(log.wal)?.damage, undefined);
        writeFileSync(at('read.sqlite'), log.database);
        writeFileSync(at('read.sqlite-wal'), cut);
        assert.equal(apply(log, cut), readRows(at('read.sqlite')));
        assert.equal(apply(log, log.wal), log.rows);
      }),
      { numRuns: 40 },
    );
  });

  it('after a loss of power, and what was written since: no damage', () => {
    const sectors = fc.array(fc.boolean(), { minLength: 7, maxLength: 61 });
    fc.assert(
      fc.property(steps, sectors, steps, (all, pattern, later) => {
        const log = lose(all, (n) => pattern[n % pattern.length] === true);
        assert.equal(scan(log.wal)?.damage, undefined);
        const path = at('later.sqlite');
        const file = open(path, log);
        try {
          for (const step of later) {
            run(file, step);
            const left = { database: readFileSync(path), wal: readFileSync(`${path}-wal`), rows: list(file) };
            assert.equal(scan(left.wal)?.damage, undefined);
            assert.equal(apply(left, left.wal), left.rows);
          }
        } finally {
          file.close();
        }
      }),
      { numRuns: 25 },
    );
  });

  it('one byte changed before the last transaction: damage, and every row comes back, or it is said that one may be wrong', () => {
    fc.assert(
      fc.property(
        steps,
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.integer({ min: 1, max: 255 }),
        (all, part, bits) => {
          const log = write(all);
          const commits = measure(log.wal);
          // Behind it a commit and a frame more must be there: else it may be what a loss of power leaves.
          const before = commits.at(-3) ?? 0;
          fc.pre(before > 0);
          const place = Math.floor(part * (headerBytes + before * frameBytes));
          const wal = Buffer.from(log.wal);
          wal[place] = (wal[place] ?? 0) ^ bits;
          const { damage } = scan(wal) ?? {};
          assert.ok(damage, `byte ${place}`);
          assert.ok(damage.at <= place && place < damage.at + frameBytes);
          assert.ok(damage.transactions >= 2);
          // Of the highest byte of a word it is not always known which one it was: that is said, and nothing is put right.
          const rows = apply(log, wal);
          if (rows === undefined)
            assert.equal((place - headerBytes) % 4, place < headerBytes ? (place - headerBytes) % 4 : 3);
          else assert.equal(rows, log.rows, `byte ${place}`);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('changed in the last transaction, where nobody can tell it from a loss of power: no damage', () => {
    const log = write([1, 2, 3, 4].map((id) => ({ rows: [{ id, length: 10, isGone: false }], isUndone: false })));
    const [last = 0] = measure(log.wal).slice(-1);
    const wal = Buffer.from(log.wal);
    const place = headerBytes + last * frameBytes - 5;
    wal[place] = (wal[place] ?? 0) ^ 1;
    assert.equal(scan(wal)?.damage, undefined);
  });

  it('a page that cannot be put right is taken or left, and the others are read', () => {
    const log = write(
      Array.from({ length: 40 }, (_, id) => ({ rows: [{ id, length: 600, isGone: false }], isUndone: false })),
    );
    const wal = Buffer.from(log.wal);
    wal.fill(0, headerBytes + 5 * frameBytes + 24, headerBytes + 6 * frameBytes);
    assert.ok(scan(wal)?.damage);
    copyFileSync(at('scanned-wal'), at('wiped-wal'));
    writeFileSync(at('applied.sqlite'), log.database);
    const found = scan(wal);
    assert.ok(found);
    const { mended, taken, left } = applyWal(at('scanned-wal'), found, at('applied.sqlite'));
    assert.deepEqual([mended, taken + left], [0, 1]);
  });
});
