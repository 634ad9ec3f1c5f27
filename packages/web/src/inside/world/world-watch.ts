/** Asks for the world, a part when it is opened, and keeps it; what happens in rooms meanwhile comes from world-life.ts. */
import type { Client } from 'elizad-client';
import { createStore, type Store } from '../../state/store.ts';
import { showError } from '../../state/toasts.ts';
import { readName } from '../../state/values/names.ts';
import { listenToRooms, touch } from './world-life.ts';
import { emptyWorld, quietLife, type World } from './world-node.ts';

const pageSize = 200;
/** How often the whole is asked for again, in ms: agents and rooms that come and go are told to nobody. */
const refreshMs = 15_000;
/** Rooms whose participants are asked for again: those opened last. */
const mostOpen = 20;

export type WorldWatch = {
  readonly world: Store<World>;
  loadRooms(serverId: string, isMore?: boolean): Promise<void>;
  loadParticipants(roomId: string): Promise<void>;
  refresh(): Promise<void>;
  stop(): void;
};

export function watchWorld(client: Client, myId: string | undefined): WorldWatch {
  const world = createStore<World>({ ...emptyWorld, myId });
  const { http } = client;

  async function loadRooms(serverId: string, isMore = false): Promise<void> {
    const now = world.get().channels[serverId];
    const { data } = await http.call('list-message-server-channels', {
      params: { messageServerId: serverId },
      query: { limit: pageSize, ...(isMore && now?.next && { before: now.next }) },
    });
    const before = isMore ? (now?.list ?? []) : [];
    const rooms = data.channels.map((room) => ({ ...room, name: readName(room.name, 'Room') }));
    const page = { list: [...before, ...rooms], next: data.next };
    world.set((state) => ({ ...state, channels: { ...state.channels, [serverId]: page } }));
  }

  async function loadParticipants(roomId: string): Promise<void> {
    const { data } = await http.call('list-central-channel-participants', { params: { channelId: roomId } });
    const people = data.map((one) => ({ ...one, name: readName(one.name, 'Somebody') }));
    const online = new Set(data.filter(({ isOnline }) => isOnline).map(({ id }) => id));
    world.set((state) => ({
      ...state,
      participants: { ...state.participants, [roomId]: people },
      life: { ...state.life, [roomId]: { ...(state.life[roomId] ?? quietLife), online } },
    }));
  }

  /** It is gone, or will be asked for when it is opened again. */
  const forget = (roomId: string) =>
    world.set(({ participants: { [roomId]: _, ...participants }, ...state }) => ({ ...state, participants }));

  async function refresh(): Promise<void> {
    const [{ data }, { agents }] = await Promise.all([http.call('list-message-servers'), client.worldState()]);
    const before = new Map(world.get().agents.map(({ id, status }) => [id, status]));
    const now = Object.values(agents).map((agent) => ({ ...agent, name: readName(agent.name, 'Agent') }));
    const isFirst = !world.get().isLoaded;
    world.set((state) => ({ ...state, servers: data.messageServers, agents: now, isLoaded: true }));
    if (!isFirst) touch(world, ...now.filter(({ id, status }) => before.get(id) !== status).map(({ id }) => id));
    // Who has more than a page open asks again by hand: the pages would have to be asked for one by one.
    for (const [serverId, { list }] of Object.entries(world.get().channels))
      if (list.length <= pageSize) await loadRooms(serverId);
    // Whoever closes a page has not left the room, and nobody is told.
    const opened = Object.keys(world.get().participants).slice(-mostOpen);
    await Promise.all(opened.map((roomId) => loadParticipants(roomId).catch(() => forget(roomId))));
  }

  const update = () => void refresh().catch(showError);
  const timer = setInterval(() => document.hidden || update(), refreshMs);
  const stopListening = listenToRooms(client, world, { loadParticipants, update });
  update();

  return {
    world,
    loadRooms,
    loadParticipants,
    refresh,
    stop() {
      clearInterval(timer);
      stopListening();
    },
  };
}
