/**
 * What an agent remembers, as it is looked through by people: messages of its rooms, facts that it learned, and parts of
 * what it was given to know. Newest first, a page at a time.
 */
import type { Message } from 'elizad-protocol';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Engine } from '../engine/engine.ts';
import { inList, inNumbers, isSame, rowsOf } from '../engine/words.ts';
import { fromRow } from '../messages/message-row.ts';
import { countFitting, weight } from '../messages/message-weights.ts';
import { listChannelIdsOf } from '../rooms/channels.ts';
import type { MemoriesTable, Tables } from '../schema/tables.ts';
import { toDigest } from './memories.ts';

export type MemoryRow = Selectable<MemoriesTable>;

/** `before` is a place in the order: a position of the server for messages, a row for memories. Times are ms since the epoch, `until` without itself. */
export type MemoryPage = { before?: number | undefined; since?: number; until?: number; limit: number };

/** `hasMore`: whether there are older ones, because these are as many as wanted, or as heavy as a page may be. */
export type Messages = { messages: Message[]; hasMore: boolean };

/** The last messages of a room. */
export const listMessagesOfRoom = async (db: Kysely<Tables>, channelId: string, page: MemoryPage): Promise<Messages> =>
  listMessagesAt(db, await listPlaces(db, [channelId], await findPlace(db, page), page.limit + 1), page);

/** Last messages of the server that are looked through for those of an agent's rooms; beyond them, how many of its rooms, those that it joined last. */
const nearby = 5_000;
const mostRooms = 500;

/** The last messages of the rooms of an agent, whichever room they are of. */
export async function listMessagesOfAgent(db: Kysely<Tables>, agentId: string, page: MemoryPage): Promise<Messages> {
  const place = await findPlace(db, page);
  const most = page.limit + 1;
  const near = await listNearPlaces(db, agentId, place, most);
  if (near.length === most) return listMessagesAt(db, near, page);
  const far = await listPlaces(db, await listChannelIdsOf(db, agentId, mostRooms), place, most);
  const places = [...new Set([...near, ...far])].sort((a, b) => b - a).slice(0, most);
  return listMessagesAt(db, places, page);
}

const findPlace = async (db: Kysely<Tables>, { before, until }: MemoryPage): Promise<number> =>
  Math.min(before ?? Number.MAX_SAFE_INTEGER, await findPlaceOf(db, until));

/** Of places that are one more than wanted, where there are more. Of heavy messages those that come first. */
async function listMessagesAt(
  db: Kysely<Tables>,
  places: readonly number[],
  { since = 0, limit }: MemoryPage,
): Promise<Messages> {
  const weights = await db
    .selectFrom('messages')
    .select(weight.as('bytes'))
    .where('position', 'in', inNumbers(places))
    .orderBy('position', 'desc')
    .execute();
  const fitting = countFitting(weights.slice(0, limit).map(({ bytes }) => bytes));
  const rows = await db
    .selectFrom('messages')
    .innerJoin('channels', 'channels.id', 'messages.channel_id')
    .selectAll('messages')
    .select('channels.server_id')
    .where('messages.position', 'in', inNumbers(places))
    .where('messages.created_at', '>=', since)
    .orderBy('messages.position', 'desc')
    .limit(fitting)
    .execute();
  // Where some are too old, so is what is behind them.
  return { messages: rows.map(fromRow), hasMore: places.length > fitting && rows.length === fitting };
}

async function listNearPlaces(db: Kysely<Tables>, agentId: string, place: number, limit: number): Promise<number[]> {
  const { rows } = await sql<{ position: number }>`
    select position from (
      select position, channel_id from messages where position < ${place} order by position desc limit ${nearby}) as near
    where exists (
      select 1 from participants where participants.channel_id = near.channel_id and entity_id = ${agentId})
    order by position desc limit ${limit}`.execute(db);
  return rows.map(({ position }) => position);
}

/** The last places of some rooms before one, by the index of each room: of the rooms, first those with the latest. */
async function listPlaces(
  db: Kysely<Tables>,
  channelIds: readonly string[],
  place: number,
  limit: number,
): Promise<number[]> {
  const asked = rowsOf(
    channelIds.map((id) => [id]),
    { id: 'text' },
  );
  const { rows } = await sql<{ position: number }>`
    select message.position from (
      select id, last from (
        select asked.id, (
          select position from messages where channel_id = asked.id and position < ${place}
          order by seq desc limit 1) as last
        from ${asked} as asked) as latest
      where last is not null order by last desc limit ${limit}) as room
    join messages as message on message.position in (
      select position from messages where channel_id = room.id and position < ${place}
      order by seq desc limit ${limit})
    order by message.position desc limit ${limit}`.execute(db);
  return rows.map(({ position }) => position);
}

/** The first place that a message of a time or later has. Times follow places, give or take what is under way at once. */
async function findPlaceOf(db: Kysely<Tables>, time: number | undefined): Promise<number> {
  if (time === undefined) return Number.MAX_SAFE_INTEGER;
  const lastUpTo = (position: number) =>
    db
      .selectFrom('messages')
      .select(['position', 'created_at'])
      .where('position', '<=', position)
      .orderBy('position', 'desc')
      .limit(1)
      .executeTakeFirst();
  let high = ((await lastUpTo(Number.MAX_SAFE_INTEGER))?.position ?? 0) + 1;
  let low = 0;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const found = await lastUpTo(middle);
    if (found && found.created_at >= time) high = found.position;
    else low = middle + 1;
  }
  return high;
}

export async function findMessagePlace(db: Kysely<Tables>, id: string): Promise<number | undefined> {
  const row = await db.selectFrom('messages').select('position').where('id', '=', id).executeTakeFirst();
  return row?.position;
}

/** Facts or knowledge of an agent; of one room where `channelId` is given. */
export const listMemoryRows = (
  db: Kysely<Tables>,
  { agentId, kind, channelId }: { agentId: string; kind: MemoryRow['kind']; channelId?: string | undefined },
  { before, since = 0, until = Number.MAX_SAFE_INTEGER, limit }: MemoryPage,
): Promise<MemoryRow[]> =>
  db
    .selectFrom('memories')
    .selectAll()
    .where('agent_id', '=', agentId)
    .where('kind', '=', kind)
    .$if(channelId !== undefined, (query) => query.where('channel_id', '=', channelId as string))
    .$if(before !== undefined, (query) => query.where('row', '<', before as number))
    .where('created_at', '>=', since)
    .where('created_at', '<', until)
    .orderBy('row', 'desc')
    .limit(limit)
    .execute();

export const findMemoryRow = (db: Kysely<Tables>, agentId: string, id: string): Promise<MemoryRow | undefined> =>
  db.selectFrom('memories').selectAll().where('id', '=', id).where('agent_id', '=', agentId).executeTakeFirst();

/** Gives a fact another text, by which it is found from now on; its embedding is to be made anew. False where the agent knows that of the room already. */
export async function updateFact(
  { db, indexWords }: Pick<Engine, 'db' | 'indexWords'>,
  fact: MemoryRow,
  text: string,
): Promise<boolean> {
  return db.transaction().execute(async (transaction) => {
    const digest = toDigest(text);
    const same = await transaction
      .selectFrom('memories')
      .select('row')
      .where('agent_id', '=', fact.agent_id)
      .where(isSame('channel_id', fact.channel_id))
      .where('digest', '=', digest)
      .where('row', '!=', fact.row)
      .executeTakeFirst();
    if (same) return false;
    const { numUpdatedRows } = await transaction
      .updateTable('memories')
      .set({ text, digest, embedding: null, embedding_model: null })
      .where('row', '=', fact.row)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return true;
    const scope = { agentId: fact.agent_id, channelId: fact.channel_id };
    await indexWords(transaction, [{ row: fact.row, scope, text }]);
    return true;
  });
}

/** Deletes a fact; true when it was there. */
export async function deleteFact(db: Kysely<Tables>, agentId: string, id: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('memories')
    .where('id', '=', id)
    .where('agent_id', '=', agentId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Deletes the facts of some agents, of some rooms or of all; returns how many they were. */
export async function deleteFacts(
  db: Kysely<Tables>,
  agentIds: readonly string[],
  channelIds?: readonly string[],
): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('memories')
    .where('agent_id', 'in', inList(agentIds))
    .where('kind', '=', 'fact')
    .$if(channelIds !== undefined, (query) => query.where('channel_id', 'in', inList(channelIds ?? [])))
    .executeTakeFirst();
  return Number(numDeletedRows);
}
