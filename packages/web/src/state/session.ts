/** The one connection of the page: who I am, whether we are connected, and which agents there are. */
import { type Client, connect, newId } from 'elizad-client';
import { app, patch } from './app-state.ts';
import { basePath, findHome } from './base.ts';
import { forgetKept, keep, readKept } from './kept.ts';
import { putAgents } from './known-agents.ts';
import { listenToPresence } from './rooms/presence.ts';
import { listenToRooms } from './rooms/room-events.ts';
import { loadRooms } from './rooms/rooms.ts';
import { showError } from './toasts.ts';
import { isId } from './values/ids.ts';
import { readName } from './values/names.ts';

/** As long as a page is likely to be open: what was written while the server was away is sent when it is back. */
const patienceMs = 12 * 3_600_000;

let current: Client | undefined;
let whenConnected = (): void => {};

export function client(): Client {
  if (!current) throw new Error('Nothing is asked of the server before openSession.');
  return current;
}

/** As others see it: the one that I chose, or one that tells two guests apart. */
export const myName = (): string =>
  readName(readKept('name'), '') || `Guest ${readKept('entity')?.slice(0, 4) ?? ''}`.trim();

/** Connects, or connects anew after the name or the key has changed. `onConnected` is called each time that we are. */
export function openSession(onConnected = whenConnected): void {
  whenConnected = onConnected;
  current?.close();
  const kept = readKept('entity');
  const entityId = isId(kept) ? kept : newId();
  keep('entity', entityId);
  const apiKey = readKept('key');
  patch({ connection: 'connecting', entityId });
  const opened = connect(findHome(), {
    entityId,
    name: myName(),
    timeoutMs: patienceMs,
    ...(apiKey && { apiKey }),
  });
  current = opened;
  listenToRooms(opened);
  listenToPresence(opened);
  opened.socket.on('connect', () => {
    patch({ connection: 'online', refusal: undefined });
    refresh(opened).catch(showError);
    whenConnected();
  });
  opened.socket.on('disconnect', () => patch({ connection: 'offline' }));
  opened.socket.on('connect_error', (error: Error & { data?: { hint?: string } }) => {
    // Refused, also by a server that came back with another key; anything else is tried again.
    if (opened.socket.active || current !== opened) return;
    const { message, data } = error;
    patch({ connection: 'refused', refusal: { text: message, ...(data?.hint && { hint: data.hint }) } });
  });
  opened.ready.then(
    ({ version, limits }) => patch({ version, limits }),
    () => {},
  );
}

async function refresh(opened: Client): Promise<void> {
  const world = await opened.worldState({ limit: 1 });
  putAgents(Object.values(world.agents));
  await loadRooms(opened, world);
}

/** Changes what the server knows of me, and connects with it. */
export function introduce({ name, apiKey }: { name?: string; apiKey?: string }): void {
  if (name !== undefined) keep('name', name.trim() || undefined);
  if (apiKey !== undefined) keep('key', apiKey.trim() || undefined);
  app.set((state) => ({ ...state, conversations: {} }));
  openSession();
}

/** Nothing of me is left in this browser; the page begins anew. */
export function forgetEverything(): void {
  current?.close();
  forgetKept();
  location.assign(`${basePath}/`);
}
