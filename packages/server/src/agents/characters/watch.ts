/**
 * Tells when character files come, change or go. It looks at them twice a second: notices of the file system do not come
 * through network drives and containers, and looking at a few files costs nothing.
 */
import { stat } from 'node:fs/promises';
import { listCharacterFiles } from './characters.ts';

/** Time between two looks, in ms. A file that is being written is left alone until two looks find it the same. */
const lookMs = 500;

/** Calls `onChange` once soon after the start, for what changed in between, and after each change; never two at a time. Returns how to stop. */
export function watchCharacters(
  paths: readonly string[],
  dataDir: string,
  onChange: () => Promise<void>,
): () => Promise<void> {
  let told: string | undefined;
  let last: string | undefined;
  let isStopped = false;
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    const now = await describeFiles(listCharacterFiles(paths, dataDir));
    const isAtRest = now === last;
    last = now;
    if (!isAtRest || now === told || isStopped) return;
    told = now;
    await onChange();
  }

  const timer = setInterval(() => {
    looking ??= look()
      // Where it cannot look now, nothing has changed.
      .catch(() => {})
      .finally(() => {
        looking = undefined;
      });
  }, lookMs).unref();
  return async () => {
    isStopped = true;
    clearInterval(timer);
    await looking;
  };
}

/** Changes whenever one of the files does. */
async function describeFiles(paths: readonly string[]): Promise<string> {
  const described = paths.map(async (path) => {
    const found = await stat(path).catch(() => undefined);
    return `${path} ${found?.mtimeMs} ${found?.size} ${found?.ino}`;
  });
  return (await Promise.all(described)).join('\n');
}
