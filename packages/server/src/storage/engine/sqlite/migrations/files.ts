/** Migration 0010: which messages show which files, so that a file goes with the last message that showed it. */
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Tables } from '../../../schema/tables.ts';

/** Names of files as they were kept, in the addresses of attachments. */
const storedNames = /\b[0-9a-f]{40}\.[0-9a-z]{1,5}\b/gi;

export const files: Migration = {
  async up(db: Kysely<Tables>) {
    await db.schema
      .alterTable('files')
      .addColumn('is_let_go', 'integer', (c) => c.notNull().defaultTo(0))
      .execute();
    await db.schema
      .createIndex('files_let_go')
      .on('files')
      .column('id')
      .where(sql.ref('is_let_go'), '=', sql.lit(1))
      .execute();
    await db.schema
      .createTable('file_uses')
      .addColumn('message_id', 'text', (c) => c.notNull().references('messages.id').onDelete('cascade'))
      .addColumn('file_id', 'text', (c) => c.notNull().references('files.id').onDelete('cascade'))
      .addPrimaryKeyConstraint('file_uses_pk', ['message_id', 'file_id'])
      .execute();
    await db.schema.createIndex('file_uses_by_file').on('file_uses').column('file_id').execute();
    await sql`create trigger file_uses_deleted after delete on file_uses
      when not exists (select 1 from file_uses where file_id = old.file_id)
      begin update files set is_let_go = 1 where id = old.file_id; end`.execute(db);
    await sql`create trigger file_uses_inserted after insert on file_uses
      begin update files set is_let_go = 0 where id = new.file_id and is_let_go = 1; end`.execute(db);
    await addUses(db);
  },
};

async function addUses(db: Kysely<Tables>): Promise<void> {
  const rows = await db.selectFrom('messages').select(['id', 'attachments']).where('attachments', '!=', '[]').execute();
  for (const { id, attachments } of rows) {
    const names = [...new Set(attachments.match(storedNames) ?? [])].map((name) => name.toLowerCase());
    if (names.length > 0)
      await sql`insert or ignore into file_uses (message_id, file_id) select ${id}, id from files
        where stored_name in (select value from json_each(${JSON.stringify(names)}))`.execute(db);
  }
}
