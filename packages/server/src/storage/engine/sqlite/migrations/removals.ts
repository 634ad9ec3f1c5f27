/** Who was taken out of a room is found by an index: until now, every removal from the room was read for it. */
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Tables } from '../../../schema/tables.ts';

export const removals: Migration = {
  async up(db: Kysely<Tables>) {
    await db.schema
      .createTable('removals')
      .addColumn('channel_id', 'text', (c) => c.notNull())
      .addColumn('entity_id', 'text', (c) => c.notNull())
      .addColumn('position', 'integer', (c) => c.notNull())
      .addPrimaryKeyConstraint('removals_key', ['channel_id', 'entity_id', 'position'])
      .modifyEnd(sql`without rowid`)
      .execute();
    await sql`insert or ignore into removals select channel_id, entity.value, position
      from room_changes, json_each(ends) as entity where kind = 'removed'`.execute(db);
  },
};
