/**
 * The file of the kept log, beside the database: it need not wait for the disk, so it shares no write-ahead log with what
 * must. It is opened when the first lines are written or read. A log that cannot be opened stops nobody.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Kysely } from 'kysely';
import { createPrivateFile } from '../../disk/data-dir.ts';
import type { LogTables } from '../../schema/tables-rest.ts';
import type { Connection, KeptLines } from '../engine.ts';
import { openConnection, type Run } from './connection.ts';
import { refuseAs } from './disk-guard.ts';
import { emptyLog } from './scrub.ts';

export type LogFile = KeptLines & { close(): Promise<void> };

/** Both tables. The lines of strangers have one of their own: however many, they push no others out. */
export const logTables = ['log_entries', 'stranger_log_entries'] as const;

const create = logTables
  .map(
    (name) => `create table if not exists ${name} (position integer primary key, time bigint not null,
      level integer not null, msg text not null, agent_id text, agent_name text);`,
  )
  .join('\n');

export const pathOfLog = (dataDir: string): string => join(dataDir, 'elizad-log.sqlite');

export function openLogFile(dataDir: string): LogFile {
  const run: Run = refuseAs();
  let opened: { file: DatabaseSync; connection: Connection<LogTables> } | undefined;
  return {
    open() {
      opened ??= run(() => {
        const file = openFile(dataDir);
        return { file, connection: openConnection<LogTables>(file, { run, runOf: () => run }) };
      });
      return opened.connection;
    },
    compact() {
      if (!opened) return;
      opened.file.exec('VACUUM');
      emptyLog(opened.file);
    },
    async close() {
      await opened?.connection.db.destroy();
      opened = undefined;
    },
  };
}

function openFile(dataDir: string): DatabaseSync {
  const path = pathOfLog(dataDir);
  createPrivateFile(path);
  const file = new DatabaseSync(path);
  try {
    file.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON');
    file.exec(create);
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Takes over lines from the tables of an older store, where the log was in the database. */
export async function takeOverLog(db: Kysely<LogTables>, dataDir: string): Promise<void> {
  const logs = openLogFile(dataDir);
  try {
    for (const table of logTables) {
      const rows = await db.selectFrom(table).selectAll().orderBy('position').execute();
      if (rows.length === 0) continue;
      const { db: own, insertRows } = logs.open();
      // A second try, after one that was broken off, finds them there.
      await own.transaction().execute(async (transaction) => {
        await transaction.deleteFrom(table).execute();
        await insertRows(transaction, table, rows);
      });
    }
  } finally {
    await logs.close();
  }
}

export const hasLog = (dataDir: string): boolean => existsSync(pathOfLog(dataDir));
