/** Deleted messages keep their places; agents get a memory, with an index of its words. */
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Tables } from '../../../schema/tables.ts';

export const memories: Migration = {
  async up(db: Kysely<Tables>) {
    await db.schema
      .createTable('deletions')
      .addColumn('position', 'integer', (c) => c.primaryKey())
      .addColumn('channel_id', 'text', (c) => c.notNull())
      .addColumn('message_id', 'text', (c) => c.notNull())
      .addColumn('completed_at', 'integer')
      .addColumn('turns', 'text', (c) => c.notNull())
      .execute();
    await db.schema.createIndex('deletions_by_channel').on('deletions').column('channel_id').execute();
    await db.schema
      .createTable('memories')
      .addColumn('row', 'integer', (c) => c.primaryKey())
      .addColumn('id', 'text', (c) => c.notNull().unique())
      .addColumn('agent_id', 'text', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('channel_id', 'text', (c) => c.references('channels.id').onDelete('cascade'))
      .addColumn('message_id', 'text', (c) => c.references('messages.id').onDelete('cascade'))
      .addColumn('source', 'text')
      .addColumn('text', 'text', (c) => c.notNull())
      .addColumn('digest', 'text')
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('embedding', 'blob')
      .addColumn('embedding_model', 'text')
      .execute();
    const index = (name: string) => db.schema.createIndex(name).on('memories');
    await index('memories_by_room').columns(['agent_id', 'channel_id']).execute();
    await index('memories_by_digest').columns(['agent_id', 'channel_id', 'digest']).unique().execute();
    await index('memories_by_message').column('message_id').where(sql.ref('message_id'), 'is not', null).execute();
    await index('memories_by_source')
      .columns(['agent_id', 'source'])
      .where(sql.ref('source'), 'is not', null)
      .execute();
    await index('memories_by_embedding').columns(['agent_id', 'embedding_model', 'channel_id']).execute();
    // What goes in with a memory is in memory-words.ts; that it goes with the memory, also by way of its message, is here.
    await sql`create virtual table memory_words using fts5 (words, content = '', contentless_delete = 1,
      tokenize = 'porter unicode61 remove_diacritics 2')`.execute(db);
    await sql`create trigger memories_deleted after delete on memories
      begin delete from memory_words where rowid = old.row; end`.execute(db);
    await db.schema
      .createTable('memory_progress')
      .addColumn('agent_id', 'text', (c) => c.notNull())
      .addColumn('channel_id', 'text', (c) => c.notNull().references('channels.id').onDelete('cascade'))
      .addColumn('last_seq', 'integer', (c) => c.notNull())
      .addPrimaryKeyConstraint('memory_progress_pk', ['agent_id', 'channel_id'])
      .execute();
    await db.schema
      .createTable('knowledge_sources')
      .addColumn('agent_id', 'text', (c) => c.notNull())
      .addColumn('source', 'text', (c) => c.notNull())
      .addColumn('digest', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('knowledge_sources_pk', ['agent_id', 'source'])
      .execute();
  },
};
