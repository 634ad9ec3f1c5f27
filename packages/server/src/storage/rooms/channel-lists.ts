/** Lists of channels, each page by index, newest first. */
import { type Kysely, sql } from 'kysely';
import { createQuery } from '../engine/query.ts';
import { inJson, steer } from '../engine/words.ts';
import { countFitting } from '../messages/message-weights.ts';
import type { Tables } from '../schema/tables.ts';
import type { ChannelRow } from './channels.ts';

/** The last channel of the page before. */
export type ChannelMark = Pick<ChannelRow, 'created_at' | 'id'>;

/** What a list shows of a channel: each column of each row takes its time. */
export type ListedChannel = Omit<ChannelRow, 'last_seq' | 'turn_policy' | 'frozen_until' | 'world_id'>;

/** Whose list it is: with `dmsOf`, of DMs only those that this entity is in. */
export type ChannelsWanted = { serverId: string; dmsOf?: string; before?: ChannelMark; limit: number };

/** `hasMore`: whether there are older ones, because these are as many as wanted, or as large as a page may be. */
export type ChannelPage = { channels: ListedChannel[]; hasMore: boolean };

export async function listChannels(db: Kysely<Tables>, wanted: ChannelsWanted): Promise<ChannelPage> {
  const { serverId, dmsOf, limit, before: { created_at: time, id } = newest } = wanted;
  const page = { serverId, limit: limit + 1, time, id };
  const groups = await listGroups(db, page);
  const dms = await (dmsOf === undefined ? listDms(db, page) : listDmsOf(db, { ...page, dmsOf }));
  const found = dms.length === 0 ? groups : [...groups, ...dms].sort(byAge);
  const fitting = countFitting(found.slice(0, limit).map(({ bytes }) => bytes));
  const ids = JSON.stringify(found.slice(0, fitting).map((one) => one.id));
  return { channels: await listByIds(db, { ids }), hasMore: found.length > fitting };
}

/** After every channel. */
const newest: ChannelMark = { created_at: Number.MAX_SAFE_INTEGER, id: '' };

const byAge = (a: ChannelMark, b: ChannelMark): number =>
  b.created_at - a.created_at || (b.id < a.id ? -1 : Number(b.id !== a.id));

/** Those before a time and an id. */
type Page = { serverId: string; time: number; id: string; limit: number };

/** What is kept with a channel is not read before it is known how much that is. */
const takePage = (db: Kysely<Tables>, { time, id, limit }: Page) =>
  db
    .selectFrom('channels')
    .select(['id', 'created_at', sql<number>`octet_length(metadata)`.as('bytes')])
    .where(({ eb, refTuple, tuple }) => eb(refTuple('created_at', 'id'), '<', tuple(time, id)))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit);

const listByIds = createQuery((db, { ids }: { ids: string }) =>
  db
    .selectFrom('channels')
    .select(['id', 'server_id', 'name', 'type', 'declared_type', 'topic'])
    .select(['source_type', 'source_id', 'metadata', 'created_at', 'updated_at'])
    .where('id', 'in', inJson(ids))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc'),
);

const listGroups = createQuery((db, page: Page) =>
  takePage(db, page).where('server_id', '=', page.serverId).where('type', '=', 'GROUP'),
);

const listDms = createQuery((db, page: Page) =>
  takePage(db, page).where('server_id', '=', page.serverId).where('type', '=', 'DM'),
);

/** By who is in them, not through all DMs of the server. */
const listDmsOf = createQuery((db, page: Page & { dmsOf: string }) =>
  takePage(db, page)
    .where('id', 'in', (eb) => eb.selectFrom('participants').select('channel_id').where('entity_id', '=', page.dmsOf))
    .where(steer('server_id'), '=', page.serverId)
    .where(steer('type'), '=', 'DM'),
);

/** Ids of some channels of a server. */
export async function listChannelIds(db: Kysely<Tables>, serverId: string, limit: number): Promise<string[]> {
  const rows = await db.selectFrom('channels').select('id').where('server_id', '=', serverId).limit(limit).execute();
  return rows.map(({ id }) => id);
}
