/**
 * How many turns may be open (stop 4 of the walk): in one room, and in all. What is asked beyond that is stored, and its
 * turns end as they begin.
 */
import type { Transaction } from 'kysely';
import type { Tables } from '../schema/tables.ts';
import { countOpenTurns } from './turns.ts';

export type TurnBounds = { inRoom: number; inAll: number };

/** Asked once for each turn of a group of writes; false where there may be no more. */
export type AdmitTurn = (channelId: string) => Promise<boolean>;

/** So many are open at most: those that were counted, and those that came since. Who has ended since is not known. */
type Estimate = { open: number; countedAt: number };

/** What is full is counted again after so long, in ms: a count looks at all that are open. */
const recountMs = 100;

/** Rooms of which an estimate is kept. */
const keptRooms = 1_000;

const unknown = (): Estimate => ({ open: Number.POSITIVE_INFINITY, countedAt: Number.NEGATIVE_INFINITY });

/** Makes what each group of writes asks. None is refused before they are counted. */
export function createTurnGate({ inRoom, inAll }: TurnBounds): (db: Transaction<Tables>) => AdmitTurn {
  const all = unknown();
  const rooms = new Map<string, Estimate>();

  async function isFull(estimate: Estimate, most: number, count: () => Promise<number>): Promise<boolean> {
    const now = performance.now();
    if (estimate.open >= most && now - estimate.countedAt > recountMs)
      Object.assign(estimate, { open: await count(), countedAt: now });
    return estimate.open >= most;
  }

  return (db) => {
    if (rooms.size > keptRooms) rooms.clear();
    /** The channels of those that the group adds: they are counted when it is written. */
    const added: string[] = [];
    return async (channelId) => {
      const room = rooms.get(channelId) ?? unknown();
      rooms.set(channelId, room);
      const countRoom = async () =>
        (await countOpenTurns(db, inRoom, channelId)) + added.filter((id) => id === channelId).length;
      const countAll = async () => (await countOpenTurns(db, inAll)) + added.length;
      if ((await isFull(room, inRoom, countRoom)) || (await isFull(all, inAll, countAll))) return false;
      room.open += 1;
      all.open += 1;
      added.push(channelId);
      return true;
    };
  };
}
