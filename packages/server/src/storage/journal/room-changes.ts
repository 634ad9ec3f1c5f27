/**
 * Whole rooms that are emptied, or gone, in one job with a place in the order of the server, so that whoever was away is told.
 * Read back with the updates of rooms (room-updates.ts), which are kept in the same table.
 */
import { type Kysely, sql, type Transaction } from 'kysely';
import { inList, steer } from '../engine/words.ts';
import type { Tables } from '../schema/tables.ts';
import type { RoomChangesTable } from '../schema/tables-rest.ts';
import type { EndedTurn } from '../turns/turn-endings.ts';
import { type CommitGroup, nothingToDo, type Written } from './commit-group.ts';
import { type CompletedEntry, toCompletedEntry, toMissedEnds } from './completions.ts';
import { erasePrompt } from './deletions.ts';
import type { EntryRow, EntryRows, Range } from './entry.ts';
import { type RoomErasure, unmarkRoom } from './room-thinning.ts';
import { listUpdates, type RoomUpdatedEntry, updateRow } from './room-updates.ts';

/** A room was emptied, or is gone. `ends` are how messages ended that went with it. */
export type RoomErasedEntry = {
  kind: 'room-cleared' | 'room-deleted';
  position: number;
  channelId: string;
  ends: CompletedEntry[];
};

/** How a message ended that went with its room, and at which place, as it is kept. */
type RoomEnd = { messageId: string; position: number; turns: EndedTurn[] };

/** `erased`: how many messages went. */
export type RoomErased = Written<CompletedEntry | RoomErasedEntry> & { erased: number };

/** Ends that are kept with a room that is erased: so many messages, at most, may have ended while somebody was away. */
const mostEnds = 500;

/** Empties a room, or deletes it. Turns that are open end as `cancelled`. `duplicate` when there is no such room. */
export async function eraseRoom(
  { db, takePlace, open, earlier, flush }: CommitGroup,
  { erasure }: { erasure: RoomErasure },
): Promise<RoomErased> {
  const { kind, channelId } = erasure;
  // What was said in it before, in this group, goes with it; the keys of retries, too.
  await flush();
  for (const [key, message] of earlier) if (message.channelId === channelId) earlier.delete(key);
  const room = await db.selectFrom('channels').selectAll().where('id', '=', channelId).executeTakeFirst();
  if (!room) {
    if (kind === 'forgotten') await unmarkRoom(db, channelId);
    return { ...nothingToDo, erased: 0 };
  }
  const told = { channel_id: channelId, server_id: room.server_id, kind };
  const ended = await cancelTurns(db, channelId, open, takePlace);
  const ends = [...(await listLastEnds(db, channelId)), ...ended].sort((a, b) => a.position - b.position);
  const erased = await erase(db, erasure);
  await unmarkRoom(db, channelId);
  const position = takePlace();
  if (kind === 'forgotten') await keepPlace(db, told, position);
  else
    await db
      .insertInto('room_changes')
      .values({ ...told, position, last_seq: room.last_seq, ends: JSON.stringify(ends.slice(-mostEnds)) })
      .execute();
  const change = { kind: kind === 'cleared' ? ('room-cleared' as const) : ('room-deleted' as const), position };
  const entries = [...toCompletedEntries(ended, channelId, room.server_id), { ...change, channelId, ends: [] }];
  return { duplicate: false, entries, erased };
}

const toCompletedEntries = (ends: readonly RoomEnd[], channelId: string, serverId: string): CompletedEntry[] =>
  ends.map(({ messageId: id, position, turns }) => toCompletedEntry(position, { id, channelId, serverId }, turns));

/** What it was about is not kept, nor how many there were: only that no place is given twice. */
async function keepPlace(
  db: Transaction<Tables>,
  { server_id, kind }: Pick<RoomChangesTable, 'server_id' | 'kind'>,
  position: number,
): Promise<void> {
  await db.deleteFrom('room_changes').where('kind', '=', kind).execute();
  await db
    .insertInto('room_changes')
    .values({ server_id, kind, channel_id: '', position, last_seq: 0, ends: '[]' })
    .execute();
}

/** Messages, with their turns and what was learned from them; or the room itself with all that. */
async function erase(db: Transaction<Tables>, { kind, channelId }: RoomErasure): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom('messages').where('channel_id', '=', channelId).executeTakeFirst();
  await db.deleteFrom('completions').where('channel_id', '=', channelId).execute();
  await db.deleteFrom('edits').where('channel_id', '=', channelId).execute();
  await db.deleteFrom('memories').where('channel_id', '=', channelId).where('kind', '=', 'fact').execute();
  await erasePrompt(db, channelId);
  if (kind === 'forgotten') await db.deleteFrom('traces').where('channel_id', '=', channelId).execute();
  if (kind !== 'cleared') await db.deleteFrom('channels').where('id', '=', channelId).execute();
  return Number(numDeletedRows);
}

async function cancelTurns(
  db: Transaction<Tables>,
  channelId: string,
  open: Set<string>,
  takePlace: () => number,
): Promise<RoomEnd[]> {
  const rows = await db
    .updateTable('turns')
    .set({ state: 'ended', outcome: 'cancelled', code: 'turn-cancelled', ended_at: Date.now() })
    .where('channel_id', '=', channelId)
    .where('state', '!=', sql.lit('ended' as const))
    .returning(['id', 'root_id'])
    .execute();
  for (const { id } of rows) open.delete(id);
  const roots = [...new Set(rows.map(({ root_id }) => root_id))];
  const turns = await listTurns(db, roots);
  return roots.map((messageId) => ({ messageId, position: takePlace(), turns: turns.get(messageId) ?? [] }));
}

async function listTurns(db: Transaction<Tables>, roots: readonly string[]): Promise<Map<string, EndedTurn[]>> {
  const rows = await db
    .selectFrom('turns')
    .select(['root_id', 'agent_id', 'outcome', 'code'])
    .where('root_id', 'in', inList(roots))
    .orderBy('position')
    .execute();
  const byRoot = Map.groupBy(rows, ({ root_id }) => root_id);
  return new Map(
    [...byRoot].map(([root, all]) => [
      root,
      all.map(({ agent_id, outcome, code }): EndedTurn => ({ agent_id, outcome, code })),
    ]),
  );
}

/** How the last messages of a room ended. */
async function listLastEnds(db: Transaction<Tables>, channelId: string): Promise<RoomEnd[]> {
  const unanswered = await db
    .selectFrom('messages')
    .select(['id', 'completed_at'])
    .where('channel_id', '=', channelId)
    .orderBy('seq', 'desc')
    .limit(mostEnds)
    .execute();
  const answered = await db
    .selectFrom('completions')
    .select(['message_id', 'position'])
    .where('channel_id', '=', channelId)
    .orderBy('position', 'desc')
    .limit(mostEnds)
    .execute();
  const turns = await listTurns(
    db,
    answered.map(({ message_id }) => message_id),
  );
  return [
    ...unanswered.flatMap(({ id, completed_at }): RoomEnd[] =>
      completed_at === null ? [] : [{ messageId: id, position: completed_at, turns: [] }],
    ),
    ...answered.map(({ message_id, position }) => ({
      messageId: message_id,
      position,
      turns: turns.get(message_id) ?? [],
    })),
  ];
}

/** The others are marks of a change that is not made yet, and removals. */
const toldKinds = ['cleared', 'deleted', 'updated'] as const;

/** Up to `limit` changes of some rooms, in a part of the server's order. */
export async function listRoomChanges(
  db: Kysely<Tables>,
  channelIds: readonly string[],
  { after, upTo, limit }: Range,
): Promise<(RoomErasedEntry | RoomUpdatedEntry)[]> {
  const rows = await db
    .selectFrom('room_changes')
    .selectAll()
    .where('position', '>', after)
    .where('position', '<=', upTo)
    .where('kind', 'in', toldKinds)
    // Not by the index of channels: changes are few.
    .where(steer('channel_id'), 'in', inList(channelIds))
    .orderBy('position')
    .limit(limit)
    .execute();
  const updates = await listUpdates(
    db,
    rows.filter(({ kind }) => kind === 'updated').map(({ channel_id }) => channel_id),
  );
  return rows.map(({ position, channel_id: channelId, server_id, kind, ends }) =>
    kind === 'updated'
      ? { kind: 'room-updated', position, channelId, updates: updates.get(channelId) }
      : {
          kind: kind === 'cleared' ? 'room-cleared' : 'room-deleted',
          position,
          channelId,
          ends: toCompletedEntries(JSON.parse(ends), channelId, server_id),
        },
  );
}

/** What the end of a message costs to send, in characters: two events. */
const endBytes = 1_000;

const erased = (name: 'channel-cleared' | 'channel-deleted'): EntryRow<RoomErasedEntry> => ({
  toEvents: ({ channelId, ends }, reader) => [...toMissedEnds(ends, reader), { name, payload: { channelId } }],
  weigh: ({ ends }) => ends.length * endBytes,
  isShared: () => false,
});

export const roomChangeRows: EntryRows<RoomErasedEntry | RoomUpdatedEntry> = {
  'room-cleared': erased('channel-cleared'),
  'room-deleted': erased('channel-deleted'),
  'room-updated': updateRow,
};

/** When some rooms were deleted: places in the server's order, by room; a room that was made anew may have several. */
export async function listRoomDeletions(
  db: Kysely<Tables>,
  channelIds: readonly string[],
): Promise<Map<string, number[]>> {
  const rows = await db
    .selectFrom('room_changes')
    .select(['channel_id', 'position'])
    .where('channel_id', 'in', inList(channelIds))
    .where('kind', '=', 'deleted')
    .orderBy('position')
    .execute();
  const byRoom = Map.groupBy(rows, ({ channel_id }) => channel_id);
  return new Map([...byRoom].map(([id, all]) => [id, all.map(({ position }) => position)]));
}
