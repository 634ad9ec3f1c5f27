/** An entry of the server's log as the packets of one socket that missed it. */
import { encodeEvent, type Message } from 'elizad-protocol';
import { describeCompletion } from '../messaging/completion.ts';
import type { DeletionEntry } from '../storage/deletions.ts';
import type { LogEntry } from '../storage/history.ts';
import type { RoomChangeEntry } from '../storage/room-changes.ts';
import type { EndedTurn } from '../storage/turn-endings.ts';

/** Who missed it, in the room of the entry: as whom it is there, and up to which place it has heard the room. */
export type Reader = { as: string | undefined; heard: number };

export const roomIdOf = (entry: LogEntry): string => {
  if ('room' in entry) return entry.room.id;
  return ('deleted' in entry ? entry.deleted : entry.message).channelId;
};

/** What an entry costs to send, beside a sum for each, in characters. */
export function weighEntry(entry: LogEntry): number {
  if ('room' in entry) return JSON.stringify(entry.updates ?? entry.ends).length;
  return 'deleted' in entry || entry.completed ? 0 : entry.message.text.length;
}

/** The place comes with the last packet: who gets only the first ones gets all again. */
export function toPackets(entry: LogEntry, reader: Reader, offset: string): unknown[][] {
  const frames = toFrames(entry, reader);
  return frames.map((frame, index) => (index < frames.length - 1 ? [...frame] : [...frame, offset]));
}

type Frames = readonly (readonly unknown[])[];

function toFrames(entry: LogEntry, reader: Reader): Frames {
  if ('room' in entry) return toRoomFrames(entry, reader);
  if ('deleted' in entry) return toDeletionFrames(entry, reader);
  const { message, clientMessageId, completed } = entry;
  if (completed) return toCompletionFrames(message, completed);
  const isOwn = reader.as === message.senderId && clientMessageId !== null;
  return encodeEvent('message-posted', { message, ...(isOwn && { clientMessageId }) });
}

function toCompletionFrames(message: Pick<Message, 'id' | 'channelId' | 'serverId'>, completed: EndedTurn[]): Frames {
  const unlock = encodeEvent('input-controlled', { channelId: message.channelId, action: 'enable_input' });
  return [...unlock, ...encodeEvent('message-completed', describeCompletion(message, completed))];
}

/** A deletion, and before it the end of that message where the socket has not heard of it: its own entry went with it. */
function toDeletionFrames({ deleted, completedAt, completed }: DeletionEntry, { heard }: Reader): Frames {
  const { id: messageId, channelId } = deleted;
  const end = completedAt !== null && completedAt > heard ? toCompletionFrames(deleted, completed) : [];
  return [...end, ...encodeEvent('message-deleted', { messageId, channelId })];
}

/** The same of a whole room. */
function toRoomFrames({ room, kind, ends, updates }: RoomChangeEntry, { heard }: Reader): Frames {
  const channelId = room.id;
  if (kind === 'updated') return updates ? encodeEvent('channel-updated', { channelId, updates }) : [];
  const missed = ends.filter(({ position }) => position > heard);
  return [
    ...missed.flatMap(({ messageId, turns }) =>
      toCompletionFrames({ id: messageId, channelId, serverId: room.serverId }, turns),
    ),
    ...encodeEvent(kind === 'cleared' ? 'channel-cleared' : 'channel-deleted', { channelId }),
  ];
}
