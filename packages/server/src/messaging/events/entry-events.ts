/**
 * Which events an entry of the server's log makes: one row for each kind of entry. What a room hears live, what a socket
 * hears when it comes back, and what a stream over HTTP reads come from the same row.
 */
import type { Message, ServerEventName, ServerEvents } from 'elizad-protocol';
import type { CompletedEntry } from '../../storage/journal/completions.ts';
import type { LogEntry } from '../../storage/journal/kinds.ts';
import type { RemovedEntry } from '../../storage/journal/removals.ts';
import { weighMessage } from '../../storage/messages/message-weights.ts';
import { describeCompletion } from './completion.ts';

/** An event that has no place and no audience yet. */
export type EntryEvent = { [E in ServerEventName]: { name: E; payload: ServerEvents[E] } }[ServerEventName];

/** For whom an entry is: `heard` is the place up to which it has heard the room, `as` who it is there, where it is somebody. */
export type EntryReader = { heard: number; as?: string | undefined };

/** Those who hear the room live have heard all that stands before an entry. */
export const everybody: EntryReader = { heard: Number.POSITIVE_INFINITY };

type Row<Entry> = {
  /** In their order. The place belongs to the last one. */
  toEvents(entry: Entry, reader: EntryReader): EntryEvent[];
  /** What it costs to send, beside a sum for each entry, in characters; nothing for a short one. */
  weigh?(entry: Entry): number;
  /** Whether somebody hears the same as everybody. */
  isShared(entry: Entry, as: string | undefined): boolean;
};

/** What the end of a message costs to send, in characters: two events. */
const endBytes = 1_000;

type Said = { message: Message; clientMessageId: string | null };

/** A message's sender knows it by the id that it had given it. */
const isOwn = ({ message, clientMessageId }: Said, as: string | undefined): boolean =>
  clientMessageId !== null && as === message.senderId;

const said: Row<Said> = {
  toEvents: (entry, { as }) => {
    const { message, clientMessageId } = entry;
    const own = isOwn(entry, as) && clientMessageId !== null && { clientMessageId };
    return [{ name: 'message-posted', payload: { message, ...own } }];
  },
  weigh: ({ message }) => weighMessage(message),
  isShared: (entry, as) => !isOwn(entry, as),
};

/** Input is given back where it was held: when an agent had begun on the message. */
function toEnd({ channelId, message, turns, wasAwaited }: CompletedEntry): EntryEvent[] {
  const end: EntryEvent = { name: 'message-completed', payload: describeCompletion(message, turns) };
  return wasAwaited ? [{ name: 'input-controlled', payload: { channelId, action: 'enable_input' } }, end] : [end];
}

/** Ends of messages that are gone, where the reader has not heard of them: their own entries went with the messages. */
const toMissedEnds = (ends: readonly CompletedEntry[], { heard }: EntryReader): EntryEvent[] =>
  ends.filter(({ position }) => position > heard).flatMap(toEnd);

type Erased = { channelId: string; ends: readonly CompletedEntry[] };

const erased = (name: 'channel-cleared' | 'channel-deleted'): Row<Erased> => ({
  toEvents: ({ channelId, ends }, reader) => [...toMissedEnds(ends, reader), { name, payload: { channelId } }],
  weigh: ({ ends }) => ends.length * endBytes,
  isShared: () => false,
});

const rows: { [K in LogEntry['kind']]: Row<Extract<LogEntry, { kind: K }>> } = {
  posted: said,
  edited: said,
  completed: { toEvents: toEnd, isShared: () => true },
  deleted: {
    toEvents: ({ channelId, messageId, end }, reader) => [
      ...toMissedEnds(end ? [end] : [], reader),
      { name: 'message-deleted', payload: { messageId, channelId } },
    ],
    isShared: () => false,
  },
  'room-cleared': erased('channel-cleared'),
  'room-deleted': erased('channel-deleted'),
  'room-updated': {
    toEvents: ({ channelId, updates }) =>
      updates ? [{ name: 'channel-updated', payload: { channelId, updates } }] : [],
    weigh: ({ updates }) => JSON.stringify(updates ?? {}).length,
    isShared: () => false,
  },
  // The others are told how the room is since then.
  removed: {
    toEvents: ({ channelId, entityIds }, { as }) =>
      as !== undefined && entityIds.includes(as)
        ? [{ name: 'participant-left', payload: { channelId, entityId: as, wasTakenOut: true } }]
        : [],
    isShared: () => false,
  },
};

const rowOf = ({ kind }: LogEntry) => rows[kind] as Row<LogEntry>;

/** The events of an entry, in their order, for one reader or, without one, for those who hear the room live. */
export const toEvents = (entry: LogEntry, reader: EntryReader = everybody): EntryEvent[] =>
  rowOf(entry).toEvents(entry, reader);

/** What an entry costs to send, beside a sum for each, in characters. */
export const weighEntry = (entry: LogEntry): number => rowOf(entry).weigh?.(entry) ?? 0;

/** Whether an entry is for somebody what it is for everybody. */
export const isShared = (entry: LogEntry, as: string | undefined): boolean => rowOf(entry).isShared(entry, as);

/** Whether an entry takes the reader out of its room: nothing that stands behind it there is for them. */
export const isRemovalOf = (entry: LogEntry, reader: string | undefined): entry is RemovedEntry =>
  entry.kind === 'removed' && reader !== undefined && entry.entityIds.includes(reader);
