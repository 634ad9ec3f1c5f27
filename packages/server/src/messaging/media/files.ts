/** Files of agents and channels: kept, found again by their address, and deleted with what they belong to. */
import { ElizadError } from 'elizad-protocol';
import type { Logger } from '../../observability/logger.ts';
import { createFileName, type FileStore, type IncomingFile } from '../../storage/disk/file-store.ts';
import type { Engine } from '../../storage/engine/engine.ts';
import { letGoOfGoneChannels, listLetGo, listNamesInCharacters } from '../../storage/kept/file-uses.ts';
import {
  deleteFile,
  deleteThumbnail,
  type FileOwner,
  type FileRow,
  findFile,
  insertFile,
  listFiles,
  listFilesAfter,
  listUnknownNames,
  sumFileSizes,
} from '../../storage/kept/files.ts';
import { createId } from '../../storage/schema/ids.ts';
import { findFileType } from './file-kind.ts';
import { makeThumbnail } from './thumbnail.ts';

export type { FileOwner, FileRow, FileStore, IncomingFile };

export type FilesDeps = { database: Pick<Engine, 'db'>; files: FileStore };

/** What the sender says of a file; only its name is kept, and only to be shown. */
export type Declared = { name?: string; mediaType?: string };

const mostNameLength = 255;

/** Throws `storage-full` where files together would have more than `most` bytes, with `added` ones more. */
export async function assertRoomFor({ database }: Pick<FilesDeps, 'database'>, most: number, added = 1): Promise<void> {
  if ((await sumFileSizes(database.db)) + added > most) throw new ElizadError('storage-full');
}

/** Keeps a file that has arrived. Throws `unsupported-file-type`, `file-missing` where it has no bytes, and `storage-failed`. */
export async function keepFile(
  { database, files }: FilesDeps,
  incoming: IncomingFile,
  { owner, declared, uploadedBy }: { owner: FileOwner; declared: Declared; uploadedBy: string },
): Promise<FileRow> {
  try {
    if (incoming.size === 0) throw new ElizadError('file-missing');
    const type = await findFileType(incoming, declared.mediaType);
    if (!type) throw new ElizadError('unsupported-file-type');
    const stored_name = createFileName(type.extension);
    await incoming.keep(stored_name);
    const thumbnail = type.kind === 'image' ? await makeThumbnail(files, stored_name) : undefined;
    const row: FileRow = {
      id: createId(),
      owner_kind: owner.kind,
      owner_id: owner.id,
      uploaded_by: uploadedBy,
      stored_name,
      original_name: cleanName(declared.name) || stored_name,
      media_type: type.mediaType,
      size: incoming.size,
      thumbnail: thumbnail ?? null,
      created_at: Date.now(),
      is_let_go: 0,
    };
    await insertFile(database.db, row).catch(async (error) => {
      await removeBytes(files, row);
      throw error;
    });
    return row;
  } catch (cause) {
    throw cause instanceof ElizadError ? cause : new ElizadError('storage-failed', {}, { cause });
  } finally {
    await incoming.drop();
  }
}

/** A name without a path and without what cannot be shown. */
const cleanName = (name = ''): string =>
  (name.split(/[\\/]/).at(-1) ?? '')
    // Browsers send it so.
    .replaceAll('%22', '"')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .trim()
    .slice(0, mostNameLength)
    .toWellFormed();

const addressPattern =
  /\/media\/(?:uploads\/(agents|channels)|generated)\/([0-9a-f-]{36})\/([0-9a-f]{40}\.[0-9a-z]+)$/i;

/** The address of a file on this server, from where it is. */
export const addressOf = ({ owner_kind, owner_id, stored_name }: FileRow): string =>
  `/media/uploads/${owner_kind}s/${owner_id}/${stored_name}`;

/** The file that an address means, whatever host it names, and path before ours: only who was given the address knows the name. */
export async function findFileAt({ database }: Pick<FilesDeps, 'database'>, url: string): Promise<FileRow | undefined> {
  // Most attachments are no files of ours, and may be megabytes.
  if (url.length > 2_000) return undefined;
  const [, kinds, id, name] = addressPattern.exec(URL.parse(url, 'http://here')?.pathname ?? '') ?? [];
  if (!id || !name) return undefined;
  const kind = kinds?.toLowerCase() === 'channels' ? 'channel' : 'agent';
  return findFile(database.db, { kind, id: id.toLowerCase() }, name.toLowerCase());
}

/** A file by its name. Throws `file-not-found`. */
export async function getFile(
  { database }: Pick<FilesDeps, 'database'>,
  owner: FileOwner,
  name: string,
): Promise<FileRow> {
  const row = await findFile(database.db, owner, name);
  if (!row) throw new ElizadError('file-not-found');
  return row;
}

/** Deletes all files of an agent or a channel: rows and bytes. For whoever deletes that. */
export async function deleteFilesOf({ database, files }: FilesDeps, owner: FileOwner): Promise<void> {
  for (;;) {
    const rows = await listFiles(database.db, owner, 100);
    if (rows.length === 0) return;
    for (const row of rows) {
      await removeBytes(files, row);
      await deleteFile(database.db, row.id);
    }
  }
}

/**
 * Deletes files that nothing shows any more, and no agent has for its picture: after what showed them was deleted. What a
 * crash left of that is done at the next start.
 */
export async function deleteLetGoFiles({ database: { db }, files }: FilesDeps): Promise<void> {
  let inUse: Set<string> | undefined;
  for (let after = ''; ; ) {
    const rows = await listLetGo(db, after, 100);
    const last = rows.at(-1);
    if (!last) return;
    inUse ??= await listNamesInCharacters(db);
    for (const row of rows) {
      if (inUse.has(row.stored_name)) continue;
      await removeBytes(files, row);
      await deleteFile(db, row.id);
    }
    after = last.id;
  }
}

/** Removes bytes that a crash has left without a row, and rows without bytes; and lets go what has gone without its files. */
export async function sweepFiles({ database, files }: FilesDeps, logger: Pick<Logger, 'warn'>): Promise<void> {
  await letGoOfGoneChannels(database.db);
  await deleteLetGoFiles({ database, files });
  for await (const names of files.listOld())
    for (const name of await listUnknownNames(database.db, names)) await files.remove(name);
  await dropLost({ database, files }, logger);
}

/** Takes away rows whose bytes are gone. Where all bytes are gone at once, their disk is: it may come back. */
async function dropLost({ database: { db }, files }: FilesDeps, logger: Pick<Logger, 'warn'>): Promise<void> {
  let lost = 0;
  for (let after = ''; ; ) {
    const rows = await listFilesAfter(db, after, 100);
    const last = rows.at(-1);
    if (!last) break;
    const names = rows.flatMap(({ stored_name, thumbnail }) => [
      stored_name,
      ...(thumbnail === null ? [] : [thumbnail]),
    ]);
    const missing = new Set(await files.listMissing(names));
    // Asked last: by then they would have been found.
    if (missing.size > 0 && !(await files.isThere())) {
      logger.warn('the directory of uploaded files is missing or empty: mount or restore it; nothing was changed');
      return;
    }
    for (const { id, stored_name, thumbnail } of rows) {
      if (missing.has(stored_name)) {
        await deleteFile(db, id);
        lost += 1;
      } else if (thumbnail !== null && missing.has(thumbnail)) await deleteThumbnail(db, id);
    }
    after = last.id;
  }
  if (lost > 0) logger.warn({ files: lost }, 'forgot uploaded files that are missing on disk');
}

async function removeBytes(files: FileStore, { stored_name, thumbnail }: FileRow): Promise<void> {
  await files.remove(stored_name);
  if (thumbnail !== null) await files.remove(thumbnail);
}
