/** Sends a stored file so that no browser takes it for anything but what it is. */
import { basename, dirname } from 'node:path';
import { send } from '@fastify/send';
import { ElizadError } from 'elizad-protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FileRow, FileStore } from '../../../messaging/media/files.ts';

/** What a page made of a file may do: nothing; players and viewers of browsers may show it. PDF viewers do not start in a sandbox. */
const policies: Readonly<Record<string, string>> = {
  image: "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox",
  audio: "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox",
  video: "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox",
  application: "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'",
};
const strictest = "default-src 'none'; sandbox";

/** Which pages may show it: those of this machine or site, or those of other sites too. */
export type Reach = 'same-site' | 'cross-origin';

/** `thumbnail` asks for the small picture: with `only` for nothing else, otherwise where there is none for the file. */
export type Way = { thumbnail?: '1' | 'true' | 'only' | undefined; reach: Reach };

/** Throws `file-not-found` where the bytes are gone, or there is no small picture and only that was asked for. */
export async function sendFile(
  files: FileStore,
  row: FileRow,
  { thumbnail, reach }: Way,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const small = thumbnail === undefined ? null : row.thumbnail;
  if (thumbnail === 'only' && !small) throw new ElizadError('file-not-found');
  const path = files.pathOf(small ?? row.stored_name);
  const type = small ? 'image/webp' : row.media_type;
  const result = await send(request.raw, `/${basename(path)}`, {
    root: dirname(path),
    index: false,
    maxAge: '365d',
    immutable: true,
  });
  if (result.type !== 'file' && result.statusCode === 404) throw new ElizadError('file-not-found');
  const group = type.split('/')[0] ?? '';
  return reply
    .code(result.statusCode)
    .headers({
      ...result.headers,
      'Cross-Origin-Resource-Policy': reach,
      'Content-Type': type === 'text/plain' ? 'text/plain; charset=utf-8' : type,
      'Content-Security-Policy': policies[group] ?? strictest,
      'Content-Disposition': `inline; filename*=UTF-8''${encodeName(row.original_name)}`,
    })
    .send(result.stream);
}

const encodeName = (name: string): string =>
  encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
