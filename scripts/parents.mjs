/**
 * npm starts a script in a shell, which dies of a SIGTERM without passing it on, and lives on when npm is killed. What
 * either of them has started must not live on unseen.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const lookMs = 250;

/** Sends this process a SIGTERM when the process that started it has ended, or, where that is npm's shell, when npm has. */
export function stopWithParents() {
  const parent = process.ppid;
  const { command, ppid: npm } = describe(parent);
  const isShell = /^\S*sh -c\b/.test(command);
  const watch = setInterval(() => {
    // Whose parent has ended gets another.
    if (process.ppid === parent && (!isShell || isStillOf(parent, npm))) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, lookMs);
  watch.unref();
}

function isStillOf(pid, ppid) {
  if (process.platform === 'linux') return describe(pid).ppid === ppid;
  try {
    return process.kill(ppid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** What a process was started as, and by whom; nothing where that cannot be found out. */
function describe(pid) {
  try {
    if (process.platform === 'linux') {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      // The name before it, in parentheses, may contain anything.
      const [, ppid] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
      return { command, ppid: Number(ppid) };
    }
    const words = execFileSync('ps', ['-o', 'ppid=,command=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    const [ppid, ...command] = words.split(/\s+/);
    return { command: command.join(' '), ppid: Number(ppid) };
  } catch {
    return { command: '', ppid: 0 };
  }
}
