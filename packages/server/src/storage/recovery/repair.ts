/** What was read of a damaged store is put together again: nothing belongs to what is not there. */
import type { DatabaseSync } from 'node:sqlite';
import { defaultServerId } from 'elizad-protocol';
import { toIndexedWords } from '../engine/sqlite/word-index.ts';

/** So many places in the order of the server, and numbers of a room, are passed over where some may be lost: clients have heard them. */
const passedPlaces = 1_000_000;
const passedNumbers = 1_000;

/** JSON, and what stands for what is none: `null` takes its row away. */
const jsonColumns: readonly [table: string, column: string, instead: string | null][] = [
  ['messages', 'actions', '[]'],
  ['messages', 'attachments', '[]'],
  ['messages', 'metadata', '{}'],
  ['messages', 'raw_message', 'null'],
  ['servers', 'metadata', '{}'],
  ['channels', 'metadata', '{}'],
  ['worlds', 'metadata', '{}'],
  ['chat_sessions', 'metadata', '{}'],
  ['chat_sessions', 'timeout_config', null],
  ['jobs', 'metadata', '{}'],
  ['agents', 'character', null],
  ['agents', 'secrets', '{}'],
  ['deletions', 'turns', '[]'],
  ['room_changes', 'ends', '[]'],
  ['traces', 'stages', null],
];

/** How many values were put in the place of others. */
export function repairJson(file: DatabaseSync): number {
  let repaired = 0;
  for (const [table, column, instead] of jsonColumns) {
    const where = `where "${column}" is not null and not json_valid("${column}")`;
    const change =
      instead === null ? `delete from "${table}" ${where}` : `update "${table}" set "${column}" = ? ${where}`;
    repaired += Number(file.prepare(change).run(...(instead === null ? [] : [instead])).changes);
  }
  return repaired;
}

/** Rooms of messages whose row is lost, servers of rooms; returns how many rooms were made. `hasLost`: whether messages may be missing. */
export function repairRooms(file: DatabaseSync, hasLost: boolean): number {
  file
    .prepare('insert or ignore into servers (id, name, created_at) values (?, ?, ?)')
    .run(defaultServerId, 'Default Server', Date.now());
  file
    .prepare('update channels set server_id = ? where server_id not in (select id from servers)')
    .run(defaultServerId);
  file.exec(
    'create temp table lost_rooms as select distinct channel_id as id from messages where channel_id not in (select id from channels)',
  );
  const { changes } = file
    .prepare(
      `insert into channels (id, server_id, name, type, created_at, last_seq)
        select channel_id, ?, 'Recovered room', 'GROUP', min(created_at), max(seq) + ? from messages
        where channel_id in (select id from lost_rooms) group by channel_id`,
    )
    .run(defaultServerId, hasLost ? passedNumbers : 0);
  // Who has spoken there takes part: else no agent would answer any more.
  file.exec(`insert or ignore into participants (channel_id, entity_id, kind, name, joined_at)
    select channel_id, sender_id, iif(sender_id in (select id from agents), 'agent', 'user'), sender_name, min(created_at)
    from messages where channel_id in (select id from lost_rooms) and source <> 'system'
    group by channel_id, sender_id`);
  file.exec('drop table lost_rooms');
  file.exec(`update channels set last_seq = max(last_seq,
    coalesce((select max(seq) from messages where channel_id = channels.id), 0),
    coalesce((select max(last_seq) from room_changes where channel_id = channels.id), 0))`);
  file.exec("update turns set root_id = message_id where root_id = ''");
  return Number(changes);
}

/** Takes away what belongs to what is not there, and what belongs to that; returns how many rows, by table. */
export function dropOrphans(file: DatabaseSync): Map<string, number> {
  const dropped = new Map<string, number>();
  for (;;) {
    const tables = file.prepare('select distinct "table" as name from pragma_foreign_key_check').all();
    if (tables.length === 0) return dropped;
    for (const { name } of tables) {
      const table = String(name);
      const { changes } = file
        .prepare(`delete from "${table}" where rowid in (select rowid from pragma_foreign_key_check(?))`)
        .run(table);
      dropped.set(table, (dropped.get(table) ?? 0) + Number(changes));
    }
  }
}

/** The next place is one that nobody has heard of: places count over messages, what became of them, and rooms. */
export function passPlaces(file: DatabaseSync): void {
  const last = ['messages', 'completions', 'edits', 'deletions', 'room_changes']
    .map((table) => `select max(position) as position from ${table}`)
    .join(' union all ');
  const row = file.prepare(`select coalesce(max(position), 0) as position from (${last})`).get();
  file.exec("delete from room_changes where kind = 'forgotten'");
  file
    .prepare(
      `insert into room_changes (position, channel_id, server_id, kind, last_seq, ends)
        values (?, '', ?, 'forgotten', 0, '[]')`,
    )
    .run(Number(row?.position) + passedPlaces, defaultServerId);
}

/** Makes the index of the words of memories. */
export function indexWords(file: DatabaseSync): void {
  const insert = file.prepare('insert into memory_words (rowid, words) values (?, ?)');
  for (const { row, agent_id, channel_id, text } of file
    .prepare('select "row", agent_id, channel_id, text from memories order by "row"')
    .iterate()) {
    const scope = { agentId: String(agent_id), channelId: channel_id === null ? null : String(channel_id) };
    insert.run(Number(row), toIndexedWords(scope, String(text)));
  }
}
