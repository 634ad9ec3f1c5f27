/**
 * Programs of others with all that they need, as the lockfile of a folder of `official/tools` says: installed when first
 * asked for, without running anything of theirs meanwhile, and kept in node_modules/.cache.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const tools = fileURLToPath(new URL('../tools', import.meta.url));
const cache = fileURLToPath(new URL('../../node_modules/.cache/elizad-tools', import.meta.url));

/** The folder that they are installed in. */
export function installTools(name: string): string {
  const from = join(tools, name);
  const digest = createHash('sha256')
    .update(readFileSync(join(from, 'package-lock.json')))
    .digest('hex');
  const folder = join(cache, `${name}-${digest.slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(dirname(unfinished), { recursive: true });
  try {
    cpSync(from, unfinished, { recursive: true });
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    execFileSync('npm', args, {
      cwd: unfinished,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    });
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}
