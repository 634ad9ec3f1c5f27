/**
 * Tells when the files of a project change. It looks at them once a second, as at character files: notices of the file system do not
 * come through network drives and containers.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Time between two looks, in ms. Files that are being written are left alone until two looks find them the same. */
const lookMs = 1_000;

/** What is looked at: what the project is made of, not what it has installed or stored. */
const watchedFiles = ['package.json', '.env', 'index.ts', 'tsconfig.json'];
const watchedFolders = ['src', 'dist'];
const mostFiles = 3_000;

/** Calls `onChange` after each change that has come to rest. Returns how to stop. */
export function watchProject(directory: string, onChange: () => void): () => void {
  let told: string | undefined;
  let last: string | undefined;
  let isLooking = false;

  async function look(): Promise<void> {
    const now = await describeFiles(directory);
    const isAtRest = now === last;
    last = now;
    if (!isAtRest || now === told) return;
    const isFirst = told === undefined;
    told = now;
    if (!isFirst) onChange();
  }

  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    // Where it cannot look now, nothing has changed.
    look()
      .catch(() => {})
      .finally(() => {
        isLooking = false;
      });
  }, lookMs).unref();
  return () => clearInterval(timer);
}

/** Changes whenever one of the files does. */
async function describeFiles(directory: string): Promise<string> {
  const paths = watchedFiles.map((name) => join(directory, name));
  for (const folder of watchedFolders) paths.push(...(await listFiles(join(directory, folder))));
  const described = paths.slice(0, mostFiles).map(async (path) => {
    const found = await stat(path).catch(() => undefined);
    return found?.isFile() ? `${path} ${found.mtimeMs} ${found.size} ${found.ino}` : '';
  });
  return (await Promise.all(described)).join('\n');
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
}
