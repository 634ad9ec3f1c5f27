/** Which process has files of a directory open: PGlite itself lets two open one, and then it is lost. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';

const lsofMs = 10_000;

/** Its id; undefined where there is none, or the system does not say: then what changes during the copy says it. */
export function findUser(directory: string): number | undefined {
  const place = realpathSync(directory);
  if (process.platform === 'linux') return findInProc(place);
  if (process.platform === 'win32') return undefined;
  try {
    const args = ['-t', '+D', place];
    const found = execFileSync('lsof', args, { timeout: lsofMs, stdio: ['ignore', 'pipe', 'ignore'] });
    return Number.parseInt(String(found), 10) || undefined;
  } catch {
    // It ends with 1 where nobody has it open.
    return undefined;
  }
}

function findInProc(place: string): number | undefined {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (Number(pid) !== process.pid && hasOpen(join('/proc', pid, 'fd'), place)) return Number(pid);
  }
  return undefined;
}

/** False for those of other people. */
function hasOpen(folder: string, place: string): boolean {
  try {
    return readdirSync(folder).some((name) => pathOf(join(folder, name)).startsWith(place + sep));
  } catch {
    return false;
  }
}

function pathOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}
