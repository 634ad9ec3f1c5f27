/** The rooms of an agent as rows: channels that it takes part in. */
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../schema/tables.ts';
import type { ChannelRow } from './channels.ts';

/** The mark, as `source_id`, of a room that was made for several agents at once. */
export const groupMark = 'agent-group';

/** The one that the agent joined last first; those that come after the room `before`. */
export async function listRoomsOf(
  db: Kysely<Tables>,
  agentId: string,
  limit: number,
  before?: string,
): Promise<ChannelRow[]> {
  return db
    .selectFrom('participants')
    .innerJoin('channels', 'channels.id', 'participants.channel_id')
    .selectAll('channels')
    .where('entity_id', '=', agentId)
    .$if(before !== undefined, (query) =>
      query.where(
        sql<boolean>`(joined_at, channel_id) < (select joined_at, channel_id from participants
          where channel_id = ${before} and entity_id = ${agentId})`,
      ),
    )
    .orderBy('joined_at', 'desc')
    .orderBy('channel_id', 'desc')
    .limit(limit)
    .execute();
}

/** Rooms of a server that were made for several agents, newest first. */
export async function listGroupIds(db: Kysely<Tables>, serverId: string, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('channels')
    .select('id')
    .where('server_id', '=', serverId)
    .where('source_id', '=', groupMark)
    .orderBy('created_at', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}
