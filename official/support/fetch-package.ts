/**
 * A package from npm exactly as it was published, for tests that run other people's programs against elizad: fetched when
 * first asked for, checked against the digest that it had when the test was written, and kept in node_modules/.cache.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cache = fileURLToPath(new URL('../../node_modules/.cache/elizad-official', import.meta.url));

export type Published = { name: string; version: string; integrity: string };

export const apiClient: Published = {
  name: '@elizaos/api-client',
  version: '1.7.2',
  integrity: 'sha512-1v0fBpzHrUUfl1kUUuLuma7r5VSdB2bf8prnGyGsrwbBOMDTZencr6inwm/NIpzXmzJFv8Q++x0paLd0PoYqBA==',
};

/** The React client is a folder of it: `dist/client`. */
export const referenceServer: Published = {
  name: '@elizaos/server',
  version: '1.7.2',
  integrity: 'sha512-RGLjBYhm2tYWssTOl1u5U9cmgvnIqMcjxrQ0nNwoCkr9bUD3eSTzYjHY2zyjrSd5z0HodxblM+BJBDKmdm173w==',
};

/** The folder with the package's files. Nothing of it is run by this, and nothing that it depends on is fetched. */
export function fetchPackage({ name, version, integrity }: Published): string {
  const folder = join(cache, `${name.replace('/', '-')}-${version}`);
  if (existsSync(folder)) return join(folder, 'package');
  const unpacking = `${folder}.${process.pid}`;
  mkdirSync(unpacking, { recursive: true });
  try {
    const args = [
      'pack',
      `${name}@${version}`,
      '--ignore-scripts',
      '--loglevel=error',
      '--pack-destination',
      unpacking,
    ];
    execFileSync('npm', args, { stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' });
    const [tarball] = globSync('*.tgz', { cwd: unpacking });
    if (!tarball) throw new Error(`npm pack gave nothing for ${name}@${version}`);
    const path = join(unpacking, tarball);
    const digest = `sha512-${createHash('sha512').update(readFileSync(path)).digest('base64')}`;
    if (digest !== integrity) throw new Error(`${name}@${version} is not what it was: ${digest}`);
    execFileSync('tar', ['-xzf', tarball], { cwd: unpacking });
    rmSync(path);
    renameSync(unpacking, folder);
  } finally {
    rmSync(unpacking, { recursive: true, force: true });
  }
  return join(folder, 'package');
}
