/** Lists of channels, each page by index, newest first. */
import { type Kysely, sql } from 'kysely';
import type { ChannelRow } from './channels.ts';
import type { Tables } from './tables.ts';

/** The last channel of the page before. */
export type ChannelMark = Pick<ChannelRow, 'created_at' | 'id'>;

/** Whose list it is: with `dmsOf`, of DMs only those that this entity is in. */
export type ChannelsWanted = { serverId: string; dmsOf?: string; before?: ChannelMark; limit: number };

export async function listChannels(db: Kysely<Tables>, wanted: ChannelsWanted): Promise<ChannelRow[]> {
  const { dmsOf, limit } = wanted;
  const groups = await listOfType(db, wanted, 'GROUP').execute();
  const dms = await (dmsOf === undefined ? listOfType(db, wanted, 'DM') : listDmsOf(db, wanted, dmsOf)).execute();
  return [...groups, ...dms].sort(byAge).slice(0, limit);
}

const byAge = (a: ChannelMark, b: ChannelMark): number =>
  b.created_at - a.created_at || (b.id < a.id ? -1 : Number(b.id !== a.id));

function listOfType(db: Kysely<Tables>, wanted: ChannelsWanted, type: ChannelRow['type']) {
  return takePage(db, wanted).where('server_id', '=', wanted.serverId).where('type', '=', type);
}

/** By who is in them: the plus keeps SQLite from going through all DMs of the server. */
function listDmsOf(db: Kysely<Tables>, wanted: ChannelsWanted, entityId: string) {
  return takePage(db, wanted)
    .where('id', 'in', (eb) => eb.selectFrom('participants').select('channel_id').where('entity_id', '=', entityId))
    .where(sql`+server_id`, '=', wanted.serverId)
    .where(sql`+type`, '=', 'DM');
}

function takePage(db: Kysely<Tables>, { before, limit }: ChannelsWanted) {
  const page = db.selectFrom('channels').selectAll().orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit);
  if (!before) return page;
  return page.where(({ eb, refTuple, tuple }) =>
    eb(refTuple('created_at', 'id'), '<', tuple(before.created_at, before.id)),
  );
}

/** Ids of some channels of a server. */
export async function listChannelIds(db: Kysely<Tables>, serverId: string, limit: number): Promise<string[]> {
  const rows = await db.selectFrom('channels').select('id').where('server_id', '=', serverId).limit(limit).execute();
  return rows.map(({ id }) => id);
}
