/**
 * What is said. Written: a message with the turns that it causes, and, where it causes none, its end. Read back: messages
 * by their places in the server's order, each with the end that stands beside it.
 */
import type { Message, Outcome, TurnPolicy } from 'elizad-protocol';
import { type Insertable, type Kysely, sql } from 'kysely';
import { inList, inNumbers, larger, rowsOf, steer } from '../engine/words.ts';
import { fromRow } from '../messages/message-row.ts';
import { countFitting, weighMessage, weight } from '../messages/message-weights.ts';
import { toDedupeKey } from '../schema/dedupe-key.ts';
import type { Tables, TurnsTable } from '../schema/tables.ts';
import { hasOpenTurn, toTurnRow } from '../turns/turn-endings.ts';
import type { CommitGroup, Written } from './commit-group.ts';
import { type CompletedEntry, completeMessage, toCompletedEntry } from './completions.ts';
import type { EntryRow, EntryRows, Range } from './entry.ts';

/** A message has come into a room. */
export type PostedEntry = {
  kind: 'posted';
  position: number;
  channelId: string;
  message: Message;
  clientMessageId: string | null;
};

export type NewMessage = Omit<Message, 'seq'> & { clientMessageId: string | null };

export type PostJob = {
  message: NewMessage;
  /** Agents that must answer the message: one queued turn each. */
  addressees?: readonly string[];
  /** With `reject`, an agent that is at work in the channel is not given another turn. */
  policy?: TurnPolicy;
};

/** `message` is there also where it is a retry: what the first try stored. */
export type Posted = Written<PostedEntry | CompletedEntry> & {
  message: Message;
  /** Whether agents are to answer it. */
  isAwaited: boolean;
  /** How turns ended that the message was refused, for agents that are at work. */
  refused?: Outcome[];
};

export async function writePost(group: CommitGroup, job: PostJob): Promise<Posted> {
  const { message, addressees = [] } = job;
  const key = dedupeKey(message);
  const earlier = key && group.earlier.get(key);
  if (earlier) return { duplicate: true, entries: [], message: earlier, isAwaited: false };
  const { entry, end } = addMessage(group, message, key, addressees.length === 0);
  if (end) return { duplicate: false, entries: [entry, end], message: entry.message, isAwaited: false };
  const link = { rootId: message.id, hops: 0 };
  const caused: Insertable<TurnsTable>[] = [];
  for (const agentId of addressees)
    caused.push(toTurnRow(message, agentId, link, await findRefusal(group, message.channelId, agentId, job)));
  group.rows.turns.push(...caused);
  const refused = caused.flatMap(({ outcome }) => outcome ?? []);
  const isAwaited = refused.length < caused.length;
  const ended = caused.map(({ agent_id, outcome = null, code = null }) => ({ agent_id, outcome, code }));
  const entries = isAwaited ? [entry] : [entry, completeMessage(group, message, ended)];
  return { duplicate: false, entries, message: entry.message, isAwaited, refused };
}

/** Why a message of a person gives an agent no turn, where it does not. What agents cause is bounded by their breaker. */
async function findRefusal(group: CommitGroup, channelId: string, agentId: string, { policy }: PostJob) {
  if (policy === 'reject' && (await isAtWork(group, channelId, agentId))) return 'agent-busy';
  return (await group.admitTurn(channelId)) ? undefined : 'too-many-turns';
}

const isAtWork = async ({ db, rows }: CommitGroup, channelId: string, agentId: string): Promise<boolean> =>
  rows.turns.some((turn) => turn.channel_id === channelId && turn.agent_id === agentId && turn.state === 'queued') ||
  (await hasOpenTurn(db, channelId, agentId));

/** The key of a message's retry; nothing for one that cannot be tried again. */
export const dedupeKey = (message: NewMessage): string | undefined =>
  message.clientMessageId === null
    ? undefined
    : toDedupeKey(message.channelId, message.senderId, message.clientMessageId);

/**
 * Adds a message to a group, under the key of its retry; `seq` is counted when the group is written. One that `endsAtOnce`
 * has its end at the next place.
 */
export function addMessage(
  { earlier, takePlace, rows }: CommitGroup,
  message: NewMessage,
  key: string | undefined,
  endsAtOnce = false,
): { entry: PostedEntry; end?: CompletedEntry } {
  const { clientMessageId, ...said } = message;
  const posted: Message = { ...said, seq: 0 };
  if (key !== undefined) earlier.set(key, posted);
  const position = takePlace();
  const completedAt = endsAtOnce ? takePlace() : null;
  rows.messages.push({ message: posted, clientMessageId, dedupeKey: key ?? null, position, completedAt });
  const entry = toPostedEntry(position, posted, clientMessageId);
  return completedAt === null ? { entry } : { entry, end: toCompletedEntry(completedAt, posted, []) };
}

const toPostedEntry = (position: number, message: Message, clientMessageId: string | null): PostedEntry => ({
  kind: 'posted',
  position,
  channelId: message.channelId,
  message,
  clientMessageId,
});

/** A part that is no longer than this is read as a whole, a longer one by the index of each channel. */
const nearby = 5_000;

/**
 * The messages of a range, and one before it, whose end may be in it, with their ends where these stand beside them. They are
 * all that there are up to `upTo`: of heavy messages fewer are read.
 */
export async function listPosted(
  db: Kysely<Tables>,
  channelIds: readonly string[],
  range: Range,
): Promise<{ entries: (PostedEntry | CompletedEntry)[]; upTo: number }> {
  const places = await listPlaces(db, channelIds, range);
  if (places.length === 0) return { entries: [], upTo: range.upTo };
  // The one before it was read already: there is always another one.
  const known = places.filter(({ position }) => position <= range.after).length;
  const count = known + countFitting(places.slice(known).map(({ bytes }) => bytes));
  const chosen = places.slice(0, count).map(({ position }) => position);
  const rows = await db
    .selectFrom('messages')
    .innerJoin('channels', 'channels.id', 'messages.channel_id')
    .selectAll('messages')
    .select('channels.server_id')
    .where('messages.position', 'in', inNumbers(chosen))
    .orderBy('messages.position')
    .execute();
  const next = places[count];
  const entries = rows.flatMap((row): (PostedEntry | CompletedEntry)[] => {
    const message = fromRow(row);
    const posted = toPostedEntry(row.position, message, row.client_message_id);
    return row.completed_at === null ? [posted] : [posted, toCompletedEntry(row.completed_at, message, [])];
  });
  return { entries, upTo: next ? next.position - 1 : range.upTo };
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

type Said = Pick<PostedEntry, 'message' | 'clientMessageId'>;

/** A message's sender knows it by the id that it had given it. */
const isOwn = ({ message, clientMessageId }: Said, as: string | undefined): boolean =>
  clientMessageId !== null && as === message.senderId;

/** A message, new or changed. */
export const said: EntryRow<Said> = {
  toEvents: (entry, { as }) => {
    const { message, clientMessageId } = entry;
    const own = isOwn(entry, as) && clientMessageId !== null && { clientMessageId };
    return [{ name: 'message-posted', payload: { message, ...own } }];
  },
  weigh: ({ message }) => weighMessage(message),
  isShared: (entry, as) => !isOwn(entry, as),
};

export const postRows: EntryRows<PostedEntry> = { posted: said };
