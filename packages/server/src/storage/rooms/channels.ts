/** Rows of channels and their participants. */
import { type Insertable, type Kysely, type Selectable, sql } from 'kysely';
import { prune } from '../engine/pruning.ts';
import { createQuery } from '../engine/query.ts';
import { splitBatches } from '../engine/statement-shapes.ts';
import { arrivalIn, inList, rowOf, rowsOf } from '../engine/words.ts';
import type { ChannelsTable, ParticipantsTable, Tables } from '../schema/tables.ts';

export type ChannelRow = Selectable<ChannelsTable>;
export type ParticipantRow = Selectable<ParticipantsTable>;

export async function findChannel(
  db: Kysely<Tables>,
  id: string,
): Promise<{ channel: ChannelRow; participants: ParticipantRow[]; lastAt: number } | undefined> {
  const channel = await findChannelRow(db, id);
  if (!channel) return undefined;
  const [last] = await lastTimes(db, { id });
  return { channel, participants: await listParticipants(db, { id }), lastAt: last?.created_at ?? 0 };
}

export async function findChannelRow(db: Kysely<Tables>, id: string): Promise<ChannelRow | undefined> {
  const [row] = await channelsById(db, { id });
  return row;
}

const channelsById = createQuery((db, { id }: { id: string }) =>
  db.selectFrom('channels').selectAll().where('id', '=', id),
);

const lastTimes = createQuery((db, { id }: { id: string }) =>
  db.selectFrom('messages').select('created_at').where('channel_id', '=', id).orderBy('seq', 'desc').limit(1),
);

const listParticipants = createQuery((db, { id }: { id: string }) =>
  db
    .selectFrom('participants')
    .selectAll()
    .where('channel_id', '=', id)
    .orderBy('joined_at')
    .orderBy(arrivalIn('participants')),
);

/** A channel as it is made, with those who take part in it from the first. */
export type ChannelBirth = {
  channel: Omit<Insertable<ChannelsTable>, 'last_seq'>;
  participants: readonly ParticipantRow[];
};

/** Makes channels, in one transaction; does nothing to one that is there. Where there was one before under that id, `seq` goes on. */
export async function insertChannels(db: Kysely<Tables>, births: readonly ChannelBirth[]): Promise<boolean[]> {
  return db.transaction().execute(async (transaction) => {
    const areNew: boolean[] = [];
    for (const birth of births) areNew.push(await insertOne(transaction, birth));
    return areNew;
  });
}

/** The same of one; returns whether it was made. */
export async function insertChannel(
  db: Kysely<Tables>,
  channel: ChannelBirth['channel'],
  participants: ParticipantRow[],
): Promise<boolean> {
  const [isNew = false] = await insertChannels(db, [{ channel, participants }]);
  return isNew;
}

async function insertOne(db: Kysely<Tables>, { channel, participants }: ChannelBirth): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('channels')
    .values((eb) => ({
      ...channel,
      last_seq: eb.fn.coalesce(
        eb
          .selectFrom('room_changes')
          .select((change) => change.fn.max('last_seq').as('last'))
          .where('channel_id', '=', channel.id),
        eb.lit(0),
      ),
    }))
    .onConflict((c) => c.column('id').doNothing())
    .executeTakeFirst();
  const isNew = numInsertedOrUpdatedRows === 1n;
  if (isNew && participants.length > 0) await upsertParticipants(db, [...participants]);
  return isNew;
}

/** Adds participants, or changes the names of those that are there; a row without a name keeps the one it has. */
export async function upsertParticipants(db: Kysely<Tables>, rows: ParticipantRow[]): Promise<void> {
  await db
    .insertInto('participants')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(['channel_id', 'entity_id'])
        .doUpdateSet((eb) => ({ name: eb.fn.coalesce('excluded.name', 'participants.name') })),
    )
    .execute();
}

/** The same of many, of any channels, in one transaction. */
export async function addParticipants(db: Kysely<Tables>, rows: readonly ParticipantRow[]): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    for (const batch of splitBatches(rows)) await upsertParticipants(transaction, batch);
  });
}

export async function deleteParticipant(db: Kysely<Tables>, channelId: string, entityId: string): Promise<void> {
  await db.deleteFrom('participants').where('channel_id', '=', channelId).where('entity_id', '=', entityId).execute();
}

/** Rows that are read or changed in one go, so that others are served in between: an agent may be in very many channels. */
const page = 1_000;

/** Which of some pairs of a channel and somebody take part, as `channel entity`. */
export async function listMembers(
  db: Kysely<Tables>,
  pairs: readonly (readonly [channelId: string, entityId: string])[],
): Promise<Set<string>> {
  const members = new Set<string>();
  for (let from = 0; from < pairs.length; from += page) {
    const asked = rowsOf(pairs.slice(from, from + page), { channel: 'text', entity: 'text' });
    const { rows } = await sql<{ pair: string }>`
      select channel_id || ' ' || entity_id as pair from ${asked} as asked
      cross join participants where channel_id = asked.channel and entity_id = asked.entity`.execute(db);
    for (const { pair } of rows) members.add(pair);
  }
  return members;
}

/** Takes somebody out of all channels. */
export async function deleteParticipantEverywhere(db: Kysely<Tables>, entityId: string): Promise<void> {
  await prune(async (most) => {
    const { numDeletedRows } = await db
      .deleteFrom('participants')
      .where(
        rowOf('participants'),
        'in',
        db
          .selectFrom('participants')
          .select(rowOf('participants').as('row'))
          .where('entity_id', '=', entityId)
          .limit(most),
      )
      .executeTakeFirst();
    return Number(numDeletedRows);
  });
}

/** Gives somebody another name in all channels. */
export async function renameParticipant(db: Kysely<Tables>, entityId: string, name: string): Promise<void> {
  let last = { joined_at: -1, channel_id: '' };
  for (let read = page; read === page; ) {
    const rows = await db
      .selectFrom('participants')
      .select(['joined_at', 'channel_id'])
      .where('entity_id', '=', entityId)
      .where(sql<boolean>`(joined_at, channel_id) > (${last.joined_at}, ${last.channel_id})`)
      .orderBy('joined_at')
      .orderBy('channel_id')
      .limit(page)
      .execute();
    await db
      .updateTable('participants')
      .set({ name })
      .where('entity_id', '=', entityId)
      .where('channel_id', 'in', inList(rows.map(({ channel_id }) => channel_id)))
      .execute();
    read = rows.length;
    last = rows.at(-1) ?? last;
    await new Promise(setImmediate);
  }
}

/** Ids of the channels in which somebody takes part, newest first. */
export async function listChannelIdsOf(db: Kysely<Tables>, entityId: string, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('participants')
    .select('channel_id')
    .where('entity_id', '=', entityId)
    .orderBy('joined_at', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => row.channel_id);
}

export async function hasServer(db: Kysely<Tables>, id: string): Promise<boolean> {
  return (await serversById(db, { id })).length > 0;
}

const serversById = createQuery((db, { id }: { id: string }) =>
  db.selectFrom('servers').select('id').where('id', '=', id),
);

/** Freezes a channel until a time (ms since the epoch), or, with null, lets its agents answer again. */
export async function setFrozenUntil(db: Kysely<Tables>, id: string, until: number | null): Promise<void> {
  await db.updateTable('channels').set({ frozen_until: until }).where('id', '=', id).execute();
}
