/** Another commit of this repo, checked out, installed and built in a folder of its own: to be measured beside this one. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { makeFolder } from './processes.ts';

export type Checkout = Disposable & {
  /** Its short name. */
  readonly commit: string;
  /** Its `scripts/run.mjs`. */
  readonly command: string;
};

/** Takes as long as an install, half a minute or a whole one. Throws where git does not know the commit. */
export function openCheckout(name: string): Checkout {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8', cwd: import.meta.dirname }).trim();
  const commit = git('rev-parse', '--short', `${name}^{commit}`);
  const folder = makeFolder();
  const path = join(folder.path, 'checkout');
  git('worktree', 'add', '--quiet', '--detach', path, commit);
  const command = join(path, 'scripts/run.mjs');
  // Installs and builds what a start needs; what is measured then does neither.
  execFileSync(process.execPath, [command, 'serve', '--help'], { stdio: 'ignore' });
  return {
    commit,
    command,
    [Symbol.dispose]() {
      git('worktree', 'remove', '--force', path);
      folder[Symbol.dispose]();
    },
  };
}
