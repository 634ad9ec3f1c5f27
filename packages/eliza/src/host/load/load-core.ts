/** The @elizaos/core of the project: found in its node_modules, and of a version that the host knows. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Core } from '../core.ts';
import { findPackage, resolveFrom } from './resolve.ts';
import { Unusable, wordsOf } from './unusable.ts';

export async function loadCore(directory: string): Promise<Core> {
  const folder = findPackage(directory, '@elizaos/core');
  if (folder === undefined)
    throw new Unusable(
      `@elizaos/core is not installed in ${directory}: run the project's install there (bun install, or npm install)`,
    );
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version?: string };
  if (!isServed(version ?? ''))
    throw new Unusable(
      `the project has @elizaos/core ${version ?? 'of no version'}: elizad runs projects with 1.6.2 up to 2.0, without 2.0 itself. Install one of these, such as 1.7.2`,
    );
  try {
    const path = resolveFrom(directory, '@elizaos/core');
    const library = (await import(pathToFileURL(path).href)) as Library;
    return { ...pick(library), version: version ?? '' };
  } catch (error) {
    throw new Unusable(
      `@elizaos/core ${version} in ${dirname(folder)} cannot be loaded (${wordsOf(error)}): install the project again`,
    );
  }
}

type Library = Omit<Core, 'version'>;

const pick = ({ ElizaOS, logger, createUniqueUuid, stringToUuid, getStreamingContext }: Library): Library => ({
  ElizaOS,
  logger,
  createUniqueUuid,
  stringToUuid,
  ...(getStreamingContext && { getStreamingContext }),
});

function isServed(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split(/[.+-]/).map((part) => Number.parseInt(part, 10) || 0);
  return major === 1 && (minor > 6 || (minor === 6 && patch >= 2));
}
