/** Small pictures of pictures. sharp is loaded with the first one; one is made at a time, and with bounds. */
import type { FileStore } from '../../storage/disk/file-store.ts';

const mostPixels = 50_000_000;
const side = 512;
const mostSeconds = 10;

/** How long a picture waits for those before it, in ms: its upload waits with it. */
const patienceMs = 5_000;

let last: Promise<unknown> = Promise.resolve();

/**
 * A WebP of at most 512 by 512 pixels of a picture, kept beside it; its name. Undefined where the picture is broken, or
 * so large that reading it would be an attack, or somebody sent so many that its turn does not come: it is kept all the
 * same, and no page draws it.
 */
export function makeThumbnail(files: FileStore, name: string, mostWaitMs = patienceMs): Promise<string | undefined> {
  const asked = performance.now();
  const isLate = () => performance.now() - asked > mostWaitMs;
  const made = last.then(() => (isLate() ? undefined : make(files, name))).catch(() => undefined);
  last = made;
  return made;
}

async function make(files: FileStore, name: string): Promise<string> {
  const { default: sharp } = await import('sharp');
  const small = `${name.split('.', 1)[0]}-small.webp`;
  const bytes = await sharp(files.pathOf(name), { limitInputPixels: mostPixels, sequentialRead: true, animated: false })
    .timeout({ seconds: mostSeconds })
    .autoOrient()
    .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 80 })
    .toBuffer();
  const incoming = await files.receive(toIterable(bytes));
  await incoming.keep(small);
  return small;
}

async function* toIterable(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
