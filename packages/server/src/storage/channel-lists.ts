/** Lists of channels, each page by index, newest first. */
import type { Kysely } from 'kysely';
import type { ChannelRow } from './channels.ts';
import type { Tables } from './tables.ts';

/** The last channel of the page before. */
export type ChannelMark = Pick<ChannelRow, 'created_at' | 'id'>;

/** Whose list it is: with `dmsOf`, of DMs only those that this entity is in. */
export type ChannelsWanted = { serverId: string; dmsOf?: string; before?: ChannelMark; limit: number };

export async function listChannels(db: Kysely<Tables>, wanted: ChannelsWanted): Promise<ChannelRow[]> {
  const groups = await listOfType(db, wanted, 'GROUP').execute();
  const { dmsOf } = wanted;
  const dms = listOfType(db, wanted, 'DM');
  const own =
    dmsOf === undefined
      ? dms
      : dms.where('id', 'in', (eb) =>
          eb.selectFrom('participants').select('channel_id').where('entity_id', '=', dmsOf),
        );
  return [...groups, ...(await own.execute())].sort(byAge).slice(0, wanted.limit);
}

const byAge = (a: ChannelMark, b: ChannelMark): number =>
  b.created_at - a.created_at || (b.id < a.id ? -1 : Number(b.id !== a.id));

function listOfType(db: Kysely<Tables>, { serverId, before, limit }: ChannelsWanted, type: ChannelRow['type']) {
  let query = db.selectFrom('channels').selectAll().where('server_id', '=', serverId).where('type', '=', type);
  if (before)
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('created_at', 'id'), '<', tuple(before.created_at, before.id)),
    );
  return query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit);
}

/** Ids of some channels of a server. */
export async function listChannelIds(db: Kysely<Tables>, serverId: string, limit: number): Promise<string[]> {
  const rows = await db.selectFrom('channels').select('id').where('server_id', '=', serverId).limit(limit).execute();
  return rows.map(({ id }) => id);
}
