/** Who is in a room, and who writes in it just now. */
import type { Client } from 'elizad-client';
import { app } from '../app-state.ts';
import { createStore } from '../store.ts';
import { readName } from '../values/names.ts';

export type Person = { id: string; name: string; isAgent: boolean };

type Presence = {
  /** By room, of those that were asked for. */
  people: Readonly<Record<string, readonly Person[]>>;
  /** The ids of those who write, by room. */
  typing: Readonly<Record<string, readonly string[]>>;
};

export const presence = createStore<Presence>({ people: {}, typing: {} });

export const nobody: readonly never[] = [];

/** Whoever types tells it again within this time; nobody types for longer without a word, in ms. */
const toldAgainMs = 3_000;
const forgottenMs = 8_000;
const idleMs = 5_000;

const expiries = new Map<string, number>();

/** The connection that is listened to. */
let client: Client | undefined;

export async function loadPeople(roomId: string): Promise<void> {
  if (!client) return;
  const { data } = await client.http.call('list-central-channel-participants', { params: { channelId: roomId } });
  const people = data.map(({ id, name, isAgent }) => ({ id, name: readName(name, 'Somebody'), isAgent }));
  presence.set((state) => ({ ...state, people: { ...state.people, [roomId]: people } }));
}

export function listenToPresence(opened: Client): void {
  client = opened;
  opened.on('userTyping', ({ roomId, userId, isTyping }) => {
    if (userId === app.get().entityId) return;
    setTyping(roomId, userId, isTyping);
    const isKnown = presence.get().people[roomId]?.some(({ id }) => id === userId);
    // Without a name it is still said that somebody types.
    if (isTyping && !isKnown) loadPeople(roomId).catch(() => {});
  });
  opened.on('messageBroadcast', ({ roomId, senderId }) => setTyping(roomId, senderId, false));
  const reload = ({ roomId }: { roomId: string }) => {
    if (presence.get().people[roomId]) loadPeople(roomId).catch(() => {});
  };
  opened.on('userJoined', reload);
  opened.on('userLeft', (left) => {
    setTyping(left.roomId, left.userId, false);
    reload(left);
  });
}

function setTyping(roomId: string, userId: string, isTyping: boolean): void {
  const key = `${roomId} ${userId}`;
  clearTimeout(expiries.get(key));
  expiries.delete(key);
  if (isTyping)
    expiries.set(
      key,
      window.setTimeout(() => setTyping(roomId, userId, false), forgottenMs),
    );
  const now = presence.get().typing[roomId] ?? nobody;
  if (now.includes(userId) === isTyping) return;
  const ids = isTyping ? [...now, userId] : now.filter((id) => id !== userId);
  presence.set((state) => ({ ...state, typing: { ...state.typing, [roomId]: ids } }));
}

/** The room that was told that I type, when, and what ends it. */
let told: { roomId: string; at: number } | undefined;
let idle: number | undefined;

/** At each letter; the room is told now and then. */
export function tellTyping(roomId: string): void {
  if (app.get().connection !== 'online') return;
  if (told && told.roomId !== roomId) tellIdle();
  clearTimeout(idle);
  idle = window.setTimeout(tellIdle, idleMs);
  if (told && Date.now() - told.at < toldAgainMs) return;
  told = { roomId, at: Date.now() };
  tell(roomId, true);
}

/** It is sent, or given up, or the room is left. */
export function tellIdle(): void {
  clearTimeout(idle);
  if (!told) return;
  tell(told.roomId, false);
  told = undefined;
}

/** Nobody misses it when it does not arrive. */
function tell(roomId: string, isTyping: boolean): void {
  if (app.get().connection === 'online') client?.typing(roomId, isTyping).catch(() => {});
}
