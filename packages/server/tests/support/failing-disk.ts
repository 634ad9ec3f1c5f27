/** A disk that fails and that is watched, for a server in a process of its own: failing-disk.c, built where there is a compiler. */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What was done to the disk; `time` is of the monotonic clock in ns, like `process.hrtime.bigint()`. */
export type DiskOp = {
  kind: 'opened' | 'written' | 'cut' | 'synced' | 'sync-failed' | 'renamed' | 'removed' | 'made';
  time: bigint;
  /** Below the directory that is watched; `.` is that itself. */
  path: string;
  /** Where in the file, of a write; how long it is afterwards, of a cut. */
  at: number;
  /** Of a write; of a rename, the new path. */
  bytes: Buffer;
};

/** An error of the system, and how often in a thousand times. */
export type Fault = { errno: number; perMille: number };

export const EIO = 5;
export const ENOSPC = 28;

export type FailingDisk = {
  /** For the server; `data` is where its data directory has to be. */
  readonly env: Record<string, string>;
  readonly data: string;
  /** From now on; without one nothing fails. */
  fail(faults?: { sync?: Fault; write?: Fault }): void;
  listOps(): DiskOp[];
};

let library: string | undefined;

/** The library, or nothing where it cannot be built here. */
export function buildDisk(): string | undefined {
  if (library !== undefined || process.platform !== 'linux') return library;
  const path = join(tmpdir(), `elizad-disk-${process.pid}.so`);
  const source = fileURLToPath(new URL('failing-disk.c', import.meta.url));
  const { status } = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', path, source, '-ldl', '-lpthread']);
  if (status === 0) library = path;
  return library;
}

/** In a directory of the test's. */
export function openFailingDisk(directory: string): FailingDisk {
  const [data, log, control] = ['data', 'disk.log', 'disk.faults'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(control, Buffer.alloc(16));
  return {
    data,
    env: {
      LD_PRELOAD: buildDisk() ?? '',
      FAILING_DISK_UNDER: data,
      FAILING_DISK_LOG: log,
      FAILING_DISK_FAULTS: control,
    },
    fail({ sync, write } = {}) {
      const numbers = Int32Array.of(sync?.errno ?? 0, sync?.perMille ?? 0, write?.errno ?? 0, write?.perMille ?? 0);
      const file = openSync(control, 'r+');
      writeSync(file, Buffer.from(numbers.buffer), 0, 16, 0);
      closeSync(file);
    },
    listOps: () => parseOps(readFileSync(log)),
  };
}

const kinds: Record<string, DiskOp['kind']> = {
  o: 'opened',
  w: 'written',
  t: 'cut',
  s: 'synced',
  f: 'sync-failed',
  r: 'renamed',
  u: 'removed',
  d: 'made',
};

function parseOps(log: Buffer): DiskOp[] {
  const ops: DiskOp[] = [];
  for (let at = 0; at < log.length; ) {
    const end = log.indexOf(10, at);
    // A kill may have left half a line.
    if (end === -1) break;
    const [kind = '', time = '0', place = '0', length = '0', ...path] = log.toString('utf8', at, end).split(' ');
    const bytes = log.subarray(end + 1, end + 1 + Number(length));
    const known = kinds[kind];
    if (!known) throw new Error(`the log of the disk cannot be read at ${at}`);
    ops.push({ kind: known, time: BigInt(time), path: path.join(' '), at: Number(place), bytes });
    at = end + 1 + Number(length);
  }
  return ops;
}
