/** Updates of rooms: another name, topic or metadata, and who came and went. Of each room only the last one is kept. */
import type { ChannelUpdate } from 'elizad-protocol';
import type { Kysely, Transaction } from 'kysely';
import { arrivalIn, inList } from '../engine/words.ts';
import { type ChannelRow, type ParticipantRow, upsertParticipants } from '../rooms/channels.ts';
import type { Tables } from '../schema/tables.ts';
import { type CommitGroup, nothingToDo, type Written } from './commit-group.ts';
import type { EntryRow } from './entry.ts';
import { insertRemoval, type RemovedEntry } from './removals.ts';

/** A room was changed. `updates` is how it is now; nothing where it is gone. */
export type RoomUpdatedEntry = {
  kind: 'room-updated';
  position: number;
  channelId: string;
  updates: ChannelUpdate | undefined;
};

/** Which room changes, and how. `metadata` is JSON. What is left out stays. */
export type RoomUpdate = {
  channelId: string;
  set: Partial<Pick<ChannelRow, 'name' | 'topic' | 'metadata'>>;
  add: readonly ParticipantRow[];
  remove: readonly string[];
};

/** Changes a room. `duplicate` when there is no such room. */
export async function updateRoom(
  { db, takePlace, flush }: CommitGroup,
  { update: change }: { update: RoomUpdate },
): Promise<Written<RemovedEntry | RoomUpdatedEntry>> {
  const { channelId } = change;
  await flush();
  const room = await db.selectFrom('channels').selectAll().where('id', '=', channelId).executeTakeFirst();
  if (!room) return nothingToDo;
  const told = { channel_id: channelId, server_id: room.server_id, kind: 'updated' as const };
  const entries: (RemovedEntry | RoomUpdatedEntry)[] = [];
  const entityIds = await update(db, change);
  if (entityIds.length > 0) {
    const position = takePlace();
    await insertRemoval(db, told, entityIds, position);
    entries.push({ kind: 'removed', position, channelId, entityIds });
  }
  await db.deleteFrom('room_changes').where('channel_id', '=', channelId).where('kind', '=', told.kind).execute();
  const position = takePlace();
  await db
    .insertInto('room_changes')
    .values({ ...told, position, last_seq: 0, ends: '[]' })
    .execute();
  const updates = (await listUpdates(db, [channelId])).get(channelId);
  entries.push({ kind: 'room-updated', position, channelId, updates });
  return { duplicate: false, entries };
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

export const updateRow: EntryRow<RoomUpdatedEntry> = {
  toEvents: ({ channelId, updates }) => (updates ? [{ name: 'channel-updated', payload: { channelId, updates } }] : []),
  weigh: ({ updates }) => JSON.stringify(updates ?? {}).length,
  isShared: () => false,
};
