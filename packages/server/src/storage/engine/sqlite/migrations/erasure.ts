/** Migration 0009: what is deleted leaves the files: which words of memories are still in their index. */
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Tables } from '../../../schema/tables.ts';

export const erasure: Migration = {
  async up(db: Kysely<Tables>) {
    await db.schema
      .createTable('word_erasures')
      .addColumn('erased', 'integer', (c) => c.notNull())
      .addColumn('merged', 'integer', (c) => c.notNull())
      .execute();
    // Words that were erased until now are still there.
    await sql`insert into word_erasures (erased, merged) select count(*) > 0, 0 from memory_words_idx`.execute(db);
    await sql`drop trigger memories_deleted`.execute(db);
    for (const [name, event] of [
      ['memories_deleted', 'delete'],
      // The new words are written by whoever changes the text.
      ['memories_changed', 'update of text'],
    ] as const)
      await sql`create trigger ${sql.ref(name)} after ${sql.raw(event)} on memories begin
        delete from memory_words where rowid = old.row;
        update word_erasures set erased = erased + 1; end`.execute(db);
  },
};
