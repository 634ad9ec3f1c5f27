/** Rows of uploaded files: whose they are and what is known of them. Their bytes are in the file store. */
import type { Insertable, Kysely, Selectable } from 'kysely';
import { type Figure, toNumber } from '../engine/numbers.ts';
import { inList } from '../engine/words.ts';
import type { Tables } from '../schema/tables.ts';
import type { FilesTable } from '../schema/tables-rest.ts';

export type FileRow = Selectable<FilesTable>;

/** To what a file belongs, and goes with. */
export type FileOwner = { kind: FileRow['owner_kind']; id: string };

export async function insertFile(db: Kysely<Tables>, row: Insertable<FilesTable>): Promise<void> {
  await db.insertInto('files').values(row).execute();
}

export async function findFile(db: Kysely<Tables>, owner: FileOwner, storedName: string): Promise<FileRow | undefined> {
  return db
    .selectFrom('files')
    .selectAll()
    .where('stored_name', '=', storedName)
    .where('owner_kind', '=', owner.kind)
    .where('owner_id', '=', owner.id)
    .executeTakeFirst();
}

/** Some of the files of an owner, `limit` at most, in no order. */
export async function listFiles(db: Kysely<Tables>, owner: FileOwner, limit: number): Promise<FileRow[]> {
  return db
    .selectFrom('files')
    .selectAll()
    .where('owner_kind', '=', owner.kind)
    .where('owner_id', '=', owner.id)
    .limit(limit)
    .execute();
}

/** Bytes of all files together; small pictures are not counted. */
export async function sumFileSizes(db: Kysely<Tables>): Promise<number> {
  const row = await db
    .selectFrom('files')
    .select((eb) => eb.fn.sum<Figure | null>('size').as('bytes'))
    .executeTakeFirst();
  return toNumber(row?.bytes ?? 0);
}

/** Those of some names, which are of bytes or of small pictures, that no file has. */
export async function listUnknownNames(db: Kysely<Tables>, names: readonly string[]): Promise<string[]> {
  const rows = await db
    .selectFrom('files')
    .select(['stored_name', 'thumbnail'])
    .where((eb) => eb.or([eb('stored_name', 'in', inList(names)), eb('thumbnail', 'in', inList(names))]))
    .execute();
  const known = new Set(rows.flatMap(({ stored_name, thumbnail }) => [stored_name, thumbnail]));
  return names.filter((name) => !known.has(name));
}

/** Some of all files, behind an id, in the order of those. */
export const listFilesAfter = (db: Kysely<Tables>, after: string, limit: number): Promise<FileRow[]> =>
  db.selectFrom('files').selectAll().where('id', '>', after).orderBy('id').limit(limit).execute();

/** Its small picture is gone; the file is not. */
export async function deleteThumbnail(db: Kysely<Tables>, id: string): Promise<void> {
  await db.updateTable('files').set({ thumbnail: null }).where('id', '=', id).execute();
}

export async function deleteFile(db: Kysely<Tables>, id: string): Promise<void> {
  await db.deleteFrom('files').where('id', '=', id).execute();
}
