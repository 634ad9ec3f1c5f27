/** The end of a turn, with the message that answers or without one. With the last turn of a chain its message has ended. */
import type { TracesTable } from '../schema/tables.ts';
import { endTurn, type TurnEnding, toTurnRow } from '../turns/turn-endings.ts';
import { type CommitGroup, nothingToDo, type Written } from './commit-group.ts';
import { type CompletedEntry, completeMessage } from './completions.ts';
import { addMessage, dedupeKey, type NewMessage, type PostedEntry } from './posts.ts';

export type TurnEndJob = {
  ends: TurnEnding;
  message?: NewMessage | undefined;
  /** Agents that must answer the message: one queued turn each. */
  addressees?: readonly string[] | undefined;
  trace?: TracesTable | undefined;
};

/** `duplicate` when the turn has ended, or when its message was stored by an earlier try. */
export async function writeTurnEnd(
  group: CommitGroup,
  { ends, message, addressees = [], trace }: TurnEndJob,
): Promise<Written<PostedEntry | CompletedEntry>> {
  const { db, open, rows } = group;
  const key = message && dedupeKey(message);
  if ((key && group.earlier.has(key)) || !open.has(ends.turnId)) return nothingToDo;
  const entries: (PostedEntry | CompletedEntry)[] = [];
  if (message) {
    entries.push(addMessage(group, message, key).entry);
    const link = { ...ends, hops: ends.hops + 1 };
    for (const agentId of addressees) rows.turns.push(toTurnRow(message, agentId, link));
  }
  if (trace) rows.traces.push(trace);
  const ended = await endTurn(db, ends);
  const { rootId: id, channelId, serverId } = ends;
  const goesOn = rows.turns.some(({ root_id, state }) => root_id === id && state === 'queued');
  if (ended && !goesOn) entries.push(completeMessage(group, { id, channelId, serverId }, ended));
  return { duplicate: false, entries };
}
