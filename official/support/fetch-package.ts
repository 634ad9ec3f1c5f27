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

const digests: Readonly<Record<string, string>> = {
  '1.3.2': 'sha512-OC3CUwA5kkUANziyutTXmccxlsScxuIpgI05SUnkGIMBRI5ASFwVh+DkqatqTdVnP6lyOhc11FPfq5EkjrkK5w==',
  '1.5.8': 'sha512-Jv6MQ6F4t2rL4KswXXU5Nz2J0n8R8MIUC6kryjdNJxMA8G35IcmSvL/NUfLJARA1PoRZNgsCIhnA0xBLCT08tg==',
  '1.6.4': 'sha512-YFYsocY+tGAAx+/DPoa1HCUdkgCTJZUtSE26X0wk/4bL7hqKGho1ZYqBohjGa01RMzDqtVDloG343CZs+x2qrg==',
  '1.7.2': 'sha512-1v0fBpzHrUUfl1kUUuLuma7r5VSdB2bf8prnGyGsrwbBOMDTZencr6inwm/NIpzXmzJFv8Q++x0paLd0PoYqBA==',
  '1.7.3-alpha.4': 'sha512-wJzIa79SLoHLGSyLBRk6PeDLdS1wO0/WAUehbyl8vzwRaBhL0oj9DcRtqx/QruBOjGJSsOhdAeT3+y3NVJaM1w==',
};

/** Of each of its years one, and the newest. */
export const apiClients: readonly Published[] = Object.entries(digests).map(([version, integrity]) => ({
  name: '@elizaos/api-client',
  version,
  integrity,
}));

const servers: Readonly<Record<string, string>> = {
  '1.2.0': 'sha512-hPzyWXlJue7AQEwKvzfsRQ6OeVSfe9FoSXILlJkuEBGrpAsFUVulg8+OfMFVJQqg7SQnPYukf9wkuNAq/MmxpA==',
  '1.4.2': 'sha512-AcFfWuhCRq3XlNJ3qlPY+nX7DgLiUgSa08P0H+UMkxDW329xcMhpqv+HTMGa3ZeRExle8Qnr7Ck9Tiy1P/O6bg==',
  '1.6.1': 'sha512-wmQ1NaV5YDup9wzqyQv85T3eEgsIx+KbEdfh2dSnr4espN5Cs5V8K7yxiwN0kzIGaVSVKqFRuUefN8i8nEBvaw==',
  '1.7.2': 'sha512-RGLjBYhm2tYWssTOl1u5U9cmgvnIqMcjxrQ0nNwoCkr9bUD3eSTzYjHY2zyjrSd5z0HodxblM+BJBDKmdm173w==',
};

/** The React client is a folder of each: `dist/client`. */
export const reactClients: readonly Published[] = Object.entries(servers).map(([version, integrity]) => ({
  name: '@elizaos/server',
  version,
  integrity,
}));

export const projectStarter: Published = {
  name: '@elizaos/project-starter',
  version: '1.7.2',
  integrity: 'sha512-vgsJqNHVvD059wLXbvqBxxIdzsBwYCHL+5VzZBEwG6mkCFIhXKORNPOXPQOiXFg1cpvf+N55OCSUzm3Y5W9R3g==',
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
