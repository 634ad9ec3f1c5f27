/**
 * The floor of durable ingest: batched inserts into SQLite by one process that does nothing else, as durable as ours
 * (WAL, synchronous=FULL), 100 rows in a transaction. Into a plain table, and into the table of messages with its indexes.
 */

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { defaultServerId } from 'elizad-protocol';
import { openSqlite } from '../../packages/server/src/storage/engine/sqlite/sqlite.ts';
import { toDedupeKey } from '../../packages/server/src/storage/schema/dedupe-key.ts';
import { createId } from '../../packages/server/src/storage/schema/ids.ts';
import { makeFolder, serveCommands } from '../processes.ts';

const rooms = 20;
const rowsInTransaction = 100;

export type SqliteCommands = typeof commands;

const commands = { insert };
serveCommands(commands);

const columns = {
  position: (index: number) => 2 * index + 1,
  completed_at: (index: number) => 2 * index + 2,
  id: () => createId(),
  channel_id: (index: number) => roomIds[index % rooms] as string,
  seq: (index: number) => index,
  sender_id: () => senderId,
  sender_name: () => 'User',
  text: () => 'Men are all alike. They are always bugging us about something or other.',
  created_at: () => Date.now(),
  source: () => 'socketio_client',
  actions: () => '[]',
  attachments: () => '[]',
  metadata: () => '{}',
  client_message_id: (index: number) => `m-${index}`,
  dedupe_key: (index: number) => toDedupeKey(roomIds[index % rooms] as string, senderId, `m-${index}`),
};
const roomIds = Array.from({ length: rooms }, () => crypto.randomUUID());
const senderId = crypto.randomUUID();

/** Rows for so long into a new file; resolves with rows per second. */
async function insert({ seconds, table }: { seconds: number; table: 'plain' | 'messages' }): Promise<number> {
  using folder = makeFolder();
  // Made by elizad, so that the tables are the same.
  await (await openSqlite(folder.path)).close();
  const db = new DatabaseSync(join(folder.path, 'elizad.sqlite'));
  db.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 4000',
  );
  const names = Object.keys(columns);
  db.exec(`CREATE TABLE plain (${names.join(', ')})`);
  for (const id of roomIds)
    db.prepare("INSERT INTO channels (id, server_id, name, type, created_at) VALUES (?, ?, '', 'GROUP', 0)").run(
      id,
      defaultServerId,
    );
  const statement = db.prepare(
    `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
  );
  const began = performance.now();
  let count = 0;
  while (performance.now() - began < seconds * 1000) {
    db.exec('BEGIN');
    for (let row = 0; row < rowsInTransaction; row++, count++)
      statement.run(...Object.values(columns).map((make) => make(count)));
    db.exec('COMMIT');
  }
  const rate = (count / (performance.now() - began)) * 1000;
  db.close();
  return rate;
}
