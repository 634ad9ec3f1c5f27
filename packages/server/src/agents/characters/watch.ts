/**
 * Tells when files change. It looks at them again and again: notices of the file system do not come through network drives and
 * containers, and looking at a few files costs nothing.
 */
import { stat } from 'node:fs/promises';
import { listCharacterFiles } from './characters.ts';

/** Time between two looks at character files, in ms. */
const lookMs = 500;

type Watch = {
  /** Which files: asked at each look. */
  list(): readonly string[] | Promise<readonly string[]>;
  lookMs: number;
  /** Whether what is there at the first look is told, too: it may have changed since it was read. */
  tellsFirst: boolean;
};

/** Calls `onChange` once soon after the start, for what changed in between, and after each change. */
export const watchCharacters = (paths: readonly string[], dataDir: string, onChange: () => Promise<void>) =>
  watchFiles({ list: () => listCharacterFiles(paths, dataDir), lookMs, tellsFirst: true }, onChange);

/**
 * Calls `onChange` after each change, never two at a time. A file that is being written is left alone until two looks find it the
 * same. Returns how to stop.
 */
export function watchFiles(
  { list, lookMs: everyMs, tellsFirst }: Watch,
  onChange: () => Promise<void>,
): () => Promise<void> {
  let told: string | undefined;
  let last: string | undefined;
  let isStopped = false;
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    const now = await describeFiles(await list());
    const isAtRest = now === last;
    last = now;
    if (!isAtRest || now === told || isStopped) return;
    const isFirst = told === undefined;
    told = now;
    if (!isFirst || tellsFirst) await onChange();
  }

  const timer = setInterval(() => {
    looking ??= look()
      // Where it cannot look now, nothing has changed.
      .catch(() => {})
      .finally(() => {
        looking = undefined;
      });
  }, everyMs).unref();
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
