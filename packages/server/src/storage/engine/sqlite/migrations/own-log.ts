/** The kept log moves into a file of its own, with the lines of before. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { LogTables } from '../../../schema/tables-rest.ts';
import { logTables, takeOverLog } from '../log-file.ts';

export const moveLog = (dataDir: string): Migration => ({
  async up(db: Kysely<LogTables>) {
    await takeOverLog(db, dataDir);
    for (const table of logTables) await db.schema.dropTable(table).execute();
  },
});
