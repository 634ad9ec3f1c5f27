/** Deleted messages keep their places; agents get a memory, with an index of its words that triggers keep in step. */
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Tables } from './tables.ts';

/**
 * One word that stands for an agent and a room, or for the knowledge of an agent: searched with the words, it keeps
 * every search among the memories that it is about.
 */
const scope = sql`case when new.channel_id is null then 'k' else 'f' || replace(new.channel_id, '-', '') end
  || replace(new.agent_id, '-', '')`;

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
    await index('memories_by_embedding').columns(['agent_id', 'embedding_model']).execute();
    await sql`create virtual table memory_words using fts5 (scope, text, content = '', contentless_delete = 1,
      tokenize = 'porter unicode61 remove_diacritics 2')`.execute(db);
    const insert = sql`insert into memory_words (rowid, scope, text) values (new.row, ${scope}, new.text)`;
    const remove = sql`delete from memory_words where rowid = old.row`;
    await sql`create trigger memories_inserted after insert on memories begin ${insert}; end`.execute(db);
    await sql`create trigger memories_deleted after delete on memories begin ${remove}; end`.execute(db);
    await sql`create trigger memories_changed after update of text, agent_id, channel_id on memories
      begin ${remove}; ${insert}; end`.execute(db);
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
