/** What came of a message: how the turns of its chain ended, and what agents said in them. */
import type { Message } from 'elizad-protocol';
import type { Kysely } from 'kysely';
import { createQuery } from '../engine/query.ts';
import { inJson } from '../engine/words.ts';
import { toDedupeKey } from '../schema/dedupe-key.ts';
import type { Tables } from '../schema/tables.ts';
import type { EndedTurn } from '../turns/turn-endings.ts';
import type { TurnRow } from '../turns/turns.ts';
import { fromRow } from './message-row.ts';

/** `answers` in the order in which they were said. */
export type MessageEnd = { turns: EndedTurn[]; answers: Message[] };

/** The same while it is not over: `turnIds` are of the turns, answered or not, and `answers` what was said by now. */
export type MessageProgress = MessageEnd & { turnIds: string[]; isOver: boolean };

/** Undefined while a turn of the message is open. A message that is gone has ended with nothing. */
export async function findMessageEnd(
  db: Kysely<Tables>,
  message: Pick<Message, 'id' | 'channelId'>,
): Promise<MessageEnd | undefined> {
  const turns = await listTurns(db, message.id);
  return isOver(turns) ? toProgress(db, message, turns) : undefined;
}

/** What came of a message by now. */
export async function findMessageProgress(
  db: Kysely<Tables>,
  message: Pick<Message, 'id' | 'channelId'>,
): Promise<MessageProgress> {
  return toProgress(db, message, await listTurns(db, message.id));
}

type Turn = Pick<TurnRow, 'id' | 'agent_id' | 'outcome' | 'code' | 'state'>;

const listTurns = (db: Kysely<Tables>, rootId: string): Promise<Turn[]> => turnsOfRoot(db, { rootId });

const turnsOfRoot = createQuery((db, { rootId }: { rootId: string }) =>
  db
    .selectFrom('turns')
    .select(['id', 'agent_id', 'outcome', 'code', 'state'])
    .where('root_id', '=', rootId)
    .orderBy('position'),
);

const isOver = (turns: readonly Turn[]): boolean => turns.every(({ state }) => state === 'ended');

async function toProgress(
  db: Kysely<Tables>,
  { channelId }: Pick<Message, 'channelId'>,
  turns: readonly Turn[],
): Promise<MessageProgress> {
  // A turn answers under its own id, so that it does so once.
  const keys = turns.map((turn) => toDedupeKey(channelId, turn.agent_id, turn.id));
  const rows = keys.length === 0 ? [] : await messagesByKey(db, { keys: JSON.stringify(keys) });
  return {
    turns: turns.map(({ agent_id, outcome, code }) => ({ agent_id, outcome, code })),
    turnIds: turns.map(({ id }) => id),
    answers: rows.map(fromRow),
    isOver: isOver(turns),
  };
}

const messagesByKey = createQuery((db, { keys }: { keys: string }) =>
  db
    .selectFrom('messages')
    .innerJoin('channels', 'channels.id', 'messages.channel_id')
    .selectAll('messages')
    .select('channels.server_id')
    .where('dedupe_key', 'in', inJson(keys))
    .orderBy('seq'),
);
