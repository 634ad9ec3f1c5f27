/**
 * Whose the files are that say what the server runs: character files, `elizad.config.ts`, `.env`. What nobody named, but
 * was found in a place, counts only where it is ours, or of root, or of whom the program itself is, and nobody else may write it.
 */
import { lstatSync, readFileSync, type Stats, statSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';

const writableByGroup = 0o020;
const writableByOthers = 0o002;
const sticky = 0o1000;

/** Why somebody else could have written what is at the path, and what to do; undefined where nobody could. */
export function findForeignHand(path: string): string | undefined {
  // Windows has no such owners.
  const user = process.getuid?.();
  if (user === undefined) return undefined;
  // A link too: who made it chose what it leads to.
  for (const stats of [lstatSync(path), statSync(path)]) {
    if (stats.uid !== user && stats.uid !== 0 && stats.uid !== findProgramOwner())
      return `${path} belongs to user ${stats.uid}: change its owner to the server's user (chown ${user} ${path})`;
    const mode = stats.isSymbolicLink() ? 0 : stats.mode;
    if (mode & writableByOthers) return `everyone can write ${path}: remove that permission (chmod o-w ${path})`;
    if (mode & writableByGroup && !isOwnGroup(stats))
      return `group ${stats.gid} can write ${path}: remove that permission (chmod g-w ${path})`;
  }
  return undefined;
}

let programOwner: { uid: number | undefined } | undefined;

/**
 * Who could change the program as well: root runs a developer's checkout so, with sudo, or in a container that has it
 * mounted.
 */
function findProgramOwner(): number | undefined {
  if (programOwner) return programOwner.uid;
  const path = findPackageJSON(import.meta.url);
  programOwner = { uid: path === undefined ? undefined : statSync(path).uid };
  return programOwner.uid;
}

/** As `findForeignHand`, of the files of a directory; and whether another directory could be put in its place. */
export function findForeignHandIn(directory: string): string | undefined {
  const above = dirname(directory);
  const { mode } = statSync(above);
  if (process.getuid && mode & writableByOthers && !(mode & sticky))
    return `everyone can write ${above}: remove that permission (chmod o-w ${above})`;
  return findForeignHand(directory);
}

/** As `findForeignHand`, of a file that was found in a directory: who may write there could put another in its place. */
export function findForeignHandOn(path: string): string | undefined {
  const directory = dirname(path);
  // As of temporary files: everybody may add some, and replace none but their own.
  const isSticky = (statSync(directory).mode & sticky) !== 0;
  return findForeignHand(path) ?? (isSticky ? undefined : findForeignHandIn(directory));
}

/** Groups that were looked up: this is asked twice a second. */
const ownGroups = new Map<number, boolean>();

/** Whether the group is one of this user alone, as many systems give to each; or root's. */
function isOwnGroup({ gid }: Stats): boolean {
  if (gid === 0) return true;
  if (gid !== process.getgid?.()) return false;
  const isOwn = ownGroups.get(gid) ?? isOfUserAlone(gid);
  ownGroups.set(gid, isOwn);
  return isOwn;
}

function isOfUserAlone(gid: number): boolean {
  try {
    const { username } = userInfo();
    const [group] = readTable('/etc/group').filter(([, , id]) => id === String(gid));
    const others = readTable('/etc/passwd').filter(([name, , , id]) => id === String(gid) && name !== username);
    const members = group?.[3]?.split(',').filter((name) => name !== '' && name !== username);
    return members?.length === 0 && others.length === 0;
  } catch {
    // Not known here: whoever keeps the groups elsewhere is told what to do.
    return false;
  }
}

const readTable = (path: string): string[][] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(':'));
