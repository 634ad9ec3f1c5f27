/** Reads of the message log, each by index: the last ones of a channel, and those after a `seq`. */
import type { Attachment, Message } from 'elizad-protocol';
import { type Kysely, sql } from 'kysely';
import type { Flag } from '../engine/numbers.ts';
import { inList, inNumbers, larger, rowsOf, steer } from '../engine/words.ts';
import { fromRow } from '../messages/message-row.ts';
import { countFitting, countReadable, mostRead, weight } from '../messages/message-weights.ts';
import type { Tables } from '../schema/tables.ts';
import type { TurnRow } from '../turns/turns.ts';
import { type DeletionEntry, listDeletions, type Range } from './deletions.ts';
import { listRemovals, type RemovalEntry } from './removals.ts';
import { listRoomChanges, type RoomChangeEntry } from './room-changes.ts';

const withServer = (db: Kysely<Tables>) =>
  db
    .selectFrom('messages')
    .innerJoin('channels', 'channels.id', 'messages.channel_id')
    .selectAll('messages')
    .select('channels.server_id');

/** The last `most` messages of a channel up to and including `upTo` (a `seq`), oldest first; of heavy ones fewer. */
export async function listLastMessages(
  db: Kysely<Tables>,
  channelId: string,
  most: number,
  upTo = Number.MAX_SAFE_INTEGER - 1,
  bytes = mostRead,
): Promise<Message[]> {
  const limit = await countReadable(db, 'newest', { channelId, after: 0, before: upTo + 1, limit: most }, bytes);
  const rows = await withServer(db)
    .where('messages.channel_id', '=', channelId)
    .where('messages.seq', '<=', upTo)
    .orderBy('messages.seq', 'desc')
    .limit(limit)
    .execute();
  return rows.reverse().map(fromRow);
}

/** Up to `most` messages of a channel after a `seq`, oldest first; of heavy ones fewer. */
export async function listMessagesAfter(
  db: Kysely<Tables>,
  channelId: string,
  seq: number,
  most: number,
): Promise<Message[]> {
  const between = { channelId, after: seq, before: Number.MAX_SAFE_INTEGER, limit: most };
  const limit = await countReadable(db, 'oldest', between);
  const rows = await withServer(db)
    .where('messages.channel_id', '=', channelId)
    .where('messages.seq', '>', seq)
    .orderBy('messages.seq', 'asc')
    .limit(limit)
    .execute();
  return rows.map(fromRow);
}

export async function findMessage(db: Kysely<Tables>, id: string): Promise<Message | undefined> {
  const row = await withServer(db).where('messages.id', '=', id).executeTakeFirst();
  return row && fromRow(row);
}

/** What a model needs of a message. */
export type Spoken = Pick<Message, 'id' | 'channelId' | 'seq' | 'senderId' | 'senderName' | 'text'> & {
  /** Whether something is attached to it; `listAttachments` says what. */
  hasAttachments: Flag;
};

const spoken = (db: Kysely<Tables>) =>
  db
    .selectFrom('messages')
    .select(['id', 'channel_id as channelId', 'seq', 'sender_id as senderId', 'sender_name as senderName', 'text'])
    .select(sql<Flag>`attachments <> '[]'`.as('hasAttachments'));

/** What nobody said: notices, and what agents did, which the one who did it knows. */
const unspoken = ['agent_action', 'agent_question', 'system'];

/** The last `limit` messages of a channel up to and including `upTo` (a `seq`) as a model sees them, oldest first. */
export async function listLastSpoken(
  db: Kysely<Tables>,
  channelId: string,
  limit: number,
  upTo = Number.MAX_SAFE_INTEGER,
): Promise<Spoken[]> {
  const rows = await spoken(db)
    .where('channel_id', '=', channelId)
    .where('seq', '<=', upTo)
    .where('source', 'not in', unspoken)
    .orderBy('seq', 'desc')
    .limit(limit)
    .execute();
  return rows.reverse();
}

/** The first `limit` messages of a channel as a model sees them, oldest first. */
export const listFirstSpoken = (db: Kysely<Tables>, channelId: string, limit: number): Promise<Spoken[]> =>
  spoken(db)
    .where('channel_id', '=', channelId)
    .where('source', 'not in', unspoken)
    .orderBy('seq')
    .limit(limit)
    .execute();

export async function findSpoken(db: Kysely<Tables>, id: string): Promise<Spoken | undefined> {
  return spoken(db).where('id', '=', id).executeTakeFirst();
}

/** What is attached to some messages, by their id. It may be large: ask for few. */
export async function listAttachments(
  db: Kysely<Tables>,
  messageIds: readonly string[],
): Promise<Map<string, Attachment[]>> {
  const rows = await db
    .selectFrom('messages')
    .select(['id', 'attachments'])
    .where('id', 'in', inList(messageIds))
    .execute();
  return new Map(rows.map(({ id, attachments }) => [id, JSON.parse(attachments) as Attachment[]]));
}

/** An entry of the server's log. */
export type LogEntry = SpokenEntry | DeletionEntry | RoomChangeEntry | RemovalEntry;

/** A message; of a completion, with how the turns of that message ended. */
export type SpokenEntry = {
  position: number;
  message: Message;
  clientMessageId: string | null;
  completed?: Pick<TurnRow, 'agent_id' | 'outcome' | 'code'>[];
};

/** Changes of rooms, and removals from them, that are read at a time: each may name hundreds of messages, or of people. */
const mostChanges = 20;

/** A part that is no longer than this is read as a whole, a longer one by the index of each channel. */
const nearby = 5_000;

/** Log entries of some channels. They are all that there are up to `readUpTo`; where that is not the end of the range, ask on. */
export type LogPage = { entries: LogEntry[]; readUpTo: number };

/** Up to `limit` log entries of some channels, after one position and up to another, in order; of heavy ones fewer. */
export async function listLogEntries(
  db: Kysely<Tables>,
  channelIds: readonly string[],
  range: Range,
): Promise<LogPage> {
  const { after, limit } = range;
  if (channelIds.length === 0 || after >= range.upTo) return { entries: [], readUpTo: range.upTo };
  const { rows, upTo } = await listPosted(db, channelIds, range);
  const posted = rows.flatMap((row): SpokenEntry[] => {
    const entry = { position: row.position, message: fromRow(row), clientMessageId: row.client_message_id };
    return row.completed_at === null ? [entry] : [entry, { ...entry, position: row.completed_at, completed: [] }];
  });
  const rare = await findRare(db, range);
  const lists = [listCompletions, ...(rare.edits ? [listEdits] : []), ...(rare.deletions ? [listDeletions] : [])];
  const others = await Promise.all(lists.map((list) => list(db, channelIds, range)));
  const few = { ...range, limit: mostChanges };
  const changes: LogEntry[][] = rare.room_changes
    ? [await listRoomChanges(db, channelIds, few), await listRemovals(db, channelIds, few)]
    : [];
  const ends = changes.flatMap((list) => (list.length < mostChanges ? [] : list.slice(-1)));
  const end = Math.min(upTo, ...ends.map(({ position }) => position));
  const entries = [...posted, ...others.flat(), ...changes.flat()]
    .filter(({ position }) => position > after && position <= end)
    .sort((a, b) => a.position - b.position)
    .slice(0, limit);
  return { entries, readUpTo: entries.length < limit ? end : (entries.at(-1)?.position ?? end) };
}

/** Which of the rare entries are in a range at all, of any channel: most have none. */
async function findRare(
  db: Kysely<Tables>,
  { after, upTo }: Range,
): Promise<Record<'edits' | 'deletions' | 'room_changes', Flag>> {
  const isThere = (table: string) =>
    sql<Flag>`exists (select 1 from ${sql.table(table)} where position > ${after} and position <= ${upTo})`;
  return db
    .selectNoFrom([
      isThere('edits').as('edits'),
      isThere('deletions').as('deletions'),
      isThere('room_changes').as('room_changes'),
    ])
    .executeTakeFirstOrThrow();
}

/** The messages of a range, and one before it, whose completion may be in it. Heavy ones up to `upTo`, in place of all. */
async function listPosted(db: Kysely<Tables>, channelIds: readonly string[], range: Range) {
  const places = await listPlaces(db, channelIds, range);
  if (places.length === 0) return { rows: [], upTo: range.upTo };
  // The one before it was read already: there is always another one.
  const known = places.filter(({ position }) => position <= range.after).length;
  const count = known + countFitting(places.slice(known).map(({ bytes }) => bytes));
  const chosen = places.slice(0, count).map(({ position }) => position);
  const rows = await withServer(db)
    .where('messages.position', 'in', inNumbers(chosen))
    .orderBy('messages.position')
    .execute();
  const next = places[count];
  return { rows, upTo: next ? next.position - 1 : range.upTo };
}

/** Where the messages of a range are, and what each weighs. */
async function listPlaces(
  db: Kysely<Tables>,
  channelIds: readonly string[],
  { after, upTo, limit }: Range,
): Promise<{ position: number; bytes: number }[]> {
  const inRange = db
    .selectFrom('messages')
    .select(['messages.position', weight.as('bytes')])
    .where('messages.position', '>=', after)
    .where('messages.position', '<=', upTo)
    .orderBy('messages.position')
    .limit(limit + 1);
  // Not by the index of channels.
  if (upTo - after <= nearby) return inRange.where(steer('messages.channel_id'), 'in', inList(channelIds)).execute();
  // By halves: the last message before the range is none below `low`, and none above `high`.
  const middle = sql`(low + high + 1) / 2`;
  const isBefore = sql`coalesce((select position from messages where channel_id = room and seq >= ${middle}
    order by seq limit 1) < ${after}, false)`;
  const asked = rowsOf(
    channelIds.map((id) => [id]),
    { id: 'text' },
  );
  const edges = sql<{ id: string; seq: number; last: number }>`(
    with recursive search (room, low, high) as (
      select asked.id, 0, coalesce((select max(seq) from messages where channel_id = asked.id), 0)
        from ${asked} as asked
      union all
      select room, case when ${isBefore} then ${middle} else low end, case when ${isBefore} then high else ${middle} - 1 end
        from search where low < high)
    select id, seq, coalesce((select message.seq from messages as message where message.channel_id = start.id
      and message.seq > start.seq order by message.seq limit 1 offset ${limit}), ${Number.MAX_SAFE_INTEGER}) as last
    from (select room as id,
      ${larger(sql`low`, sql`coalesce((select max(last_seq) from room_changes where channel_id = room), 0)`)} as seq
      from search where low = high) as start)`.as<'edge'>('edge');
  // Of each channel as many as there may be of all, however many between them were deleted.
  return (
    db
      .selectFrom(edges)
      // In this order: SQLite would go through all messages.
      .crossJoin('messages')
      .select(['messages.position', weight.as('bytes')])
      .whereRef('messages.channel_id', '=', 'edge.id')
      .whereRef('messages.seq', '>', 'edge.seq')
      .whereRef('messages.seq', '<=', 'edge.last')
      .where('messages.position', '>=', after)
      .where('messages.position', '<=', upTo)
      .orderBy('messages.position')
      .limit(limit + 1)
      .execute()
  );
}

async function listCompletions(
  db: Kysely<Tables>,
  channelIds: readonly string[],
  { after, upTo, limit }: Range,
): Promise<SpokenEntry[]> {
  const rows = await withServer(db)
    .innerJoin('completions', 'completions.message_id', 'messages.id')
    .select('completions.position as ended_at')
    .where('completions.channel_id', 'in', inList(channelIds))
    .where('completions.position', '>', after)
    .where('completions.position', '<=', upTo)
    .orderBy('completions.position')
    .limit(limit)
    .execute();
  if (rows.length === 0) return [];
  const turns = await db
    .selectFrom('turns')
    .select(['root_id', 'agent_id', 'outcome', 'code'])
    .where('root_id', 'in', inList(rows.map(({ id }) => id)))
    .orderBy('position')
    .execute();
  const byMessage = Map.groupBy(turns, (turn) => turn.root_id);
  return rows.map((row) => ({
    position: row.ended_at,
    message: fromRow(row),
    clientMessageId: row.client_message_id,
    completed: byMessage.get(row.id) ?? [],
  }));
}

/** Changes of messages that were posted before the range; those in it are read as they are now. */
async function listEdits(
  db: Kysely<Tables>,
  channelIds: readonly string[],
  { after, upTo, limit }: Range,
): Promise<LogEntry[]> {
  const rows = await withServer(db)
    .innerJoin('edits', 'edits.message_id', 'messages.id')
    .select('edits.position as edited_at')
    .where('edits.channel_id', 'in', inList(channelIds))
    .where('edits.position', '>', after)
    .where('edits.position', '<=', upTo)
    .where('messages.position', '<=', after)
    .orderBy('edits.position')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    position: row.edited_at,
    message: fromRow(row),
    clientMessageId: row.client_message_id,
  }));
}

/** The last place in the server's order; 0 when nothing was ever said. */
export async function getLastPosition(db: Kysely<Tables>): Promise<number> {
  const message = await db
    .selectFrom('messages')
    .select((eb) => eb.fn.coalesce('completed_at', 'position').as('last'))
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst();
  let last = message?.last ?? 0;
  for (const table of ['completions', 'edits', 'deletions', 'room_changes'] as const) {
    const row = await db
      .selectFrom(table)
      .select((eb) => eb.fn.max('position').as('last'))
      .executeTakeFirst();
    last = Math.max(last, row?.last ?? 0);
  }
  return last;
}
