/** The project's own module: found where the `elizaos` command looks, and loaded also where it is TypeScript. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { resolveFrom } from './resolve.ts';
import { Unusable, wordsOf } from './unusable.ts';

const usual = [
  'dist/index.js',
  'dist/src/index.js',
  'src/index.ts',
  'src/index.js',
  'index.ts',
  'index.js',
  'index.mjs',
];

export type ProjectModule = { readonly [name: string]: unknown };

type Described = { main?: unknown; module?: unknown; exports?: unknown };

/** The first that is there and can be loaded; what could not be loaded is reported to `warn`. */
export async function loadEntry(directory: string, warn: (message: string) => void): Promise<ProjectModule> {
  const candidates = listCandidates(directory, readDescription(directory));
  const problems: string[] = [];
  for (const path of candidates) {
    try {
      return await importModule(directory, path);
    } catch (error) {
      problems.push(`${path.slice(directory.length + 1)}: ${wordsOf(error)}`);
    }
    warn(`the project's ${problems.at(-1)}`);
  }
  if (problems.length === 0)
    throw new Unusable(
      `there is no project in ${directory}: its package.json must name a main file that exists, or there must be one of ${usual.join(', ')}. Where the project is built first, build it (bun run build)`,
    );
  throw new Unusable(`the project cannot be loaded. ${problems.join('. ')}`);
}

function readDescription(directory: string): Described {
  const path = join(directory, 'package.json');
  if (!existsSync(path))
    throw new Unusable(`there is no package.json in ${directory}: give the folder of an Eliza OS project`);
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Described;
  } catch (error) {
    throw new Unusable(`${path} is not JSON (${wordsOf(error)}): correct it`);
  }
}

function listCandidates(directory: string, { main, module, exports }: Described): string[] {
  const named = [main, module, findExport(exports)].filter((path) => typeof path === 'string');
  const paths = [...named, ...usual].map((path) => join(directory, path));
  return [...new Set(paths)].filter((path) => path.startsWith(directory) && isFile(path));
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

function findExport(exports: unknown): unknown {
  if (typeof exports !== 'object' || exports === null) return exports;
  const { '.': whole, import: imported, node, default: standard } = exports as Record<string, unknown>;
  return findExport(whole ?? imported ?? node ?? standard);
}

/** What Node says of TypeScript that it cannot run by itself: enums, imports without an extension, paths of tsconfig. */
const forTsx = new Set([
  'ERR_MODULE_NOT_FOUND',
  'ERR_UNSUPPORTED_DIR_IMPORT',
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_INVALID_TYPESCRIPT_SYNTAX',
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_IMPORT_ATTRIBUTE_MISSING',
]);

async function importModule(directory: string, path: string): Promise<ProjectModule> {
  const url = pathToFileURL(path).href;
  try {
    return (await import(url)) as ProjectModule;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A type that is imported like a value is missing at run time.
    const isForTsx = forTsx.has(code ?? '') || error instanceof SyntaxError;
    if (!path.endsWith('.ts') || !isForTsx) throw error;
    await registerTsx(directory, error);
    // Node remembers that it failed under the first address.
    return (await import(`${url}?tsx`)) as ProjectModule;
  }
}

async function registerTsx(directory: string, reason: unknown): Promise<void> {
  let tsx: string;
  try {
    tsx = resolveFrom(directory, 'tsx/esm/api');
  } catch {
    throw new Error(
      `${wordsOf(reason)}. Node cannot run this TypeScript by itself, and the project does not have tsx: build the project, or install tsx in it (npm install -D tsx)`,
    );
  }
  const { register } = (await import(pathToFileURL(tsx).href)) as { register(): void };
  register();
}
