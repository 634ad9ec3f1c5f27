/**
 * Everything that happens in a room, in its order, for a reader that is no socket: first what it missed, from the store,
 * then what is said while it listens. Nothing falls between, and nothing comes twice.
 */
import { ElizadError } from 'elizad-protocol';
import { isSoon } from '../../pacing/is-soon.ts';
import { takeTurn } from '../../pacing/take-turn.ts';
import type { EntryEvent } from '../../storage/journal/entry.ts';
import type { LogEntry } from '../../storage/journal/kinds.ts';
import { findRemovals, listEditedAfter } from '../../storage/journal/removals.ts';
import type { Channel } from '../directories/channel.ts';
import { isRemovalOf, isShared, toEvents } from '../events/entry-events.ts';
import { formatOffset, type Offset, type Told } from '../events/log-position.ts';
import { isTakingOut } from '../events/room-feed.ts';
import type { Messaging } from '../ground/context.ts';
import { readSharedPage } from './shared-pages.ts';

export type RoomReader = {
  /** Who reads; nobody in particular, and so nobody who can be taken out, where it is left out. */
  entityId?: string;
  /**
   * Takes an event; `place` is where one stands after it, and is missing where that is nowhere. All readers are given the
   * same object for the same event, so that what is made of it can be shared.
   */
  take(event: EntryEvent, place: string | undefined): void;
  /** Resolves when more can be taken, with false when the reader has gone. */
  isReady(): Promise<boolean>;
  /** The room was deleted, or the reader was taken out of it: nothing more comes. A room that is made anew is another one. */
  end(): void;
};

/**
 * Hands a reader what happened in a channel after `from`, or without it what happens from now on; of an answer under way,
 * what was said so far. Resolves when nothing more is missing, with how to stop.
 */
export async function followRoom(
  { database, feed, answers }: Pick<Messaging, 'database' | 'feed' | 'answers'>,
  told: Told,
  channelId: string,
  from: Offset | undefined,
  reader: RoomReader,
): Promise<() => void> {
  const give = (events: readonly EntryEvent[], place: string | undefined) => {
    // With the last event only: who gets only some of them gets all of them again.
    for (const [index, event] of events.entries()) reader.take(event, index === events.length - 1 ? place : undefined);
  };
  const posted = new Set<string>();
  const { entityId } = reader;
  const endAsTakenOut = () => {
    const payload = new ElizadError('removed-from-room', { roomId: channelId }).toWire();
    reader.take({ name: 'failed', payload }, undefined);
    reader.end();
  };
  let after = from?.position ?? told.position;
  const heard = after;
  /** Gives what fits; what is left of a page is not held for a reader that takes long. Returns nothing after the last. */
  const givePage = async (): Promise<{ isReady: Promise<boolean> } | undefined> => {
    const { entries, readUpTo } = await readSharedPage(database, told, channelId, after);
    const isFor = await chooseEntries(database, channelId, entityId, heard);
    for (const entry of entries.filter(isFor)) {
      const place = formatOffset(told, { position: entry.position, mark: from?.mark ?? 0 });
      if (isRemovalOf(entry, entityId)) {
        give(toEvents(entry, { heard, as: entityId }), place);
        endAsTakenOut();
        return undefined;
      }
      give(toEventsOnce(entry, heard), place);
      if (entry.kind === 'posted') posted.add(entry.message.id);
      if (entry.kind === 'room-deleted') {
        reader.end();
        return undefined;
      }
      after = entry.position;
      const isReady = reader.isReady();
      if (!(await isSoon(isReady))) return { isReady };
      if (!(await isReady)) return undefined;
    }
    after = readUpTo;
    return { isReady: Promise.resolve(true) };
  };
  while (after < told.position) {
    const given = await givePage();
    if (!given || !(await given.isReady)) return () => {};
    // Sockets come first.
    if (after < told.position) await takeTurn();
  }
  // From here on nothing waits.
  if (from) {
    for (const { mark, chunk } of answers.list([channelId], from.mark))
      if (!posted.has(chunk.messageId))
        reader.take({ name: 'chunk-streamed', payload: chunk }, formatOffset(told, { position: told.position, mark }));
  } else {
    for (const soFar of answers.listSoFar(channelId))
      reader.take({ name: 'chunk-streamed', payload: soFar }, formatOffset(told, told));
  }
  const stop = feed.listen(channelId, (event) => {
    reader.take(event, event.place && formatOffset(told, told));
    if (event.name === 'channel-deleted') reader.end();
    else if (isTakingOut(event, entityId)) endAsTakenOut();
    else return;
    stop();
  });
  return stop;
}

const made = new WeakMap<LogEntry, readonly EntryEvent[]>();

/** The events of an entry, the same ones for all readers where it is for everybody what it is for one. */
function toEventsOnce(entry: LogEntry, heard: number): readonly EntryEvent[] {
  if (!isShared(entry, undefined)) return toEvents(entry, { heard });
  const events = made.get(entry) ?? toEvents(entry, { heard });
  made.set(entry, events);
  return events;
}

/**
 * Throws `removed-from-room` for somebody who was taken out of a channel and did not enter it again, unless there is more
 * for them of before that, after `from`.
 */
export async function assertMayFollow(
  { database }: Pick<Messaging, 'database'>,
  { id, participants }: Channel,
  entityId: string | undefined,
  from: Offset | undefined,
): Promise<void> {
  if (entityId === undefined || participants.has(entityId)) return;
  const removals = await findRemovals(database.db, id, entityId, 0);
  if (removals && (from?.position ?? Infinity) >= removals.last)
    throw new ElizadError('removed-from-room', { roomId: id });
}

/** A message is read as it is now: what it says since the reader was taken out is not for them. Call it after the read. */
async function chooseEntries(
  { db }: Messaging['database'],
  channelId: string,
  entityId: string | undefined,
  after: number,
): Promise<(entry: LogEntry) => boolean> {
  const removals = entityId === undefined ? undefined : await findRemovals(db, channelId, entityId, after);
  if (!removals) return () => true;
  const edited = await listEditedAfter(db, channelId, removals.first);
  return (entry) => !((entry.kind === 'posted' || entry.kind === 'edited') && edited.has(entry.message.id));
}
