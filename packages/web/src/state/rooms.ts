/** The rooms of the list: which there are, the last word in each, and how far I have read. */
import type { Client, RestOutput } from 'elizad-client';
import { app, patch, patchRoom, type Room, type RoomMessage } from './app-state.ts';
import { keep, readKept } from './kept.ts';

/** How many rooms are shown and listened to. */
const mostRooms = 60;
const roomsAtOnce = 6;

type Listed = RestOutput<'list-message-server-channels'>['data']['channels'][number];
export type HistoryMessage = RestOutput<'list-messages'>['data']['messages'][number];

const readSeqs = (): Record<string, number> => JSON.parse(readKept('read') ?? '{}') as Record<string, number>;

/** A message of the history in the shape that the room hears. */
export function fromHistory(message: HistoryMessage): RoomMessage {
  const { metadata } = message;
  const text = (name: string): string | undefined => {
    const value = metadata[name];
    return typeof value === 'string' ? value : undefined;
  };
  const list = <T>(name: string): T[] => (Array.isArray(metadata[name]) ? (metadata[name] as T[]) : []);
  const serverId = text('serverId') ?? '';
  return {
    id: message.id,
    senderId: message.authorId,
    senderName: text('agentName') ?? text('authorDisplayName') ?? 'Somebody',
    text: message.content,
    channelId: message.channelId,
    roomId: message.channelId,
    serverId,
    messageServerId: serverId,
    createdAt: message.created_at,
    source: message.sourceType,
    thought: text('thought') ?? null,
    actions: list('actions'),
    attachments: list('attachments'),
    metadata,
    seq: message.seq,
    inReplyTo: message.inReplyToRootMessageId,
    ...(message.sourceId !== null && { clientMessageId: message.sourceId }),
    ...(message.updated_at !== message.created_at && { updatedAt: message.updated_at }),
    ...(typeof message.rawMessage === 'object' && { rawMessage: message.rawMessage as Record<string, unknown> }),
  };
}

export async function loadRooms(client: Client): Promise<void> {
  const { data: server } = await client.http.call('get-current-message-server');
  const { data } = await client.http.call('list-message-server-channels', {
    params: { messageServerId: server.messageServerId },
    query: { limit: mostRooms },
  });
  const read = readSeqs();
  const rooms = data.channels.map((channel) => toRoom(channel, read[channel.id]));
  patch({ rooms: Object.fromEntries(rooms.map((room) => [room.id, room])), areRoomsLoaded: true });
  const waiting = [...rooms];
  const work = async () => {
    for (let room = waiting.shift(); room; room = waiting.shift()) await openRoom(client, room.id);
  };
  await Promise.all(Array.from({ length: roomsAtOnce }, work));
}

const toRoom = ({ id, name, type, createdAt }: Listed, readSeq?: number): Room => ({
  ...app.get().rooms[id],
  id,
  name,
  type,
  createdAt: Date.parse(createdAt),
  readSeq: readSeq ?? 0,
});

/** Listens to a room of mine, and knows the last word of any. */
async function openRoom(client: Client, roomId: string): Promise<void> {
  // Of groups that I was never in I am not made a member by looking at the list.
  const isMine = app.get().rooms[roomId]?.type.toUpperCase() === 'DM' || roomId in readSeqs();
  if (isMine) await client.join({ roomId });
  const { data } = await client.http.call('list-messages', { params: { channelId: roomId }, query: { limit: 1 } });
  const [message] = data.messages;
  if (message) patchRoom(roomId, (room) => ({ ...room, last: fromHistory(message) }));
}

/** Enters a room that is not in the list yet. */
export async function enterRoom(client: Client, roomId: string): Promise<void> {
  await client.join({ roomId });
  if (app.get().rooms[roomId]) return;
  const { data } = await client.http.call('get-channel', { params: { channelId: roomId } });
  const room = toRoom(data, readSeqs()[roomId]);
  app.set((state) => ({ ...state, rooms: { ...state.rooms, [roomId]: room } }));
}

/** The first `seq` that was not read, as this browser remembers it; undefined in a room that it never opened. */
export function findUnread(roomId: string): number | undefined {
  const seq = readSeqs()[roomId];
  return seq === undefined ? undefined : seq + 1;
}

/** Out of the list, with what was loaded of it. */
export function forgetRoom(roomId: string): void {
  app.set(({ rooms, conversations, ...state }) => {
    const { [roomId]: _room, ...otherRooms } = rooms;
    const { [roomId]: _conversation, ...others } = conversations;
    return { ...state, rooms: otherRooms, conversations: others };
  });
  const { [roomId]: _seq, ...seqs } = readSeqs();
  keep('read', JSON.stringify(seqs));
}

export function markRead(roomId: string, seq: number): void {
  const room = app.get().rooms[roomId];
  if (!room || room.readSeq >= seq) return;
  patchRoom(roomId, (now) => ({ ...now, readSeq: seq }));
  keep('read', JSON.stringify({ ...readSeqs(), [roomId]: seq }));
}

/** How many messages came since, by the order of the room; what I said last I have read. */
export const countUnread = ({ last, readSeq }: Room): number =>
  !last || last.senderId === app.get().entityId ? 0 : Math.max(0, last.seq - readSeq);

/** What another tab of this browser has read is read here too. */
export function watchOtherTabs(): void {
  addEventListener('storage', ({ key }) => {
    if (!key?.endsWith('-read')) return;
    for (const [roomId, seq] of Object.entries(readSeqs()))
      patchRoom(roomId, (room) => (room.readSeq < seq ? { ...room, readSeq: seq } : room));
  });
}

/** The room with the latest word first. */
export const sortRooms = (rooms: Readonly<Record<string, Room>>): Room[] => {
  const time = ({ last, createdAt }: Room) => last?.createdAt ?? createdAt;
  return Object.values(rooms).sort((a, b) => time(b) - time(a));
};
