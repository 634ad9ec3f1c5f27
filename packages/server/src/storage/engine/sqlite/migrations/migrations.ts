/** What was done to the tables, in order; forward only. A row here is never changed once it was released. */
import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { toDedupeKey } from '../../../schema/dedupe-key.ts';
import type { Tables } from '../../../schema/tables.ts';
import { agents } from './agents.ts';
import { erasure } from './erasure.ts';
import { files } from './files.ts';
import { first } from './first.ts';
import { memories } from './memories.ts';
import { moveLog } from './own-log.ts';
import { removals } from './removals.ts';
import { rest } from './rest.ts';
import { sessionRooms } from './session-rooms.ts';
import { strangerLog } from './stranger-log.ts';

const resume: Migration = {
  async up(db: Kysely<Tables>) {
    await db.schema
      .createTable('log')
      .addColumn('position', 'integer', (c) => c.primaryKey().autoIncrement())
      // No foreign keys: an entry of what is gone is passed over when it is read, and this is the hot path.
      .addColumn('channel_id', 'text', (c) => c.notNull())
      .addColumn('message_id', 'text', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .execute();
    await db.schema.createIndex('log_by_channel').on('log').columns(['channel_id', 'position']).execute();
    await sql`insert into log (channel_id, message_id, kind) select channel_id, id, 'message' from messages order by position`.execute(
      db,
    );
    await db.schema
      .createTable('sessions')
      .addColumn('pid', 'text', (c) => c.primaryKey())
      .addColumn('sid', 'text', (c) => c.notNull())
      .addColumn('data', 'text', (c) => c.notNull())
      .addColumn('touched_at', 'bigint', (c) => c.notNull())
      .execute();
    await db.schema.createIndex('sessions_by_age').on('sessions').column('touched_at').execute();
  },
};

/** Rows that are read and written at a time. */
const page = 1_000;

const shortKeys: Migration = {
  async up(db: Kysely<Tables>) {
    for (let after = 0; ; ) {
      const rows = await db
        .selectFrom('messages')
        .select(['position', 'channel_id', 'sender_id', 'client_message_id'])
        .where('position', '>', after)
        .orderBy('position')
        .limit(page)
        .execute();
      const keys = rows.flatMap(({ position, channel_id, sender_id, client_message_id: id }) =>
        id === null ? [] : [[position, toDedupeKey(channel_id, sender_id, id)]],
      );
      await sql`update messages set dedupe_key = key.value ->> 1 from json_each(${JSON.stringify(keys)}) as key
        where messages.position = key.value ->> 0`.execute(db);
      if (rows.length < page) return;
      after = rows.at(-1)?.position ?? 0;
    }
  },
};

/** Places move from a table of their own to the rows of what was announced. */
const places: Migration = {
  async up(db: Kysely<Tables>) {
    await db.schema.alterTable('messages').addColumn('completed_at', 'integer').execute();
    // By way of negative ones: each must be unique at every moment.
    await sql`update messages set position = -entry.position from log as entry
      where entry.message_id = messages.id and entry.kind = 'message'`.execute(db);
    await sql`update messages set position = -position`.execute(db);
    await sql`update messages set completed_at = entry.position from log as entry
      where entry.message_id = messages.id and entry.kind = 'completion' and entry.position = messages.position + 1
        and not exists (select 1 from turns where turns.message_id = messages.id)`.execute(db);
    await db.schema
      .createTable('completions')
      .addColumn('position', 'integer', (c) => c.primaryKey())
      .addColumn('channel_id', 'text', (c) => c.notNull())
      .addColumn('message_id', 'text', (c) => c.notNull())
      .execute();
    await sql`insert into completions select position, channel_id, message_id from log
      where kind = 'completion' and exists (select 1 from turns where turns.message_id = log.message_id)`.execute(db);
    await db.schema
      .createIndex('completions_by_channel')
      .on('completions')
      .columns(['channel_id', 'position'])
      .execute();
    await db.schema.dropTable('log').execute();
  },
};

const listMigrations = (dataDir: string): Record<string, Migration> => ({
  '0001-first': first,
  '0002-resume': resume,
  '0003-short-keys': shortKeys,
  '0004-places': places,
  '0005-memories': memories,
  '0006-agents': agents,
  '0007-rest': rest,
  '0008-stranger-log': strangerLog,
  '0009-erasure': erasure,
  '0010-files': files,
  '0011-session-rooms': sessionRooms,
  '0012-removals': removals,
  '0013-own-log': moveLog(dataDir),
});

/**
 * Brings the tables to the newest form, in one transaction: a kill in the middle leaves what was there, and a new store
 * waits for the disk once. Throws when a migration fails or the store is from a newer elizad.
 */
export async function migrate(db: Kysely<Tables>, dataDir: string): Promise<void> {
  await db.connection().execute(async (connection) => {
    const migrator = new Migrator({ db: connection, provider: { getMigrations: async () => listMigrations(dataDir) } });
    // Kysely itself does not: not every database can take back what was done to its tables.
    await sql`begin immediate`.execute(connection);
    const { error } = await migrator.migrateToLatest();
    await sql`${sql.raw(error ? 'rollback' : 'commit')}`.execute(connection);
    if (!error) return;
    const later = await findLater(connection, Object.keys(listMigrations(dataDir)));
    if (later) throw new Error(`it is from a newer elizad, which created ${later}: run that version or a newer one`);
    // What the database said is beneath our own words for it.
    const { message } = ((error as Error).cause ?? error) as Error;
    throw new Error(`its tables could not be migrated: ${message}`, { cause: error });
  });
}

/** The last thing that was done to the tables, where that is none of ours. */
async function findLater(db: Kysely<Tables>, known: readonly string[]): Promise<string | undefined> {
  const last = sql<{ name: string }>`select name from kysely_migration order by name desc limit 1`;
  const name = (await last.execute(db)).rows[0]?.name;
  return name !== undefined && !known.includes(name) ? name : undefined;
}
