/**
 * What people attached to what they said, as files for a model: pictures and documents as they are, texts as text, and
 * everything else by its name. Files come in the message itself (`data:`), were uploaded to this server, or have an
 * address elsewhere, which only the provider opens: a server that fetched what strangers name would fetch from inside its
 * own network.
 */
import type { Attachment } from 'elizad-protocol';
import { type FilesDeps, findFileAt } from '../../../messaging/media/files.ts';
import { listAttachments, type Spoken } from '../../../storage/messages/history.ts';
import type { ModelFile } from '../../models/model.ts';

/** Messages of which the files are shown, the newest ones, and bytes of all their files together. */
const mostMessages = 4;
const mostBytes = 16_000_000;

/** Longest text of a file that a model sees, in bytes. */
const mostTextBytes = 64_000;

/** The files of the newest messages that have some, by the id of the message. What is too much is only named. */
export async function gatherFiles(
  deps: FilesDeps,
  messages: readonly Spoken[],
): Promise<ReadonlyMap<string, readonly ModelFile[]>> {
  const newest = messages.filter(({ hasAttachments }) => hasAttachments).slice(-mostMessages);
  const files = new Map<string, ModelFile[]>();
  if (newest.length === 0) return files;
  const attached = await listAttachments(
    deps.database.db,
    newest.map(({ id }) => id),
  );
  let bytes = 0;
  for (const { id } of newest.reverse()) {
    const own: ModelFile[] = [];
    for (const attachment of attached.get(id) ?? []) {
      const file = (await readUploaded(deps, attachment, mostBytes - bytes)) ?? toFile(attachment);
      bytes += file.data instanceof Uint8Array ? file.data.byteLength : 0;
      own.push(bytes > mostBytes ? { ...file, data: undefined } : file);
    }
    files.set(id, own);
  }
  return files;
}

/** A file that was uploaded here; without its bytes where it is larger than `most`. Undefined of anything else. */
async function readUploaded(
  deps: FilesDeps,
  { url = '', title }: Attachment,
  most: number,
): Promise<ModelFile | undefined> {
  const row = await findFileAt(deps, url);
  if (!row) return undefined;
  const { media_type: mediaType, size, original_name } = row;
  const wanted = mediaType.startsWith('text/') ? Math.min(size, mostTextBytes) : size;
  const data = wanted > most ? undefined : await deps.files.read(row.stored_name, wanted);
  return { mediaType, name: title?.trim() || original_name, ...(data && { data }) };
}

/** What Eliza OS clients say instead of a media type. */
const mediaTypes: Record<string, string> = {
  image: 'image/*',
  video: 'video/*',
  audio: 'audio/*',
  document: 'text/plain',
  link: 'text/uri-list',
};

/** A file that is not of this server, as far as a model can look at it. */
export function toFile({ url = '', title, contentType = '', text, name: called }: Attachment): ModelFile {
  const inline = /^data:([^;,]*)((?:;[^;,]*)*),/i.exec(url);
  const named = mediaTypes[contentType] ?? (contentType || 'application/octet-stream');
  const mediaType = inline?.[1] || named;
  const given = typeof called === 'string' ? called.trim().slice(0, 500) : '';
  const name = title?.trim() || given || (inline ? undefined : url.slice(0, 500));
  const said = { mediaType, ...(name && { name }) };
  if (inline) return { ...said, data: bound(mediaType, readInline(url.slice(inline[0].length), inline[2] ?? '')) };
  // What a client has read out of it already.
  if (typeof text === 'string' && text.trim() !== '')
    return { ...said, mediaType: 'text/plain', data: bound('text/plain', Buffer.from(text)) };
  const address = /^https?:/i.test(url) ? URL.parse(url) : null;
  return { ...said, ...(address && { data: address }) };
}

const readInline = (body: string, parameters: string): Uint8Array => {
  if (/;base64$/i.test(parameters)) return new Uint8Array(Buffer.from(body, 'base64'));
  try {
    return new Uint8Array(Buffer.from(decodeURIComponent(body)));
  } catch {
    return new Uint8Array(Buffer.from(body));
  }
};

const bound = (mediaType: string, data: Uint8Array): Uint8Array =>
  mediaType.startsWith('text/') ? data.subarray(0, mostTextBytes) : data;
