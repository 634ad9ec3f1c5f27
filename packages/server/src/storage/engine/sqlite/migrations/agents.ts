/** Migration 0006: turns that cause turns, what a turn has done so far, edits, traces, rooms that are frozen. */
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Tables } from '../../../schema/tables.ts';

export const agents: Migration = {
  async up(db: Kysely<Tables>) {
    await db.schema
      .alterTable('turns')
      .addColumn('root_id', 'text', (c) => c.notNull().defaultTo(''))
      .execute();
    await db.schema
      .alterTable('turns')
      .addColumn('hops', 'integer', (c) => c.notNull().defaultTo(0))
      .execute();
    await db.schema.alterTable('turns').addColumn('progress', 'text').execute();
    await sql`update turns set root_id = message_id`.execute(db);
    await db.schema.createIndex('turns_by_root').on('turns').column('root_id').execute();
    await db.schema.alterTable('messages').addColumn('updated_at', 'bigint').execute();
    await db.schema.alterTable('channels').addColumn('turn_policy', 'text').execute();
    await db.schema.alterTable('channels').addColumn('frozen_until', 'bigint').execute();
    await db.schema
      .createTable('edits')
      .addColumn('position', 'integer', (c) => c.primaryKey())
      .addColumn('channel_id', 'text', (c) => c.notNull())
      .addColumn('message_id', 'text', (c) => c.notNull())
      .execute();
    await db.schema.createIndex('edits_by_channel').on('edits').columns(['channel_id', 'position']).execute();
    await db.schema
      .createTable('approvals')
      .addColumn('id', 'text', (c) => c.primaryKey().references('messages.id').onDelete('cascade'))
      .addColumn('turn_id', 'text', (c) => c.notNull())
      .addColumn('call_id', 'text', (c) => c.notNull())
      .addColumn('channel_id', 'text', (c) => c.notNull())
      .addColumn('deadline', 'bigint', (c) => c.notNull())
      .addColumn('otherwise', 'text', (c) => c.notNull())
      .addColumn('approved', 'integer')
      .addColumn('answered_by', 'text')
      .execute();
    await db.schema.createIndex('approvals_by_turn').on('approvals').columns(['turn_id', 'call_id']).execute();
    await db.schema
      .createIndex('approvals_open')
      .on('approvals')
      .column('deadline')
      .where(sql.ref('approved'), 'is', sql.lit(null))
      .execute();
    await db.schema
      .createTable('traces')
      .addColumn('turn_id', 'text', (c) => c.primaryKey())
      .addColumn('agent_id', 'text', (c) => c.notNull())
      .addColumn('channel_id', 'text', (c) => c.notNull())
      .addColumn('message_id', 'text', (c) => c.notNull())
      .addColumn('started_at', 'bigint', (c) => c.notNull())
      .addColumn('ended_at', 'bigint', (c) => c.notNull())
      .addColumn('outcome', 'text', (c) => c.notNull())
      .addColumn('model', 'text', (c) => c.notNull())
      .addColumn('input_tokens', 'integer', (c) => c.notNull())
      .addColumn('output_tokens', 'integer', (c) => c.notNull())
      .addColumn('cost', 'real')
      .addColumn('stages', 'text', (c) => c.notNull())
      .execute();
    await db.schema.createIndex('traces_by_channel').on('traces').columns(['channel_id', 'ended_at']).execute();
    await db.schema.createIndex('traces_by_age').on('traces').column('ended_at').execute();
  },
};
