/** Bodies that come packed: unpacked as they are read, up to the limit of a body that is not. */
import type { Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { ElizadError } from 'elizad-protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';

const unpackers: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  br: createBrotliDecompress,
  deflate: createInflate,
};

/** Bytes that came: Fastify holds them against `Content-Length`, and both sizes against its limit. */
type Unpacked = Transform & { receivedEncodedLength?: number };

/** A hook before the body is read. Throws `unsupported-encoding`; of files too, whose reader takes the bytes as they come. */
export async function unpackBody(request: FastifyRequest, reply: FastifyReply, payload: Readable): Promise<Readable> {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (encoding === '' || encoding === 'identity') return payload;
  const create = Object.hasOwn(unpackers, encoding) ? unpackers[encoding] : undefined;
  if (!create || /^multipart\//i.test(request.headers['content-type'] ?? '')) {
    reply.header('Accept-Encoding', 'gzip, br, deflate');
    throw new ElizadError('unsupported-encoding');
  }
  const unpacked: Unpacked = create();
  unpacked.receivedEncodedLength = 0;
  payload.on('data', (chunk: Buffer) => {
    unpacked.receivedEncodedLength = (unpacked.receivedEncodedLength ?? 0) + chunk.length;
  });
  // Whoever reads it hears no more once it was refused, and what comes then may be broken.
  unpacked.on('error', () => {});
  payload.once('error', (error) => unpacked.destroy(error));
  // Also where it is refused in the middle: nobody takes the rest, which may be a thousand times as much.
  reply.raw.once('close', () => unpacked.destroy()).once('finish', () => unpacked.destroy());
  return payload.pipe(unpacked);
}
