/** Sessions keep a digest of their secret id, and their rooms move into rows of their own; nobody is forgotten by it. */
import { createHash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Tables } from '../../../schema/tables.ts';

const digestPid = (pid: string): string => createHash('sha256').update(pid).digest('base64url');

/** Rows that are read and written at a time. */
const page = 1_000;

export const sessionRooms: Migration = {
  async up(db: Kysely<Tables>) {
    await db.schema.alterTable('sessions').renameColumn('pid', 'pid_digest').execute();
    for (let after = 0; ; ) {
      const { rows } = await sql<{ at: number; pid: string }>`select rowid as at, pid_digest as pid from sessions
        where rowid > ${after} order by rowid limit ${page}`.execute(db);
      const digests = rows.map(({ at, pid }) => [at, digestPid(pid)]);
      await sql`update sessions set pid_digest = digest.value ->> 1 from json_each(${JSON.stringify(digests)}) as digest
        where sessions.rowid = digest.value ->> 0`.execute(db);
      if (rows.length < page) break;
      after = rows.at(-1)?.at ?? 0;
    }
    await db.schema
      .createTable('session_rooms')
      .addColumn('pid_digest', 'text', (c) => c.notNull().references('sessions.pid_digest').onDelete('cascade'))
      .addColumn('channel_id', 'text', (c) => c.notNull())
      .addColumn('joined_as', 'text', (c) => c.notNull())
      .addColumn('heard_after', 'integer', (c) => c.notNull())
      .addColumn('agents', 'text')
      .addPrimaryKeyConstraint('session_rooms_key', ['pid_digest', 'channel_id'])
      .modifyEnd(sql`without rowid`)
      .execute();
    await sql`insert into session_rooms
      select sessions.pid_digest, room.key, room.value ->> 'as', coalesce(room.value ->> 'after', 0),
        sessions.data -> ('$.listening.agents."' || room.key || '"')
      from sessions, json_each(sessions.data, '$.joined') as room`.execute(db);
    await sql`update sessions set data = json_remove(data, '$.joined', '$.listening.agents')`.execute(db);
  },
};
