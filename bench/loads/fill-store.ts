/**
 * Fills a store that elizad has made with as many messages as are wanted, past elizad because that is quick, but with the
 * rows that it would have written: each message (of clients that send no `messageId`) and its place in its room.
 */
import { cpSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { defaultServerId } from 'elizad-protocol';
import { openSqlite } from '../../packages/server/src/storage/engine/sqlite/sqlite.ts';
import { makeFolder } from '../processes.ts';

const prefix = '00000000-0000-4000-8000-';

const mostRooms = 200;
const fewest = 50;

/**
 * The rooms of a store with so many messages, in each at least 50: messages go to them in turn, so the last ones of each
 * are spread over many pages.
 */
export const listRoomIds = (count: number): string[] =>
  Array.from({ length: Math.max(1, Math.min(mostRooms, Math.floor(count / fewest))) }, (_, index) => toUuid(index));

const senderId = toUuid(1_000_000);

function toUuid(index: number): string {
  return `${prefix}${index.toString(16).padStart(12, '0')}`;
}

// In ascending order, as elizad's.
const newId = "printf('%08x-0000-4000-8000-', n) || lower(hex(randomblob(6)))";

// Each is followed at once by its completion, which has a place of its own.
const fill = `
WITH RECURSIVE number(n) AS (SELECT :from UNION ALL SELECT n + 1 FROM number WHERE n < :upTo - 1)
INSERT INTO messages (position, completed_at, id, channel_id, seq, sender_id, sender_name, text, created_at, source, actions, attachments, metadata)
SELECT 2 * n + 1, 2 * n + 2, ${newId}, '${prefix}' || printf('%012x', n % :rooms), n / :rooms + 1, '${senderId}', 'User',
  'Men are all alike. They are always bugging us about something or other.', :now + n, 'socketio_client', '[]', '[]', '{}'
FROM number`;

/** Makes the store where it is not there yet, and adds messages until it has `count`. */
export async function fillStore(dataDir: string, count: number): Promise<void> {
  await (await openSqlite(dataDir)).close();
  const db = new DatabaseSync(join(dataDir, 'elizad.sqlite'));
  // Durable only as a whole: who is cut off here begins anew.
  db.exec(
    'PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -2000000; PRAGMA temp_store = MEMORY',
  );
  const { from } = db.prepare('SELECT coalesce(max(completed_at), 0) / 2 AS "from" FROM messages').get() as {
    from: number;
  };
  db.exec('BEGIN');
  const now = Date.now();
  const room = db.prepare(
    "INSERT OR IGNORE INTO channels (id, server_id, name, type, created_at) VALUES (?, ?, ?, 'GROUP', ?)",
  );
  const participant = db.prepare("INSERT OR IGNORE INTO participants VALUES (?, ?, 'user', NULL, ?)");
  const roomIds = listRoomIds(count);
  for (const id of roomIds) {
    room.run(id, defaultServerId, `Chat ${id.slice(0, 8)}`, now);
    participant.run(id, senderId, now);
  }
  db.prepare(fill).run({ from, upTo: count, rooms: roomIds.length, now });
  db.exec('UPDATE channels SET last_seq = (SELECT coalesce(max(seq), 0) FROM messages WHERE channel_id = channels.id)');
  db.exec('COMMIT; PRAGMA journal_mode = WAL');
  db.close();
}

const stores = new Map<number, string>();

/** The directory of a store with so many messages; made at the first call, from a smaller one where there is one. */
export async function openStoreOf(count: number): Promise<string> {
  const known = stores.get(count);
  if (known !== undefined) return known;
  const path = join(makeFolder().path, 'data');
  const rooms = listRoomIds(count).length;
  const smaller = Math.max(
    0,
    ...[...stores.keys()].filter((size) => size < count && listRoomIds(size).length === rooms),
  );
  const from = stores.get(smaller);
  if (from !== undefined) cpSync(from, path, { recursive: true });
  await assertRoomFor(dirname(path), count);
  await fillStore(path, count);
  stores.set(count, path);
  return path;
}

/** What a message needs on the disk with its indexes, and what must be left over, in bytes. */
const bytesEach = 900;
const bytesLeft = 1e9;

async function assertRoomFor(path: string, count: number): Promise<void> {
  const { bavail, bsize } = await statfs(path);
  const needed = count * bytesEach + bytesLeft;
  if (bavail * bsize < needed) throw new Error(`${path} has no room for ${count} messages: ${needed / 1e9} GB`);
}
