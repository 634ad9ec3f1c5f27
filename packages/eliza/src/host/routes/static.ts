/** Files that a plugin shows as they are: never one outside of its folder. */
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/** Rejects with ENOENT where there is no such file. */
export async function serveStatic(folder: string | undefined, rest: string, response: ServerResponse): Promise<void> {
  if (folder === undefined) throw missing();
  const root = await realpath(folder);
  const asked = (await stat(root)).isFile() ? root : await realpath(join(root, rest === '' ? 'index.html' : rest));
  if (asked !== root && !asked.startsWith(root + sep)) throw missing();
  const { size, isFile } = await stat(asked).then((found) => ({ size: found.size, isFile: found.isFile() }));
  if (!isFile) throw missing();
  if (!response.hasHeader('content-type'))
    response.setHeader('content-type', types[extname(asked)] ?? 'application/octet-stream');
  response.setHeader('content-length', size);
  if (response.req.method === 'HEAD') response.end();
  else await pipeline(createReadStream(asked), response);
}

const missing = (): Error => Object.assign(new Error('the file is missing'), { code: 'ENOENT' });
