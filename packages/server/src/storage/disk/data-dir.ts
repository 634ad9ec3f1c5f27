/**
 * The data directory: made when missing, and what the server keeps in it closed to all other users of the machine,
 * whoever made the directory, and however an older elizad has left it.
 */
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const { O_APPEND, O_CREAT, O_NONBLOCK, O_WRONLY } = constants;

/** All that a group and others may do. */
const ofOthers = 0o077;

/** Where the system tells users apart. */
const uid = process.getuid?.();

/** What the server writes there itself, and copies of it under a longer name. Nothing else is touched: it may be a home. */
const own = /^(elizad(-log)?\.sqlite.*|server\.(lock|pid)|files)$/;

/**
 * Makes the directory, and takes from other users what they may do with what is the server's in it. Throws where one of
 * them has put a link there: what is said would be written where it leads.
 */
export function prepareDataDir(dataDir: string): void {
  const first = mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  for (let made = resolve(dataDir); first !== undefined; made = dirname(made)) {
    syncPath(dirname(made));
    if (made === resolve(first)) break;
  }
  for (const name of readdirSync(dataDir)) {
    if (!own.test(name)) continue;
    assertOwnLink(join(dataDir, name));
    closeExisting(join(dataDir, name));
  }
}

/** What a system says that cannot sync directories, or may not open this one. */
export const cannotSync = (error: unknown): boolean =>
  ['EISDIR', 'EPERM', 'EINVAL', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '');

/** A file; or a directory, else the name of what is new in it could be lost with the power. */
export function syncPath(path: string): void {
  try {
    const file = openSync(path, constants.O_RDONLY);
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (!cannotSync(error)) throw error;
  }
}

function assertOwnLink(path: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (uid === undefined || !stats?.isSymbolicLink() || stats.uid === uid || stats.uid === 0) return;
  throw new Error(`${path} is a link that the user ${stats.uid} has made`);
}

/** Makes a file that only its owner may read, where it is missing. SQLite gives those that it puts beside it the same mode. */
export function createPrivateFile(path: string): void {
  // Where a pipe was put in its place, it says so and does not wait for the other end.
  closeToOthers(openSync(path, O_WRONLY | O_APPEND | O_CREAT | (O_NONBLOCK ?? 0), 0o600));
}

function closeExisting(path: string): void {
  try {
    // Not by way of a link, which may lead anywhere; nor to wait for the other end of a pipe.
    closeToOthers(openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK));
  } catch (error) {
    if (!['ELOOP', 'EMLINK', 'EACCES', 'EPERM', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error;
  }
}

function closeToOthers(file: number): void {
  try {
    const { mode, uid: owner } = fstatSync(file);
    if (owner === uid && mode & ofOthers) fchmodSync(file, mode & 0o700);
  } finally {
    closeSync(file);
  }
}

/** What other users may do with the directory itself, and how to close it; nothing where they may do nothing. */
export function describeOpenDir(dataDir: string): string | undefined {
  const { mode } = statSync(dataDir);
  if (uid === undefined || !(mode & ofOthers)) return undefined;
  const what = mode & 0o022 ? 'can replace its contents' : 'can list its contents';
  return `ELIZAD_DATA: other users of this machine ${what}: ${dataDir}. To close it: chmod 700 ${dataDir}`;
}
