/** Tells when the files of a project change: those that it is made of, not what it has installed or stored. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { watchFiles } from '../characters/watch.ts';

/** Time between two looks, in ms. */
const lookMs = 1_000;

const watchedFiles = ['package.json', '.env', 'index.ts', 'tsconfig.json'];
const watchedFolders = ['src', 'dist'];
const mostFiles = 3_000;

/** Calls `onChange` after each change that has come to rest. Returns how to stop. */
export const watchProject = (directory: string, onChange: () => Promise<void>) =>
  watchFiles({ list: () => listProjectFiles(directory), lookMs, tellsFirst: false }, onChange);

async function listProjectFiles(directory: string): Promise<string[]> {
  const paths = watchedFiles.map((name) => join(directory, name));
  for (const folder of watchedFolders) paths.push(...(await listFiles(join(directory, folder))));
  return paths.slice(0, mostFiles);
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
}
