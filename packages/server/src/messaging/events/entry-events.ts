/**
 * Which events an entry of the server's log makes: what a room hears live, what a socket hears when it comes back, and what
 * a stream over HTTP reads come from the same row, which stands in the file of the entry's kind.
 */
import type { EntryEvent, EntryReader } from '../../storage/journal/entry.ts';
import { entryRows, type LogEntry } from '../../storage/journal/kinds.ts';
import type { RemovedEntry } from '../../storage/journal/removals.ts';

export type { EntryEvent } from '../../storage/journal/entry.ts';

/** Those who hear the room live have heard all that stands before an entry. */
export const everybody: EntryReader = { heard: Number.POSITIVE_INFINITY };

/** The events of an entry, in their order, for one reader or, without one, for those who hear the room live. */
export const toEvents = (entry: LogEntry, reader: EntryReader = everybody): EntryEvent[] =>
  entryRows[entry.kind].toEvents(entry, reader);

/** What an entry costs to send, beside a sum for each, in characters. */
export const weighEntry = (entry: LogEntry): number => entryRows[entry.kind].weigh?.(entry) ?? 0;

/** Whether an entry is for somebody what it is for everybody. */
export const isShared = (entry: LogEntry, as: string | undefined): boolean => entryRows[entry.kind].isShared(entry, as);

/** Whether an entry takes the reader out of its room: nothing that stands behind it there is for them. */
export const isRemovalOf = (entry: LogEntry, reader: string | undefined): entry is RemovedEntry =>
  entry.kind === 'removed' && reader !== undefined && entry.entityIds.includes(reader);
