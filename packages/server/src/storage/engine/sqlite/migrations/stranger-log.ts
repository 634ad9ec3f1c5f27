/** Lines of the log that strangers cause move into a table of their own; those of before stay where they are. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Tables } from '../../../schema/tables.ts';

export const strangerLog: Migration = {
  async up(db: Kysely<Tables>) {
    await db.schema
      .createTable('stranger_log_entries')
      .addColumn('position', 'integer', (c) => c.primaryKey())
      .addColumn('time', 'bigint', (c) => c.notNull())
      .addColumn('level', 'integer', (c) => c.notNull())
      .addColumn('msg', 'text', (c) => c.notNull())
      .addColumn('agent_id', 'text')
      .addColumn('agent_name', 'text')
      .execute();
  },
};
