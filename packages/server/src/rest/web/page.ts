/** The page of the web client, as it is sent: its files are found from where the server is, at whatever address it is opened. */
import { createHash } from 'node:crypto';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { Encoding, WebFiles } from './web-files.ts';

export type Page = {
  bytes: Readonly<Record<Encoding, Buffer>>;
  /** By its bytes, since the times of files in a package are all the same. */
  tag: string;
};

/** One for each build; a server is under one path, and tests run more than one. */
const made = new WeakMap<WebFiles, Map<string, Page>>();

export function makePage(web: WebFiles, basePath: string): Page {
  const pages = made.get(web) ?? new Map<string, Page>();
  made.set(web, pages);
  const known = pages.get(basePath);
  if (known) return known;
  const identity = Buffer.from(web.html.replaceAll('="./', `="${basePath}/`));
  const tag = createHash('sha256').update(identity).digest('base64url').slice(0, 22);
  const page: Page = { bytes: { br: brotliCompressSync(identity), gzip: gzipSync(identity), identity }, tag };
  pages.set(basePath, page);
  return page;
}
