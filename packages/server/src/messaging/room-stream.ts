/**
 * Everything that happens in a room, in its order, for a reader that is no socket: first what it missed, from the store,
 * then what is said while it listens. Nothing falls between, and nothing comes twice.
 */
import { encodeEvent, type Frame } from 'elizad-protocol';
import { listLogEntries } from '../storage/history.ts';
import { toFrames } from './log-frames.ts';
import type { Messaging } from './messages.ts';
import { formatOffset, type Offset, type Told } from './offset.ts';

export type RoomReader = {
  /** Takes a frame; `place` is where one stands after it, and is missing where that is nowhere. */
  take(frame: Frame, place: string | undefined): void;
  /** Resolves when more can be taken, with false when the reader has gone. */
  isReady(): Promise<boolean>;
  /** The room was deleted: nothing more comes, and one that is made anew is another one. */
  end(): void;
};

/** Entries of the log that are read at a time. */
const page = 50;

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
  const give = (frames: readonly Frame[], place: string | undefined) => {
    // With the last frame only: who gets only some of them gets all of them again.
    for (const [index, frame] of frames.entries()) reader.take(frame, index === frames.length - 1 ? place : undefined);
  };
  const posted = new Set<string>();
  let after = from?.position ?? told.position;
  const heard = after;
  while (after < told.position) {
    const upTo = told.position;
    const entries = await listLogEntries(database.db, [channelId], { after, upTo, limit: page });
    for (const entry of entries) {
      give(toFrames(entry, heard), formatOffset(told, { position: entry.position, mark: from?.mark ?? 0 }));
      if ('message' in entry) posted.add(entry.message.id);
      if ('room' in entry && entry.kind === 'deleted') {
        reader.end();
        return () => {};
      }
      if (!(await reader.isReady())) return () => {};
    }
    after = entries.length < page ? upTo : (entries.at(-1)?.position ?? upTo);
  }
  // From here on nothing waits.
  if (from) {
    for (const { mark, chunk } of answers.list([channelId], from.mark))
      if (!posted.has(chunk.messageId))
        give(encodeEvent('chunk-streamed', chunk), formatOffset(told, { position: told.position, mark }));
  } else {
    for (const soFar of answers.listSoFar(channelId))
      give(encodeEvent('chunk-streamed', soFar), formatOffset(told, told));
  }
  const stop = feed.listen(channelId, ({ name, payload, place }) => {
    give(encodeEvent(name, payload), place && formatOffset(told, told));
    if (name !== 'channel-deleted') return;
    stop();
    reader.end();
  });
  return stop;
}
