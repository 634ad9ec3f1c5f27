/** Entries of the server's log as the frames that a reader would have got at the time: for sockets and streams that come back. */
import { encodeEvent, type Frame, type Message } from 'elizad-protocol';
import type { DeletionEntry } from '../storage/deletions.ts';
import type { LogEntry } from '../storage/history.ts';
import type { RoomChangeEntry } from '../storage/room-changes.ts';
import type { EndedTurn } from '../storage/turn-endings.ts';
import { describeCompletion } from './completion.ts';

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

/** The frames of one entry, in their order. */
export function toFrames(entry: LogEntry, reader: Reader): readonly Frame[] {
  if ('room' in entry) return toRoomFrames(entry, reader);
  if ('deleted' in entry) return toDeletionFrames(entry, reader);
  const { message, clientMessageId, completed } = entry;
  if (completed) return toCompletionFrames(message, completed);
  const isOwn = reader.as === message.senderId && clientMessageId !== null;
  return encodeEvent('message-posted', { message, ...(isOwn && { clientMessageId }) });
}

function toCompletionFrames(
  message: Pick<Message, 'id' | 'channelId' | 'serverId'>,
  completed: EndedTurn[],
): readonly Frame[] {
  const unlock = encodeEvent('input-controlled', { channelId: message.channelId, action: 'enable_input' });
  return [...unlock, ...encodeEvent('message-completed', describeCompletion(message, completed))];
}

/** A deletion, and before it the end of that message where the socket has not heard of it: its own entry went with it. */
function toDeletionFrames({ deleted, completedAt, completed }: DeletionEntry, { heard }: Reader): readonly Frame[] {
  const { id: messageId, channelId } = deleted;
  const end = completedAt !== null && completedAt > heard ? toCompletionFrames(deleted, completed) : [];
  return [...end, ...encodeEvent('message-deleted', { messageId, channelId })];
}

/** The same of a whole room. */
function toRoomFrames({ room, kind, ends, updates }: RoomChangeEntry, { heard }: Reader): readonly Frame[] {
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
