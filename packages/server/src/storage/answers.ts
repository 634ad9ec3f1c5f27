/** What came of a message: how the turns of its chain ended, and what agents said in them. */
import type { Message } from 'elizad-protocol';
import type { Kysely } from 'kysely';
import { inList } from './batches.ts';
import { fromRow, toDedupeKey } from './message-row.ts';
import type { Tables } from './tables.ts';
import type { EndedTurn } from './turn-endings.ts';

/** `answers` in the order in which they were said. */
export type MessageEnd = { turns: EndedTurn[]; answers: Message[] };

/** Undefined while a turn of the message is open. A message that is gone has ended with nothing. */
export async function findMessageEnd(
  db: Kysely<Tables>,
  { id, channelId }: Pick<Message, 'id' | 'channelId'>,
): Promise<MessageEnd | undefined> {
  const turns = await db
    .selectFrom('turns')
    .select(['id', 'agent_id', 'outcome', 'code', 'state'])
    .where('root_id', '=', id)
    .orderBy('position')
    .execute();
  if (turns.some(({ state }) => state !== 'ended')) return undefined;
  // A turn answers under its own id, so that it does so once.
  const keys = turns.map((turn) => toDedupeKey(channelId, turn.agent_id, turn.id));
  const rows = await db
    .selectFrom('messages')
    .innerJoin('channels', 'channels.id', 'messages.channel_id')
    .selectAll('messages')
    .select('channels.server_id')
    .where('dedupe_key', 'in', inList(keys))
    .orderBy('seq')
    .execute();
  return {
    turns: turns.map(({ agent_id, outcome, code }) => ({ agent_id, outcome, code })),
    answers: rows.map(fromRow),
  };
}
