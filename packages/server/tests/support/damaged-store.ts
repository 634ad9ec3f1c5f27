/** Stores with something in them, and the damage that a disk does: one byte, one page, the end of a file. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { defaultServerId } from 'elizad-protocol';
import { openSqlite } from '../../src/storage/engine/sqlite/sqlite.ts';

export const pageSize = 4096;

const textOf = (n: number): string => `message number ${n}. ${'words '.repeat(30)}`;

/** A store of some rooms with messages, which go round; returns the ids of the rooms. */
export async function makeStore(dataDir: string, messages = 1_000, rooms = 3): Promise<string[]> {
  const { db, insertRows, close } = await openSqlite(dataDir);
  const ids = Array.from({ length: rooms }, () => crypto.randomUUID());
  await db.transaction().execute(async (tx) => {
    await insertRows(
      tx,
      'channels',
      ids.map((id) => ({
        id,
        server_id: defaultServerId,
        name: 'Room',
        type: 'GROUP' as const,
        last_seq: Math.ceil(messages / rooms),
        created_at: 1,
      })),
    );
    await insertRows(
      tx,
      'participants',
      ids.map((id) => ({ channel_id: id, entity_id: 'ada', kind: 'user' as const, name: 'Ada', joined_at: 1 })),
    );
    const rows = Array.from({ length: messages }, (_, n) => toMessage(n, ids[n % rooms] as string, rooms));
    await insertRows(tx, 'messages', rows);
  });
  await close();
  return ids;
}

const toMessage = (n: number, channel_id: string, rooms: number) => ({
  position: 2 * n + 1,
  id: crypto.randomUUID(),
  channel_id,
  seq: Math.floor(n / rooms) + 1,
  sender_id: 'ada',
  sender_name: 'Ada',
  text: textOf(n),
  created_at: 1_000 + n,
  source: 'client_chat',
  thought: null,
  actions: '[]',
  attachments: '[]',
  metadata: '{}',
  in_reply_to: null,
  client_message_id: null,
  dedupe_key: null,
  completed_at: 2 * n + 2,
  raw_message: null,
});

/** Numbers of the messages that are there. */
export function listNumbers(dataDir: string): number[] {
  const file = new DatabaseSync(join(dataDir, 'elizad.sqlite'));
  try {
    const rows = file.prepare('select text from messages order by position').all();
    return rows.map(({ text }) => Number(/^message number (\d+)\./.exec(String(text))?.[1]));
  } finally {
    file.close();
  }
}

export const pathOfDatabase = (dataDir: string): string => join(dataDir, 'elizad.sqlite');

/** Leaf pages of tables (13) or of indexes (10) in which a text stands; from 0. */
export function findPages(dataDir: string, kind: 10 | 13, text: string): number[] {
  const bytes = readFileSync(pathOfDatabase(dataDir));
  const pages = Array.from({ length: bytes.length / pageSize }, (_, n) => n);
  return pages.filter((n) => {
    const page = bytes.subarray(n * pageSize, (n + 1) * pageSize);
    return page[0] === kind && page.includes(text);
  });
}

/** Which messages stand in a page. */
export function listNumbersIn(dataDir: string, page: number): number[] {
  const bytes = readFileSync(pathOfDatabase(dataDir)).subarray(page * pageSize, (page + 1) * pageSize);
  return [...bytes.toString('latin1').matchAll(/message number (\d+)\./g)].map(([, n]) => Number(n));
}

/** Writes noughts over a page. */
export function wipePage(dataDir: string, page: number): void {
  const bytes = readFileSync(pathOfDatabase(dataDir));
  bytes.fill(0, page * pageSize, (page + 1) * pageSize);
  writeFileSync(pathOfDatabase(dataDir), bytes);
}

/** Changes one byte of a file. */
export function flipByte(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 0x10;
  writeFileSync(path, bytes);
}

/** All files of a directory with their bytes, but those of the lock, which is held while somebody looks. */
export function readAll(dataDir: string): Record<string, string> {
  const names = readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).filter((name) => !/^server\./.test(name));
  const files = names.filter((name) => statSync(join(dataDir, name)).isFile()).sort();
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(dataDir, name), 'base64')]));
}

/** The row of an uploaded file of a room. */
export const makeUpload = (letter: string, owner_id: string) => ({
  id: crypto.randomUUID(),
  owner_kind: 'channel' as const,
  owner_id,
  uploaded_by: null,
  stored_name: `${letter.repeat(40)}.txt`,
  original_name: 'a.txt',
  media_type: 'text/plain',
  size: 5,
  thumbnail: null,
  created_at: 1,
});
