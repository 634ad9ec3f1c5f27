/** Rows of uploaded files: whose they are and what is known of them. Their bytes are in the file store. */
import type { Kysely, Selectable } from 'kysely';
import type { Tables } from './tables.ts';
import type { FilesTable } from './tables-rest.ts';

export type FileRow = Selectable<FilesTable>;

/** To what a file belongs, and goes with. */
export type FileOwner = { kind: FileRow['owner_kind']; id: string };

export async function insertFile(db: Kysely<Tables>, row: FileRow): Promise<void> {
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

export async function deleteFile(db: Kysely<Tables>, id: string): Promise<void> {
  await db.deleteFrom('files').where('id', '=', id).execute();
}
