/** Receives a form with a file: the file goes to the disk as it comes, the fields are few and short. */
import { ElizadError } from 'elizad-protocol';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { FileStore, IncomingFile } from '../../messaging/media/files.ts';
import { readFields } from './fields.ts';

export type Upload<F> = { file: IncomingFile; declared: { name: string; mediaType: string }; fields: F };

type Received = Omit<Upload<unknown>, 'fields'>;
type Expected<S> = { body?: S; spellings?: Readonly<Record<string, readonly string[]>> };

/** Bytes of a field that is no file, and how many of those there may be. */
const mostFieldBytes = 32_000;
const mostFields = 20;

/**
 * One file and the fields beside it. Whoever calls must `keep` or `drop` the file; when this throws, nothing is left.
 * Throws `unsupported-media-type`, `file-missing`, `file-too-large`, `invalid-payload`, `storage-failed`.
 */
export async function receiveUpload<S extends z.ZodType>(
  request: FastifyRequest,
  files: FileStore,
  row: Expected<S>,
  mostBytes: number,
): Promise<Upload<z.output<S>>> {
  const { received, fields } = await receive(request, files, row, mostBytes, true);
  if (!received) throw new ElizadError('file-missing');
  return { ...received, fields };
}

/** The same, where the file may be left out. */
export async function receiveForm<S extends z.ZodType>(
  request: FastifyRequest,
  files: FileStore,
  row: Expected<S>,
  mostBytes: number,
): Promise<Partial<Received> & { fields: z.output<S> }> {
  const { received, fields } = await receive(request, files, row, mostBytes, false);
  return { ...received, fields };
}

async function receive<S extends z.ZodType>(
  request: FastifyRequest,
  files: FileStore,
  row: Expected<S>,
  mostBytes: number,
  isFileNeeded: boolean,
): Promise<{ received: Received | undefined; fields: z.output<S> }> {
  if (!request.isMultipart()) throw new ElizadError('unsupported-media-type');
  let received: Received | undefined;
  try {
    const given: Record<string, unknown> = Object.create(null);
    const limits = { fileSize: mostBytes, files: 1, fields: mostFields, fieldSize: mostFieldBytes, parts: 30 };
    for await (const part of request.parts({ limits })) {
      if (part.type === 'field') {
        if (part.valueTruncated) throw tooLong(part.fieldname);
        given[part.fieldname] = part.value;
        continue;
      }
      const file = await files.receive(part.file);
      received = { file, declared: { name: part.filename, mediaType: part.mimetype } };
      if (part.file.truncated) throw new ElizadError('file-too-large');
    }
    if (isFileNeeded && !received) throw new ElizadError('file-missing');
    if (received?.file.size === 0) throw new ElizadError('file-missing');
    return { received, fields: readFields(row, { ...given }) };
  } catch (error) {
    await received?.file.drop();
    throw toKnown(error as Error & { statusCode?: number; code?: string; syscall?: string });
  }
}

function tooLong(path: string): ElizadError {
  return new ElizadError('invalid-payload', {
    issues: [{ path, message: `expected at most ${mostFieldBytes} bytes` }],
  });
}

function toKnown(error: Error & { statusCode?: number; code?: string; syscall?: string }): Error {
  if (error instanceof ElizadError || error.statusCode !== undefined) return error;
  if (error.syscall !== undefined && error.code !== 'ECONNRESET')
    return new ElizadError('storage-failed', {}, { cause: error });
  return new ElizadError('invalid-payload', { issues: [{ path: '', message: 'the form is broken, or was cut' }] });
}
