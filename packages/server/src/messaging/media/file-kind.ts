/** What a file is, by its bytes: which types are taken, and under which extension each is kept. */
import type { IncomingFile } from '../../storage/disk/file-store.ts';

export type FileKind = 'image' | 'video' | 'audio' | 'document';
export type FileType = { mediaType: string; extension: string; kind: FileKind };

/** By the type that the bytes tell; a row for each. Nothing that a browser would run is among them. */
const taken: Readonly<Record<string, FileType>> = Object.fromEntries(
  (
    [
      ['image/jpeg', 'jpg', 'image'],
      ['image/png', 'png', 'image'],
      ['image/apng', 'png', 'image', 'image/png'],
      ['image/gif', 'gif', 'image'],
      ['image/webp', 'webp', 'image'],
      ['video/mp4', 'mp4', 'video'],
      ['video/x-m4v', 'mp4', 'video', 'video/mp4'],
      ['video/webm', 'webm', 'video'],
      ['video/matroska', 'webm', 'video', 'video/webm'],
      ['audio/mpeg', 'mp3', 'audio'],
      ['audio/wav', 'wav', 'audio'],
      ['audio/ogg', 'ogg', 'audio'],
      ['audio/opus', 'ogg', 'audio', 'audio/ogg'],
      ['audio/webm', 'webm', 'audio'],
      ['audio/mp4', 'm4a', 'audio'],
      ['audio/x-m4a', 'm4a', 'audio', 'audio/mp4'],
      ['audio/aac', 'aac', 'audio'],
      ['audio/flac', 'flac', 'audio'],
      ['application/pdf', 'pdf', 'document'],
      ['text/plain', 'txt', 'document'],
    ] as const
  ).map(([found, extension, kind, mediaType = found]) => [found, { mediaType, extension, kind }]),
);

/**
 * The type of a file that is taken; undefined of any other. `declared` decides only between sound and film in the two
 * containers that hold either, which the first bytes do not tell.
 */
export async function findFileType(
  file: Pick<IncomingFile, 'head' | 'isText'>,
  declared = '',
): Promise<FileType | undefined> {
  const { fileTypeFromBuffer } = await import('file-type');
  const found = (await fileTypeFromBuffer(file.head))?.mime.split(';', 1)[0]?.replace('audio/vnd.wave', 'audio/wav');
  if (found === undefined) return file.isText ? taken['text/plain'] : undefined;
  const isContainer = ['video/webm', 'video/matroska', 'video/mp4'].includes(found);
  const type = taken[found];
  if (type && isContainer && /^audio\//i.test(declared)) return taken[type.mediaType.replace('video', 'audio')];
  // XML and its like are told by their first letters; as plain text they are harmless.
  return type ?? (file.isText ? taken['text/plain'] : undefined);
}

/** What clients call a file of a type. */
export const kindOf = (mediaType: string): FileKind => taken[mediaType]?.kind ?? 'document';
