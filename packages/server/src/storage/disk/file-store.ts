/**
 * The port for bytes of files, and its implementation on the disk of the server. What is received has a temporary name
 * until it is complete and synced: a file is there as a whole or not at all. Rows about files are in files.ts.
 */
import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, type Dirent } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { cannotSync } from './data-dir.ts';

/** Bytes that have arrived and have no name yet: `keep` or `drop` them. */
export type IncomingFile = {
  readonly size: number;
  /** The first bytes, 64 KB at most: enough to tell the type. */
  readonly head: Uint8Array;
  /** Whether all of it is UTF-8 without NUL. */
  readonly isText: boolean;
  /** Where the bytes are meanwhile. */
  readonly path: string;
  keep(name: string): Promise<void>;
  /** Does nothing when it was kept. */
  drop(): Promise<void>;
};

/** Names are those of `createFileName`; nothing else is ever looked up. */
export type FileStore = {
  /** Takes bytes as they come, without holding them in memory. Rejects as the source does, or as the disk. */
  receive(bytes: AsyncIterable<Uint8Array>): Promise<IncomingFile>;
  /** A file on this machine; it may be gone. */
  pathOf(name: string): string;
  /** The first `most` bytes; undefined where there is no such file. */
  read(name: string, most: number): Promise<Uint8Array | undefined>;
  /** Whether anything was ever kept there; not where the directory is empty, as one is whose disk is not mounted. */
  isThere(): Promise<boolean>;
  /** Those of some names of which there are no bytes. Rejects where that cannot be told. */
  listMissing(names: readonly string[]): Promise<string[]>;
  /** Names of files that were kept before this process began, some at a time. */
  listOld(): AsyncIterable<string[]>;
  /** That it is not there is no error. */
  remove(name: string): Promise<void>;
};

const headBytes = 65_536;
/** As `createFileName` makes them, and of small pictures; and the folders that they are in. */
export const isFileName = (name: string): boolean => /^[0-9a-f]{40}(-small)?\.[0-9a-z]{1,5}$/.test(name);
export const isFileFolder = (name: string): boolean => /^[0-9a-f]{2}$/.test(name);

export const placeFile = (directory: string, name: string): string => join(directory, name.slice(0, 2), name);

/** A name that cannot be guessed: whoever has it may read the file. */
export const createFileName = (extension: string): string => `${randomBytes(20).toString('hex')}.${extension}`;

/** Files in a directory, which is made with the first of them. What an earlier run has left half-received is removed. */
export function openDiskFiles(directory: string): FileStore {
  const incoming = join(directory, 'incoming');
  const openedAt = Date.now();
  let ready: Promise<unknown> | undefined;
  const prepare = () => {
    ready ??= rm(incoming, { recursive: true, force: true })
      .then(() => makeDirectory(incoming))
      .catch((error) => {
        ready = undefined;
        throw error;
      });
    return ready;
  };
  /** Whose names are on the disk, as far as this process has seen to it. */
  const synced = new Set<string>();
  const makeDirectory = async (path: string) => {
    await mkdir(path, { recursive: true, mode: 0o700 });
    for (let made = path; made !== dirname(directory) && !synced.has(made); made = dirname(made)) {
      await syncDirectory(dirname(made));
      synced.add(made);
    }
  };
  const pathOf = (name: string) => {
    if (!isFileName(name)) throw new Error('this is no name of a file');
    return placeFile(directory, name);
  };
  return {
    pathOf,
    async receive(bytes) {
      await prepare();
      const path = join(incoming, randomBytes(16).toString('hex'));
      const drop = () => rm(path, { force: true });
      const meter = createMeter();
      try {
        await pipeline(bytes, meter.stream, createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true }));
      } catch (error) {
        await drop();
        throw error;
      }
      const keep = async (name: string) => {
        const to = pathOf(name);
        await makeDirectory(dirname(to));
        await rename(path, to);
        await syncDirectory(dirname(to));
      };
      return { ...meter.measure(), path, keep, drop };
    },
    async read(name, most) {
      const parts: Buffer[] = [];
      try {
        if (most > 0) for await (const part of createReadStream(pathOf(name), { end: most - 1 })) parts.push(part);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
      return new Uint8Array(Buffer.concat(parts));
    },
    isThere: async () => (await listFolders(directory)).length > 0,
    async listMissing(names) {
      const areThere = await Promise.all(names.map((name) => isFile(pathOf(name))));
      return names.filter((_, index) => !areThere[index]);
    },
    async *listOld() {
      for (const { name: folder } of await listFolders(directory)) {
        const names = (await readdir(join(directory, folder))).filter(isFileName);
        const stats = await Promise.all(names.map((name) => stat(pathOf(name)).catch(() => undefined)));
        yield names.filter((_, index) => (stats[index]?.ctimeMs ?? Date.now()) < openedAt);
      }
    },
    remove: (name) => rm(pathOf(name), { force: true }),
  };
}

/** An error that is not of its being gone says nothing of that. */
async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Where files are, by the first letters of their names; none where nothing was ever kept. */
async function listFolders(directory: string): Promise<Dirent[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return entries.filter((entry) => entry.isDirectory() && isFileFolder(entry.name));
}

/** Looks at bytes as they pass: how many, the first of them, and whether they are text. */
function createMeter() {
  let size = 0;
  let head: Buffer = Buffer.alloc(0);
  let isText = true;
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const check = (piece?: Buffer) => {
    if (!isText) return;
    try {
      decoder.decode(piece, { stream: piece !== undefined });
      if (piece?.includes(0)) isText = false;
    } catch {
      isText = false;
    }
  };
  const stream = new Transform({
    transform(piece: Buffer, _encoding, done) {
      size += piece.length;
      if (head.length < headBytes) head = Buffer.concat([head, piece.subarray(0, headBytes - head.length)]);
      check(piece);
      done(null, piece);
    },
    flush(done) {
      check();
      done();
    },
  });
  return { stream, measure: () => ({ size, head: new Uint8Array(head), isText }) };
}

/** Else a name could be lost with the power, though the bytes are there. Not every system can. */
async function syncDirectory(path: string): Promise<void> {
  try {
    const directory = await open(path, 'r');
    await directory.sync().finally(() => directory.close());
  } catch (error) {
    if (!cannotSync(error)) throw error;
  }
}
