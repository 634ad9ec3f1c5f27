/** Answers a browser with the web client: a file of it, or its page for every address that is none of ours. */
import { basename, dirname } from 'node:path';
import { send } from '@fastify/send';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { makePage } from './page.ts';
import { chooseEncoding, encodedPath, openWebFiles, type WebFile, type WebFiles } from './web-files.ts';

/** Everything from here alone, and no script or style in the page itself. */
const policy = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const guards = {
  'Content-Security-Policy': policy,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
};

const missing = `<!doctype html><html lang="en"><title>elizad</title><p>The server runs, but its web client is not built: run <code>npm run web:build</code> in the repository, and load this page again.</p></html>\n`;

/** Addresses of files: one that is not there is an error, not a page. */
const ofFiles = /^\/assets(\/|$)|\.json$/;

let web: WebFiles | undefined;

/** Whether whoever asks is a browser that opens a page. */
export const asksForPage = (request: FastifyRequest): boolean =>
  isRead(request) && (request.headers.accept ?? '').includes('text/html');

/** For an address that no route has; undefined where the web client has nothing there either. */
export function sendWeb(
  request: FastifyRequest,
  reply: FastifyReply,
  basePath: string,
): FastifyReply | Promise<FastifyReply> | undefined {
  if (!isRead(request)) return undefined;
  const file = findFile(request);
  if (file) return sendFile(file, request, reply);
  return hasPage(request) ? sendPage(request, reply, basePath) : undefined;
}

/** Whether `sendWeb` has an answer. */
export const findsWeb = (request: FastifyRequest): boolean => isWebFile(request) || hasPage(request);

/** Below the prefix of another door are the addresses of programs: they have no use for a page. */
const hasPage = (request: FastifyRequest): boolean =>
  asksForPage(request) && request.door.prefixes.includes('/') && !ofFiles.test(addressOf(request));

/** Whether it asks for a file that the page is made of: the same for everybody. */
export const isWebFile = (request: FastifyRequest): boolean => isRead(request) && findFile(request) !== undefined;

const isRead = ({ method }: FastifyRequest): boolean => method === 'GET' || method === 'HEAD';

const addressOf = ({ url }: FastifyRequest): string => url.split('?', 1)[0] ?? '/';

function findFile(request: FastifyRequest): WebFile | undefined {
  web ??= openWebFiles();
  const file = web?.files.get(addressOf(request));
  return file === web?.page ? undefined : file;
}

export function sendPage(request: FastifyRequest, reply: FastifyReply, basePath: string): FastifyReply {
  // Built while the server runs: its page names other files than before.
  web = openWebFiles(web);
  reply.headers({ ...guards, Vary: 'Accept, Accept-Encoding', 'Cache-Control': 'no-cache' });
  if (!web) return reply.code(404).type('text/html; charset=utf-8').send(missing);
  const page = makePage(web, basePath);
  const encoding = chooseEncoding({ encodings: ['br', 'gzip', 'identity'] }, request.headers['accept-encoding']);
  const tag = `"${page.tag}-${encoding}"`;
  reply.header('ETag', tag);
  const known = request.headers['if-none-match']?.split(',').some((one) => one.trim().replace(/^W\//, '') === tag);
  if (known) return reply.code(304).send();
  if (encoding !== 'identity') reply.header('Content-Encoding', encoding);
  return reply.type('text/html; charset=utf-8').send(page.bytes[encoding]);
}

async function sendFile(file: WebFile, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  reply.headers({
    Vary: 'Accept-Encoding',
    'Cache-Control': file.isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
  });
  const encoding = chooseEncoding(file, request.headers['accept-encoding']);
  const path = encodedPath(file, encoding);
  const result = await send(request.raw, `/${basename(path)}`, {
    root: dirname(path),
    index: false,
    cacheControl: false,
    acceptRanges: false,
    lastModified: false,
  });
  reply.code(result.statusCode).headers(result.headers).header('Content-Type', file.type);
  if (encoding !== 'identity') reply.header('Content-Encoding', encoding);
  return reply.send(result.stream);
}
