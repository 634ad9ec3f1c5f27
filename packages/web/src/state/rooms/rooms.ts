/** The rooms of the list: which there are, the last word in each, and how far I have read. */
import type { Client, RestOutput, WireOutPayload } from 'elizad-client';
import { app, patchRoom, type Room, type RoomMessage } from '../app-state.ts';
import { keep, keyOf, readKeptRecord } from '../kept.ts';
import { toMessage } from '../messages/message.ts';
import { omit } from '../store.ts';
import { readName } from '../values/names.ts';
import { unmarkRemoved } from './removed-rooms.ts';

/** How many rooms that I am not in are shown. */
const mostRooms = 60;
const roomsAtOnce = 6;

type WorldState = WireOutPayload<'world-state'>;
type Listed = RestOutput<'list-message-server-channels'>['data']['channels'][number];
export type HistoryMessage = RestOutput<'list-messages'>['data']['messages'][number];

const readSeqs = (): Record<string, number> =>
  readKeptRecord('read', (seq): seq is number => Number.isSafeInteger(seq));

/** A message of the history in the shape that the room hears. */
export function fromHistory(message: HistoryMessage): RoomMessage {
  const { metadata } = message;
  const text = (name: string): string | undefined => {
    const value = metadata[name];
    return typeof value === 'string' ? value : undefined;
  };
  const serverId = text('serverId') ?? '';
  return toMessage({
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
    actions: metadata.actions as string[],
    attachments: metadata.attachments as RoomMessage['attachments'],
    metadata,
    seq: message.seq,
    inReplyTo: message.inReplyToRootMessageId,
    ...(message.sourceId !== null && { clientMessageId: message.sourceId }),
    ...(message.updated_at !== message.created_at && { updatedAt: message.updated_at }),
    ...(typeof message.rawMessage === 'object' && { rawMessage: message.rawMessage as Record<string, unknown> }),
  });
}

/** Those that I am in, of which the newest are listened to, as many as the server allows, and the newest of the others. */
export async function loadRooms(client: Client, world: WorldState): Promise<void> {
  // Before anything is waited for: what is heard from here on is newer.
  const mine = listMine(world);
  unmarkRemoved(mine.map(({ id }) => id));
  app.set((state) => ({ ...state, rooms: { ...state.rooms, ...byId(mine) } }));
  const { data: server } = await client.http.call('get-current-message-server');
  const { data } = await client.http.call('list-message-server-channels', {
    params: { messageServerId: server.messageServerId },
    query: { limit: mostRooms },
  });
  const isMine = new Set(mine.map(({ id }) => id));
  const others = data.channels.filter(({ id }) => !isMine.has(id)).map(toRoom);
  app.set((state) => {
    const kept = Object.values(state.rooms).filter(({ id }) => isMine.has(id) || id in state.conversations);
    return { ...state, rooms: { ...byId(others), ...byId(kept) }, areRoomsLoaded: true };
  });
  const waiting = [...sortRooms(byId(mine)).slice(0, countListened()), ...others];
  const work = async () => {
    for (let room = waiting.shift(); room; room = waiting.shift())
      await (isMine.has(room.id) ? listenTo(client, room.id) : readLast(client, room.id));
  };
  await Promise.all(Array.from({ length: roomsAtOnce }, work));
}

/** What was said after the list was read and before this is heard by nobody: then its last word is read again. */
async function listenTo(client: Client, roomId: string): Promise<void> {
  const { seq } = await client.join({ roomId });
  if ((app.get().rooms[roomId]?.last?.seq ?? 0) < seq) await readLast(client, roomId);
}

/** A tenth of what one connection may listen to, and at most 50, is left for rooms that are opened later. */
function countListened(): number {
  const most = app.get().limits?.maxRooms ?? mostRooms;
  return most - Math.min(50, Math.ceil(most / 10));
}

const byId = (rooms: readonly Room[]): Record<string, Room> => Object.fromEntries(rooms.map((room) => [room.id, room]));

function listMine({ channels, messages }: WorldState): Room[] {
  const read = readSeqs();
  const lasts = new Map<string, RoomMessage>();
  for (const message of Object.values(messages))
    if ((lasts.get(message.roomId)?.seq ?? 0) <= message.seq) lasts.set(message.roomId, toMessage(message));
  return Object.values(channels).map(({ id, name, type, createdAt }) =>
    withLast({ id, name: readName(name, 'Room'), type, createdAt, readSeq: read[id] ?? 0 }, lasts.get(id)),
  );
}

function toRoom({ id, name, type, createdAt }: Listed): Room {
  const readSeq = readSeqs()[id];
  const room = { ...app.get().rooms[id], id, name: readName(name, 'Room'), type, createdAt: Date.parse(createdAt) };
  return readSeq === undefined ? room : { ...room, readSeq };
}

export function withLast({ last: _, ...room }: Room, last: RoomMessage | undefined): Room {
  return last ? { ...room, last } : room;
}

/** The last word of a room as the server has it. */
export async function readLast(client: Client, roomId: string): Promise<void> {
  const before = app.get().rooms[roomId]?.last;
  const { data } = await client.http.call('list-messages', { params: { channelId: roomId }, query: { limit: 1 } });
  const [message] = data.messages;
  // What was heard meanwhile is newer.
  patchRoom(roomId, (room) => (room.last === before ? withLast(room, message && fromHistory(message)) : room));
}

/** Enters a room, also one that is not in the list yet. */
export async function enterRoom(client: Client, roomId: string): Promise<void> {
  await client.join({ roomId });
  unmarkRemoved([roomId]);
  app.set((state) => ({ ...state, deletedRooms: omit(state.deletedRooms, roomId) }));
  if (!app.get().rooms[roomId]) {
    const { data } = await client.http.call('get-channel', { params: { channelId: roomId } });
    const room = toRoom(data);
    app.set((state) => ({ ...state, rooms: { ...state.rooms, [roomId]: room } }));
  }
  patchRoom(roomId, (room) => ({ ...room, readSeq: room.readSeq ?? 0 }));
}

/** The first `seq` that was not read, as this browser remembers it; undefined in a room that it never opened. */
export function findUnread(roomId: string): number | undefined {
  const seq = readSeqs()[roomId];
  return seq === undefined ? undefined : seq + 1;
}

/** Out of the list, with what was loaded of it. */
export function forgetRoom(roomId: string): void {
  app.set((state) => ({
    ...state,
    rooms: omit(state.rooms, roomId),
    conversations: omit(state.conversations, roomId),
  }));
  keep('read', JSON.stringify(omit(readSeqs(), roomId)));
}

export function markRead(roomId: string, seq: number): void {
  const room = app.get().rooms[roomId];
  if (!room || (room.readSeq ?? 0) >= seq) return;
  patchRoom(roomId, (now) => ({ ...now, readSeq: seq }));
  keep('read', JSON.stringify({ ...readSeqs(), [roomId]: seq }));
}

/** How many messages came since, by the order of the room; what I said last I have read. */
export const countUnread = ({ last, readSeq }: Room): number =>
  !last || last.senderId === app.get().entityId ? 0 : Math.max(0, last.seq - (readSeq ?? last.seq));

/** What another tab of this browser has read is read here too. */
export function watchOtherTabs(): void {
  addEventListener('storage', ({ key }) => {
    if (key !== keyOf('read')) return;
    for (const [roomId, seq] of Object.entries(readSeqs()))
      patchRoom(roomId, (room) => ((room.readSeq ?? 0) < seq ? { ...room, readSeq: seq } : room));
  });
}

/** The room with the latest word first. */
export const sortRooms = (rooms: Readonly<Record<string, Room>>): Room[] => {
  const time = ({ last, createdAt }: Room) => last?.createdAt ?? createdAt;
  return Object.values(rooms).sort((a, b) => time(b) - time(a));
};
