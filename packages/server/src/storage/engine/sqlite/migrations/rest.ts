/** Migration 0007: what the HTTP API keeps beside messages: more of servers, channels and agents, worlds, sessions, jobs, files, the log. */
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Tables } from '../../../schema/tables.ts';

export const rest: Migration = {
  async up(db: Kysely<Tables>) {
    await widenTables(db);
    await addRoomChanges(db);
    await addWorlds(db);
    await addSessionsAndJobs(db);
    await addFiles(db);
    await addLog(db);
  },
};

async function widenTables(db: Kysely<Tables>): Promise<void> {
  const servers = db.schema.alterTable('servers');
  await servers.addColumn('description', 'text').execute();
  await servers.addColumn('source_type', 'text', (c) => c.notNull().defaultTo('eliza_default')).execute();
  await servers.addColumn('source_id', 'text').execute();
  await servers.addColumn('metadata', 'text', (c) => c.notNull().defaultTo('{}')).execute();
  await servers.addColumn('updated_at', 'bigint').execute();
  const channels = db.schema.alterTable('channels');
  await channels.addColumn('declared_type', 'text').execute();
  await channels.addColumn('source_type', 'text').execute();
  await channels.addColumn('source_id', 'text').execute();
  await channels.addColumn('topic', 'text').execute();
  await channels.addColumn('world_id', 'text').execute();
  await channels.addColumn('metadata', 'text', (c) => c.notNull().defaultTo('{}')).execute();
  await channels.addColumn('updated_at', 'bigint').execute();
  await db.schema
    .createIndex('channels_by_server')
    .on('channels')
    .columns(['server_id', 'type', 'created_at', 'id'])
    .execute();
  await db.schema.alterTable('messages').addColumn('raw_message', 'text').execute();
  const agents = db.schema.alterTable('agents');
  await agents.addColumn('secrets', 'text', (c) => c.notNull().defaultTo('{}')).execute();
  await agents.addColumn('is_enabled', 'integer', (c) => c.notNull().defaultTo(1)).execute();
  await agents.addColumn('edit_of', 'text').execute();
  await agents.addColumn('deleted_at', 'bigint').execute();
  // By their end for logs, by their beginning for runs; both tell turns from what memory spends without reading rows.
  await db.schema.createIndex('traces_by_agent').on('traces').columns(['agent_id', 'ended_at']).execute();
  await db.schema
    .createIndex('traces_by_start')
    .on('traces')
    .columns(['agent_id', 'started_at', 'message_id'])
    .execute();
  // An agent is in as many rooms as there are people: what it joined last is found without the others.
  await db.schema.dropIndex('participants_by_entity').execute();
  await db.schema
    .createIndex('participants_by_arrival')
    .on('participants')
    .columns(['entity_id', 'joined_at', 'channel_id'])
    .execute();
  await db.schema
    .createIndex('channels_by_source')
    .on('channels')
    .columns(['server_id', 'source_id'])
    .where(sql.ref('source_id'), 'is not', sql.lit(null))
    .execute();
  await db.schema.createIndex('memories_by_kind').on('memories').columns(['agent_id', 'kind']).execute();
}

async function addRoomChanges(db: Kysely<Tables>): Promise<void> {
  await db.schema
    .createTable('room_changes')
    .addColumn('position', 'integer', (c) => c.primaryKey())
    .addColumn('channel_id', 'text', (c) => c.notNull())
    .addColumn('server_id', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('last_seq', 'integer', (c) => c.notNull())
    .addColumn('ends', 'text', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('room_changes_by_channel').on('room_changes').columns(['channel_id', 'kind']).execute();
  // What goes with a room is found by it.
  await db.schema.createIndex('memories_by_channel').on('memories').column('channel_id').execute();
  await db.schema.createIndex('memory_progress_by_channel').on('memory_progress').column('channel_id').execute();
}

async function addWorlds(db: Kysely<Tables>): Promise<void> {
  await db.schema
    .createTable('server_agents')
    .addColumn('server_id', 'text', (c) => c.notNull().references('servers.id').onDelete('cascade'))
    .addColumn('agent_id', 'text', (c) => c.notNull())
    .addColumn('added_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('server_agents_pk', ['server_id', 'agent_id'])
    .execute();
  await db.schema.createIndex('server_agents_by_agent').on('server_agents').column('agent_id').execute();
  await db.schema
    .createTable('worlds')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('agent_id', 'text', (c) => c.notNull())
    .addColumn('server_id', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('source_type', 'text')
    .addColumn('source_id', 'text')
    .addColumn('metadata', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('worlds_by_agent').on('worlds').columns(['agent_id', 'created_at']).execute();
}

async function addSessionsAndJobs(db: Kysely<Tables>): Promise<void> {
  await db.schema
    .createTable('chat_sessions')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('agent_id', 'text', (c) => c.notNull())
    .addColumn('user_id', 'text', (c) => c.notNull())
    .addColumn('metadata', 'text', (c) => c.notNull())
    .addColumn('timeout_config', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('last_activity', 'bigint', (c) => c.notNull())
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .addColumn('warn_at', 'bigint')
    .addColumn('renewal_count', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('ended_at', 'bigint')
    .execute();
  await db.schema.createIndex('chat_sessions_by_user').on('chat_sessions').columns(['user_id', 'id']).execute();
  await db.schema
    .createIndex('chat_sessions_by_end')
    .on('chat_sessions')
    .column('expires_at')
    .where(sql.ref('ended_at'), 'is', sql.lit(null))
    .execute();
  await db.schema
    .createIndex('chat_sessions_ended')
    .on('chat_sessions')
    .column('ended_at')
    .where(sql.ref('ended_at'), 'is not', sql.lit(null))
    .execute();
  await db.schema
    .createIndex('chat_sessions_by_warning')
    .on('chat_sessions')
    .column('warn_at')
    .where(sql.ref('warn_at'), 'is not', sql.lit(null))
    .execute();
  await db.schema
    .createTable('jobs')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('agent_id', 'text', (c) => c.notNull())
    .addColumn('user_id', 'text', (c) => c.notNull())
    .addColumn('prompt', 'text', (c) => c.notNull())
    .addColumn('metadata', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .addColumn('ended_at', 'bigint')
    .addColumn('answer_id', 'text')
    .addColumn('error', 'text')
    .execute();
  await db.schema.createIndex('jobs_by_user').on('jobs').columns(['user_id', 'id']).execute();
  await db.schema.createIndex('jobs_by_status').on('jobs').columns(['status', 'id']).execute();
  await db.schema
    .createIndex('jobs_open')
    .on('jobs')
    .column('expires_at')
    .where(sql.ref('ended_at'), 'is', sql.lit(null))
    .execute();
}

async function addFiles(db: Kysely<Tables>): Promise<void> {
  await db.schema
    .createTable('files')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('owner_kind', 'text', (c) => c.notNull())
    .addColumn('owner_id', 'text', (c) => c.notNull())
    .addColumn('uploaded_by', 'text')
    .addColumn('stored_name', 'text', (c) => c.notNull().unique())
    .addColumn('original_name', 'text', (c) => c.notNull())
    .addColumn('media_type', 'text', (c) => c.notNull())
    .addColumn('size', 'bigint', (c) => c.notNull())
    .addColumn('thumbnail', 'text')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('files_by_owner').on('files').columns(['owner_kind', 'owner_id']).execute();
}

async function addLog(db: Kysely<Tables>): Promise<void> {
  await db.schema
    .createTable('log_entries')
    .addColumn('position', 'integer', (c) => c.primaryKey())
    .addColumn('time', 'bigint', (c) => c.notNull())
    .addColumn('level', 'integer', (c) => c.notNull())
    .addColumn('msg', 'text', (c) => c.notNull())
    .addColumn('agent_id', 'text')
    .addColumn('agent_name', 'text')
    .execute();
}
