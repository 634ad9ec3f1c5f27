/**
 * A disk that is full, as the kernel tells it: a limit on the size of files that a running process may write, set and
 * lifted from outside. Linux only.
 */
import { execFileSync } from 'node:child_process';

/** Preload for the process that meets the limit: its default is to die of the signal, where a full disk is an error. */
export const preload = `data:text/javascript,${encodeURIComponent("process.on('SIGXFSZ', () => {})")}`;

export const canLimit = (() => {
  try {
    execFileSync('prlimit', ['--version'], { stdio: 'ignore' });
    return process.platform === 'linux';
  } catch {
    return false;
  }
})();

/** From now on no file of the process may grow beyond `bytes`; `Number.POSITIVE_INFINITY` lifts it. */
export function limitFiles(pid: number, bytes: number): void {
  const soft = Number.isFinite(bytes) ? bytes : 'unlimited';
  execFileSync('prlimit', ['--pid', String(pid), `--fsize=${soft}:unlimited`]);
}
