/** Rows of channels and their participants. */
import { type Insertable, type Kysely, type Selectable, sql } from 'kysely';
import type { ChannelsTable, ParticipantsTable, Tables } from './tables.ts';

export type ChannelRow = Selectable<ChannelsTable>;
export type ParticipantRow = Selectable<ParticipantsTable>;

export async function findChannel(
  db: Kysely<Tables>,
  id: string,
): Promise<{ channel: ChannelRow; participants: ParticipantRow[] } | undefined> {
  const channel = await db.selectFrom('channels').selectAll().where('id', '=', id).executeTakeFirst();
  if (!channel) return undefined;
  const participants = await db
    .selectFrom('participants')
    .selectAll()
    .where('channel_id', '=', id)
    .orderBy('joined_at')
    .orderBy(sql`rowid`)
    .execute();
  return { channel, participants };
}

/** Makes a channel with its participants; does nothing to one that is there. Where there was one before under that id, `seq` goes on. */
export async function insertChannel(
  db: Kysely<Tables>,
  channel: Omit<Insertable<ChannelsTable>, 'last_seq'>,
  participants: ParticipantRow[],
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await transaction
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
      .execute();
    if (participants.length > 0) await upsertParticipants(transaction, participants);
  });
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

export async function deleteParticipant(db: Kysely<Tables>, channelId: string, entityId: string): Promise<void> {
  await db.deleteFrom('participants').where('channel_id', '=', channelId).where('entity_id', '=', entityId).execute();
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
  return (await db.selectFrom('servers').select('id').where('id', '=', id).executeTakeFirst()) !== undefined;
}

/** Freezes a channel until a time (ms since the epoch), or, with null, lets its agents answer again. */
export async function setFrozenUntil(db: Kysely<Tables>, id: string, until: number | null): Promise<void> {
  await db.updateTable('channels').set({ frozen_until: until }).where('id', '=', id).execute();
}
