/** The built web client on disk: which files there are, and each in the encoding that a browser takes. Read once for each build. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { packageRoot } from '../../config.ts';

/** In the package it lies beside the code; in the repository where Vite has put it. */
const places = ['dist/web', '../web/dist'].map((path) => join(packageRoot, path));

export type Encoding = 'br' | 'gzip' | 'identity';
const endings: Readonly<Record<Encoding, string>> = { br: '.br', gzip: '.gz', identity: '' };

export type WebFile = {
  /** Of the file without an encoding. */
  path: string;
  type: string;
  encodings: readonly Encoding[];
  /** Whether its name changes with its content. */
  isHashed: boolean;
};

export type WebFiles = {
  /** The files by their path in the address, `/assets/main-x.js`. */
  files: ReadonlyMap<string, WebFile>;
  page: WebFile;
  /** The page as it was built: its own files are `./…` there. */
  html: string;
  /** Another one after each build, which touches the page. */
  build: string;
};

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/**
 * What is `known`, until it is built anew: strangers ask too, and to look through all files keeps everybody waiting.
 * Undefined where it was not built.
 */
export function openWebFiles(known?: WebFiles, among: readonly string[] = places): WebFiles | undefined {
  for (const root of among) {
    const page = statSync(join(root, 'index.html'), { throwIfNoEntry: false });
    if (!page) continue;
    // The times of files in a package are all the same; when it was put here is not.
    const build = [root, page.mtimeMs, page.ctimeMs, page.size].join();
    return known?.build === build ? known : readWebFiles(root, build);
  }
  return undefined;
}

function readWebFiles(root: string, build: string): WebFiles | undefined {
  const all = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const there = new Set(all);
  const files = new Map<string, WebFile>();
  for (const path of all) {
    const type = types[extname(path)];
    const address = `/${relative(root, path).split(sep).join('/')}`;
    // What begins with a dot is of the build.
    if (!type || address.startsWith('/.')) continue;
    const encodings = (['br', 'gzip', 'identity'] as const).filter((name) => there.has(path + endings[name]));
    files.set(address, { path, type, encodings, isHashed: address.startsWith('/assets/') });
  }
  const page = files.get('/index.html');
  if (!page) return undefined;
  return { files, page, html: readFileSync(page.path, 'utf8'), build };
}

/** The file on disk for one of its encodings. */
export const encodedPath = ({ path }: WebFile, encoding: Encoding): string => path + endings[encoding];

/** The smallest that the browser takes, by `Accept-Encoding`. */
export function chooseEncoding({ encodings }: Pick<WebFile, 'encodings'>, accepted: string | undefined): Encoding {
  const weights = new Map<string, number>();
  for (const part of (accepted ?? '').split(',')) {
    const [name = '', ...options] = part
      .toLowerCase()
      .split(';')
      .map((option) => option.trim());
    const weight = options.find((option) => option.startsWith('q='))?.slice(2) ?? '1';
    weights.set(name, Number(weight) || 0);
  }
  const takes = (name: Encoding) => name === 'identity' || (weights.get(name) ?? weights.get('*') ?? 0) > 0;
  return encodings.find(takes) ?? 'identity';
}
