/**
 * How many turns may be open (stop 4 of the walk): in one room, and in all. What is asked beyond that is stored, and its
 * turns end as they begin.
 */
import type { Transaction } from 'kysely';
import type { Tables } from './tables.ts';
import { countOpenTurns } from './turns.ts';

export type TurnBounds = { inRoom: number; inAll: number };

/** Asked once for each turn of a group of writes; false where there may be no more. */
export type AdmitTurn = (channelId: string) => Promise<boolean>;

/** All of them are counted again after so long, in ms: where thousands are asked for in vain, the count costs more than all else. */
const recountMs = 100;

/** Makes what each group of writes asks. It may let some more pass than the bound, never fewer. */
export function createTurnGate({ inRoom, inAll }: TurnBounds): (db: Transaction<Tables>) => AdmitTurn {
  // Those that end are not subtracted: it is counted again before any is refused.
  let openInAll = inAll;
  let countedAt = Number.NEGATIVE_INFINITY;
  return (db) => {
    const openInRooms = new Map<string, number>();
    let admitted = 0;
    return async (channelId) => {
      const open = openInRooms.get(channelId) ?? (await countOpenTurns(db, inRoom, channelId));
      openInRooms.set(channelId, open);
      if (openInAll >= inAll && performance.now() - countedAt > recountMs) {
        countedAt = performance.now();
        openInAll = (await countOpenTurns(db, inAll)) + admitted;
      }
      if (open >= inRoom || openInAll >= inAll) return false;
      openInRooms.set(channelId, open + 1);
      openInAll += 1;
      admitted += 1;
      return true;
    };
  };
}
