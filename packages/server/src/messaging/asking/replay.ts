/** Entries of the server's log as the frames that a reader would have got at the time: for sockets and streams that come back. */
import { encodeEvent, type Frame } from 'elizad-protocol';
import type { DeletionEntry } from '../../storage/journal/deletions.ts';
import type { LogEntry } from '../../storage/journal/history.ts';
import type { RemovalEntry } from '../../storage/journal/removals.ts';
import type { RoomChangeEntry } from '../../storage/journal/room-changes.ts';
import { weighMessage } from '../../storage/messages/message-weights.ts';
import type { EndedTurn } from '../../storage/turns/turn-endings.ts';
import { describeCompletion } from '../ground/completion.ts';

export const channelOf = (entry: LogEntry): string => {
  if ('room' in entry) return entry.room.id;
  if ('removedFrom' in entry) return entry.removedFrom;
  return ('deleted' in entry ? entry.deleted : entry.message).channelId;
};

/** What the end of a message costs to send, in characters: two events. */
const endBytes = 1_000;

/** What an entry costs to send, beside a sum for each, in characters. */
export function weighEntry(entry: LogEntry): number {
  if ('room' in entry) return JSON.stringify(entry.updates ?? {}).length + entry.ends.length * endBytes;
  return 'removedFrom' in entry || 'deleted' in entry || entry.completed ? 0 : weighMessage(entry.message);
}

/** Whether an entry takes the reader out of its room: nothing that stands behind it there is for them. */
export const isRemovalOf = (entry: LogEntry, reader: string | undefined): entry is RemovalEntry =>
  'removedFrom' in entry && reader !== undefined && entry.entityIds.includes(reader);

/**
 * The frames of one entry, in their order. `heard` is the place up to which the reader has heard that room; `readerIn`
 * says as whom it is in a room: its own messages come with the id that it had given them.
 */
export function toFrames(
  entry: LogEntry,
  heard: number,
  readerIn: (channelId: string) => string | undefined = () => undefined,
): Frame[] {
  if ('room' in entry) return toRoomFrames(entry, heard);
  // The others are told how the room is since then.
  if ('removedFrom' in entry) return toRemovalFrames(entry, readerIn(entry.removedFrom));
  if ('deleted' in entry) return toDeletionFrames(entry, heard);
  const { message, clientMessageId, completed } = entry;
  if (completed) return toCompletionFrames(message, completed);
  const isOwn = clientMessageId !== null && readerIn(message.channelId) === message.senderId;
  return [...encodeEvent('message-posted', { message, ...(isOwn && { clientMessageId }) })];
}

function toCompletionFrames(message: Parameters<typeof describeCompletion>[0], completed: EndedTurn[]): Frame[] {
  const unlock = encodeEvent('input-controlled', { channelId: message.channelId, action: 'enable_input' });
  return [...unlock, ...encodeEvent('message-completed', describeCompletion(message, completed))];
}

/** A deletion, and before it the end of that message where the reader has not heard of it: its own entry went with it. */
function toDeletionFrames({ deleted, completedAt, completed }: DeletionEntry, heard: number): Frame[] {
  const frames = completedAt !== null && completedAt > heard ? toCompletionFrames(deleted, completed) : [];
  const { id: messageId, channelId } = deleted;
  return [...frames, ...encodeEvent('message-deleted', { messageId, channelId })];
}

function toRemovalFrames(entry: RemovalEntry, entityId: string | undefined): Frame[] {
  if (entityId === undefined || !entry.entityIds.includes(entityId)) return [];
  return [...encodeEvent('participant-left', { channelId: entry.removedFrom, entityId })];
}

/** The same of a whole room. An update shows it as it is now. */
function toRoomFrames({ room, kind, ends, updates }: RoomChangeEntry, heard: number): Frame[] {
  const { id: channelId, serverId } = room;
  if (kind === 'updated') return updates ? [...encodeEvent('channel-updated', { channelId, updates })] : [];
  const missed = ends.filter(({ position }) => position > heard);
  return [
    ...missed.flatMap(({ messageId, turns }) => toCompletionFrames({ id: messageId, channelId, serverId }, turns)),
    ...encodeEvent(kind === 'cleared' ? 'channel-cleared' : 'channel-deleted', { channelId }),
  ];
}
