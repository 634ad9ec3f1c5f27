/**
 * The files that a character names as its knowledge: text, in bounds, and nothing outside of its folder, by whatever
 * way the path or a link leads there.
 */
import { constants } from 'node:fs';
import { open, readdir, realpath } from 'node:fs/promises';
import { extname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { toPlainText } from './html-text.ts';

/** What a character may know: a text, a file, or all files of a directory. */
export type KnowledgeItem = string | { readonly path: string } | { readonly directory: string };

/** Something to know. `source` is its path below the folder, with `/`; `''` for what stands in the character itself. */
export type KnowledgeText = { readonly source: string; readonly text: string };

/** What was read, and a line for people on everything that was not. */
export type Reading = { readonly texts: KnowledgeText[]; readonly refused: string[] };

/** Largest file in bytes, most files of a character, deepest directory, and most entries that are looked at. */
const largestFile = 1_000_000;
const mostFiles = 200;
const deepest = 8;
const mostEntries = 10_000;

const html = ['.html', '.htm'];
const textTypes = new Set([
  ...html,
  ...['.md', '.markdown', '.mdx', '.txt', '.text', '.rst', '.adoc', '.org', '.tex', '.log'],
  ...['.json', '.jsonl', '.ndjson', '.csv', '.tsv', '.yaml', '.yml', '.toml', '.ini', '.xml', '.sql'],
]);

/** Reads everything a character names; never throws. The texts in the character itself come first, as one. */
export async function readKnowledge(items: readonly KnowledgeItem[], folder: string): Promise<Reading> {
  const inline = items.filter((item) => typeof item === 'string').join('\n\n');
  const reading: Reading = { texts: inline.trim() === '' ? [] : [{ source: '', text: inline }], refused: [] };
  const base = await realpath(folder).catch(() => resolve(folder));
  const paths = new Set<string>();
  for (const item of items) {
    if (typeof item === 'string') continue;
    if ('path' in item) paths.add(resolve(base, item.path));
    else await listFiles(reading, base, resolve(base, item.directory), paths);
  }
  const all = [...paths];
  if (all.length > mostFiles)
    reading.refused.push(`${all.length - mostFiles} files are more than the ${mostFiles} that a character may have`);
  for (const path of all.slice(0, mostFiles)) await readOne(reading, base, path);
  return reading;
}

async function listFiles({ refused }: Reading, base: string, directory: string, paths: Set<string>): Promise<void> {
  const waiting = [{ path: directory, depth: 0 }];
  let seen = 0;
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const { path, depth } = next;
    try {
      await findInside(base, path);
      for (const entry of (await readdir(path, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
        if (++seen > mostEntries) {
          refused.push(`${nameOf(base, directory)}: more than ${mostEntries} entries; the rest is left out`);
          return;
        }
        const inner = join(path, entry.name);
        if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
        if (entry.isDirectory() && depth < deepest) waiting.push({ path: inner, depth: depth + 1 });
        else if (!entry.isDirectory() && textTypes.has(extname(entry.name).toLowerCase())) paths.add(inner);
      }
    } catch (error) {
      refused.push(`${nameOf(base, path)}: ${explain(error)}`);
    }
  }
}

async function readOne({ texts, refused }: Reading, base: string, path: string): Promise<void> {
  try {
    const type = extname(path).toLowerCase();
    if (!textTypes.has(type)) throw new Refusal(`files of type ${type || '(none)'} are not read`);
    const bytes = await readBounded(await findInside(base, path));
    if (bytes.includes(0)) throw new Refusal('is not text');
    const text = decode(bytes);
    texts.push({ source: nameOf(base, path), text: html.includes(type) ? toPlainText(text) : text });
  } catch (error) {
    refused.push(`${nameOf(base, path)}: ${explain(error)}`);
  }
}

class Refusal extends Error {}

/** Where a path really leads, which must be inside. */
async function findInside(base: string, path: string): Promise<string> {
  // Before the disk is asked, too: what is outside is not even looked for.
  for (const way of [path, await realpath(isInside(base, path) ? path : base)]) {
    if (!isInside(base, way)) throw new Refusal('leads out of the folder of the character');
  }
  return realpath(path);
}

function isInside(base: string, path: string): boolean {
  const way = relative(base, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

async function readBounded(path: string): Promise<Uint8Array> {
  // Not blocking, because it may be a pipe that nobody writes to.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw new Refusal('is no file');
    if (stat.size > largestFile) throw new Refusal(`has ${stat.size} bytes; ${largestFile} is the most`);
    const bytes = await file.readFile();
    if (bytes.length > largestFile) throw new Refusal(`has more than ${largestFile} bytes`);
    return bytes;
  } finally {
    await file.close();
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Refusal('is not UTF-8');
  }
}

const nameOf = (base: string, path: string): string => relative(base, path).split(sep).join('/') || '.';

function explain(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' ? 'is not there' : `cannot be read (${code ?? 'unknown'})`;
}
