/** The state of the world, or of one room, to whoever asks. */
import { getWorldState as readWorldState } from '../../messaging/rooms/world-state.ts';
import type { Handler } from './handler.ts';

export const getWorldState: Handler<'get-world-state'> = async ({ messaging }, socket, intent) => {
  const state = await readWorldState(messaging, socket.data.principal, intent);
  messaging.broadcast('world-state', state, { socketId: socket.id });
  return { result: { seq: state.seq, ...(state.channelId !== undefined && { channelId: state.channelId }) } };
};
