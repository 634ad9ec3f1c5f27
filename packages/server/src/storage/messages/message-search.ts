/**
 * Messages by words in them. Not an index, for which every message would pay: the last ones of some channels are looked
 * through, a little at a time, so that nobody waits for a search but who asked for it.
 */
import { type Kysely, sql } from 'kysely';
import { includes, inNumbers } from '../engine/words.ts';
import type { Tables } from '../schema/tables.ts';
import type { ListedMessage } from './message-pages.ts';
import { fromRow } from './message-row.ts';
import { countFitting, weight } from './message-weights.ts';

/** Times are ms since the epoch, both included. */
export type Search = {
  words: string;
  authorId?: string | undefined;
  from?: number | undefined;
  to?: number | undefined;
  limit: number;
};

/** `isPartial`: there was more text than one search looks through or gives, and what is older was left out. */
export type Found = { listed: ListedMessage[]; isPartial: boolean };

/** Messages of each channel that are looked through. */
const mostOfChannel = 2_000;

/** What one step looks through, in messages and in bytes of text: some milliseconds, whatever is searched for. */
const step = 100;
const stepBytes = 250_000;

/** Bytes of text that one search looks through. */
const mostBytes = 10_000_000;

/** Bytes of messages in one answer, with what is beside their words: it is written in one go. */
const mostAnswered = 1_000_000;

/** A message, and how long its text is, or how heavy it is. */
type Place = { seq: number; bytes: number };

/** Up to `limit` messages with some words in them, in any case of ASCII letters; newest first. */
export async function searchMessages(
  db: Kysely<Tables>,
  channelIds: readonly string[],
  search: Search,
): Promise<Found> {
  const listed: ListedMessage[] = [];
  let left = mostBytes;
  let room = mostAnswered;
  for (const channelId of channelIds) {
    let missing = search.limit;
    for await (const places of listSteps(db, channelId, search)) {
      left -= places.reduce((sum, { bytes }) => sum + bytes, 0);
      if (left < 0) break;
      const hits = await findWords(db, channelId, places, search.words, missing);
      const fitting = countFitting(
        hits.map(({ bytes }) => bytes),
        room,
      );
      listed.push(...(await readMessages(db, channelId, hits.slice(0, fitting))));
      missing -= hits.length;
      room -= hits.reduce((sum, { bytes }) => sum + bytes, 0);
      // Sockets come first.
      await new Promise(setImmediate);
      if (missing === 0 || room < 0) break;
    }
    if (room < 0) break;
  }
  listed.sort((a, b) => b.message.createdAt - a.message.createdAt);
  return { listed: listed.slice(0, search.limit), isPartial: left < 0 || room < 0 };
}

/** The messages of a channel that are looked through, newest first, in steps. The texts themselves are not read for that. */
async function* listSteps(
  db: Kysely<Tables>,
  channelId: string,
  { authorId, from = 0, to = Number.MAX_SAFE_INTEGER }: Search,
): AsyncGenerator<Place[]> {
  let before = Number.MAX_SAFE_INTEGER;
  for (let seen = 0; seen < mostOfChannel; seen += step) {
    const rows = await db
      .selectFrom('messages')
      .select(['seq', 'sender_id', 'created_at', sql<number>`octet_length(text)`.as('bytes')])
      .where('channel_id', '=', channelId)
      .where('seq', '<', before)
      .orderBy('seq', 'desc')
      .limit(step)
      .execute();
    const wanted = rows.filter(
      ({ sender_id, created_at }) =>
        (authorId === undefined || sender_id === authorId) && created_at >= from && created_at <= to,
    );
    yield* splitByBytes(wanted);
    if (rows.length < step) return;
    before = rows.at(-1)?.seq ?? 0;
  }
}

/** One text at least in each, however long it is. */
function* splitByBytes(places: readonly Place[]): Generator<Place[]> {
  let part: Place[] = [];
  let bytes = 0;
  for (const place of places) {
    if (part.length > 0 && bytes + place.bytes > stepBytes) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(place);
    bytes += place.bytes;
  }
  if (part.length > 0) yield part;
}

const findWords = (
  db: Kysely<Tables>,
  channelId: string,
  places: readonly Place[],
  words: string,
  limit: number,
): Promise<Place[]> =>
  db
    .selectFrom('messages')
    .select(['seq', weight.as('bytes')])
    .where('channel_id', '=', channelId)
    .where('seq', 'in', listSeqs(places))
    .where(includes('text', words))
    .orderBy('seq', 'desc')
    .limit(limit)
    .execute();

async function readMessages(db: Kysely<Tables>, channelId: string, places: readonly Place[]): Promise<ListedMessage[]> {
  if (places.length === 0) return [];
  const rows = await db
    .selectFrom('messages')
    .innerJoin('channels', 'channels.id', 'messages.channel_id')
    .selectAll('messages')
    .select('channels.server_id')
    .where('messages.channel_id', '=', channelId)
    .where('seq', 'in', listSeqs(places))
    .orderBy('seq', 'desc')
    .execute();
  return rows.map((row) => ({ message: fromRow(row), clientMessageId: row.client_message_id }));
}

const listSeqs = (places: readonly Place[]) => inNumbers(places.map(({ seq }) => seq));
