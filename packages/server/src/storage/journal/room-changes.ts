/**
 * Changes of whole rooms: cleared, deleted, updated. Each is one job of the message log with a place in the order of the
 * server, so that whoever was away is told.
 */
import type { ChannelUpdate } from 'elizad-protocol';
import { type Kysely, sql, type Transaction } from 'kysely';
import { arrivalIn, inList, steer } from '../engine/words.ts';
import { type ChannelRow, type ParticipantRow, upsertParticipants } from '../rooms/channels.ts';
import type { Tables } from '../schema/tables.ts';
import type { RoomChangesTable } from '../schema/tables-rest.ts';
import type { EndedTurn } from '../turns/turn-endings.ts';
import { erasePrompt, type Range } from './deletions.ts';
import { insertRemoval } from './removals.ts';
import { type RoomErasure, unmarkRoom } from './room-thinning.ts';

/** Which room shall change, and how. */
export type RoomChange = RoomErasure | RoomUpdate;
/** `metadata` is JSON. What is left out stays. */
export type RoomUpdate = {
  kind: 'updated';
  channelId: string;
  set: Partial<Pick<ChannelRow, 'name' | 'topic' | 'metadata'>>;
  add: readonly ParticipantRow[];
  remove: readonly string[];
};

/** How a message ended that went with its room, and at which place. */
export type RoomEnd = { messageId: string; position: number; turns: EndedTurn[] };

/** What came of it. `ended`: messages that were being answered until now. `erased`: how many messages went. `updates`: of an update, how the room is now. */
export type RoomChanged = {
  position: number;
  ended: RoomEnd[];
  erased: number;
  updates?: ChannelUpdate | undefined;
};

/** A change of a room as those who were away are told of it. Of an update: how the room is now, or nothing where it is gone. */
export type RoomChangeEntry = {
  position: number;
  room: { id: string; serverId: string };
  kind: 'cleared' | 'deleted' | 'updated';
  ends: RoomEnd[];
  updates?: ChannelUpdate;
};

/** Ends that are kept with a room that is erased: so many messages, at most, may have ended while somebody was away. */
const mostEnds = 500;

/**
 * Makes a change. A job of the message log, which gives the places. Turns that are open end as `cancelled`, and leave
 * `open`. `duplicate` when there is no such room.
 */
export async function changeRoom(
  db: Transaction<Tables>,
  change: RoomChange,
  open: Set<string>,
  takePlace: () => number,
): Promise<{ duplicate: true } | RoomChanged> {
  const { kind, channelId } = change;
  const room = await db.selectFrom('channels').selectAll().where('id', '=', channelId).executeTakeFirst();
  if (!room) {
    if (kind === 'forgotten') await unmarkRoom(db, channelId);
    return { duplicate: true };
  }
  const told = { channel_id: channelId, server_id: room.server_id, kind };
  if (kind === 'updated') {
    const removed = await update(db, change);
    if (removed.length > 0) await insertRemoval(db, told, removed, takePlace());
    await db.deleteFrom('room_changes').where('channel_id', '=', channelId).where('kind', '=', kind).execute();
    const position = takePlace();
    await db
      .insertInto('room_changes')
      .values({ ...told, position, last_seq: 0, ends: '[]' })
      .execute();
    const updates = (await listUpdates(db, [channelId])).get(channelId);
    return { position, ended: [], erased: 0, updates };
  }
  const ended = await cancelTurns(db, channelId, open, takePlace);
  const ends = [...(await listLastEnds(db, channelId)), ...ended].sort((a, b) => a.position - b.position);
  const erased = await erase(db, change);
  await unmarkRoom(db, channelId);
  const position = takePlace();
  if (kind === 'forgotten') {
    await keepPlace(db, told, position);
    return { position, ended, erased };
  }
  await db
    .insertInto('room_changes')
    .values({ ...told, position, last_seq: room.last_seq, ends: JSON.stringify(ends.slice(-mostEnds)) })
    .execute();
  return { position, ended, erased };
}

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

/** Returns the people who were taken out. */
async function update(db: Transaction<Tables>, { channelId, set, add, remove }: RoomUpdate): Promise<string[]> {
  await db
    .updateTable('channels')
    .set({ ...set, updated_at: Date.now() })
    .where('id', '=', channelId)
    .execute();
  if (add.length > 0) await upsertParticipants(db, [...add]);
  if (remove.length === 0) return [];
  const removed = await db
    .deleteFrom('participants')
    .where('channel_id', '=', channelId)
    .where('entity_id', 'in', inList(remove))
    .returning(['entity_id', 'kind'])
    .execute();
  return removed.flatMap(({ entity_id, kind }) => (kind === 'user' ? [entity_id] : []));
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

/** The others are marks of a change that is not made yet. */
const toldKinds = ['cleared', 'deleted', 'updated'] as const;

/** Up to `limit` changes of some rooms, in a part of the server's order. */
export async function listRoomChanges(
  db: Kysely<Tables>,
  channelIds: readonly string[],
  { after, upTo, limit }: Range,
): Promise<RoomChangeEntry[]> {
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
  return rows.map(({ position, channel_id, server_id, kind, ends }) => ({
    position,
    room: { id: channel_id, serverId: server_id },
    kind: kind as RoomChangeEntry['kind'],
    ends: JSON.parse(ends) as RoomEnd[],
    ...(kind === 'updated' && { updates: updates.get(channel_id) }),
  }));
}

/** How some rooms are now; those that are gone are left out. */
export async function listUpdates(
  db: Kysely<Tables>,
  channelIds: readonly string[],
): Promise<Map<string, ChannelUpdate>> {
  if (channelIds.length === 0) return new Map();
  const rooms = await db.selectFrom('channels').selectAll().where('id', 'in', inList(channelIds)).execute();
  const participants = await db
    .selectFrom('participants')
    .select(['channel_id', 'entity_id'])
    .where('channel_id', 'in', inList(channelIds))
    .orderBy('joined_at')
    .orderBy(arrivalIn('participants'))
    .execute();
  const byRoom = Map.groupBy(participants, ({ channel_id }) => channel_id);
  return new Map(
    rooms.map((room) => [
      room.id,
      {
        name: room.name,
        type: room.declared_type ?? room.type,
        topic: room.topic,
        metadata: JSON.parse(room.metadata) as ChannelUpdate['metadata'],
        participants: (byRoom.get(room.id) ?? []).map(({ entity_id }) => entity_id),
        updatedAt: room.updated_at ?? room.created_at,
      },
    ]),
  );
}

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
