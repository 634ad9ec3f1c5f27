/** Entries of the server's log as the frames that a reader would have got at the time: for sockets and streams that come back. */
import { encodeEvent, type Frame } from 'elizad-protocol';
import { passStop } from '../../observability/walk.ts';
import type { LogEntry } from '../../storage/journal/log-entries.ts';
import type { RemovedEntry } from '../../storage/journal/removals.ts';
import { type EntryReader, toEvents } from '../events/entry-events.ts';

/** Whether an entry takes the reader out of its room: nothing that stands behind it there is for them. */
export const isRemovalOf = (entry: LogEntry, reader: string | undefined): entry is RemovedEntry =>
  entry.kind === 'removed' && reader !== undefined && entry.entityIds.includes(reader);

/** The frames of one entry, in their order. */
export function toFrames(entry: LogEntry, reader: EntryReader): Frame[] {
  passStop('messaging/replay', 'message' in entry ? entry.message.id : undefined);
  return toEvents(entry, reader).flatMap(({ name, payload }) => [...encodeEvent(name, payload)]);
}
