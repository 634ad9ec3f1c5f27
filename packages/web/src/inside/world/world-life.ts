/** What happens in the rooms that one is in, as they tell it: who types, who answers, who comes and goes. */
import type { Client } from 'elizad-client';
import type { Store } from '../../state/store.ts';
import { showError } from '../../state/toasts.ts';
import { quietLife, type RoomLife, type World } from './world-node.ts';

/** What is there changed now: it is shown for a moment. */
export function touch(world: Store<World>, ...ids: (string | undefined)[]): void {
  const now = Date.now();
  const changed = Object.fromEntries(ids.filter((id) => id !== undefined).map((id) => [id, now]));
  world.set((state) => ({ ...state, changedAt: { ...state.changedAt, ...changed } }));
}

type Asking = {
  loadParticipants(roomId: string): Promise<void>;
  /** Asks for the whole again. */
  update(): void;
};

/** Returns what ends it. */
export function listenToRooms(client: Client, world: Store<World>, { loadParticipants, update }: Asking): () => void {
  const { myId } = world.get();
  const joined = ({ roomId }: { roomId: string }) => {
    if (myId) live(world, roomId, ({ online }) => ({ online: change(online, myId, true) }));
  };
  const stops = [
    client.on('userTyping', ({ roomId, userId, isTyping }) =>
      live(world, roomId, ({ typing }) => ({ typing: change(typing, userId, isTyping) }), userId),
    ),
    client.on('userJoined', ({ roomId, userId }) => {
      live(world, roomId, ({ online }) => ({ online: change(online, userId, true) }), userId);
      if (world.get().participants[roomId]) loadParticipants(roomId).catch(showError);
    }),
    client.on('userLeft', ({ roomId, userId }) =>
      live(
        world,
        roomId,
        ({ online, typing }) => ({ online: change(online, userId, false), typing: change(typing, userId, false) }),
        userId,
      ),
    ),
    client.on('messageBroadcast', ({ roomId, senderId }) =>
      live(
        world,
        roomId,
        ({ typing, answering }) => ({
          typing: change(typing, senderId, false),
          answering: change(answering, senderId, false),
        }),
        senderId,
      ),
    ),
    client.on('messageStreamChunk', ({ roomId, agentId }) => {
      // Once for an answer: its pieces are many.
      if (world.get().life[roomId]?.answering.has(agentId)) return;
      live(world, roomId, ({ answering }) => ({ answering: change(answering, agentId, true) }), agentId);
    }),
    client.on('controlMessage', ({ roomId, action }) =>
      live(world, roomId, () => ({ isWaiting: action === 'disable_input' })),
    ),
    client.on('messageComplete', ({ roomId }) =>
      live(world, roomId, () => ({ isWaiting: false, answering: new Set() })),
    ),
    client.on('channelUpdated', ({ roomId }) => {
      touch(world, roomId);
      update();
    }),
    client.on('channelDeleted', update),
  ];
  client.socket.on('connect', update);
  client.socket.on('channel_joined', joined);
  return () => {
    client.socket.off('connect', update);
    client.socket.off('channel_joined', joined);
    for (const stop of stops) stop();
  };
}

type LifeChange = (life: RoomLife) => Partial<RoomLife>;

function live(world: Store<World>, roomId: string, change: LifeChange, ...alsoChanged: string[]): void {
  world.set((state) => {
    const life = state.life[roomId] ?? quietLife;
    return { ...state, life: { ...state.life, [roomId]: { ...life, ...change(life) } } };
  });
  touch(world, roomId, ...alsoChanged);
}

function change(ids: ReadonlySet<string>, id: string, isIn: boolean): ReadonlySet<string> {
  const next = new Set(ids);
  if (isIn) next.add(id);
  else next.delete(id);
  return next;
}
