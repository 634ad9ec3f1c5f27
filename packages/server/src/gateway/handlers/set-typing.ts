/** Somebody types: the others in the room see it, nothing is stored. */
import { showTyping } from '../../messaging/rooms/room-control.ts';
import { adoptIdentity } from '../identity.ts';
import type { Handler } from './handler.ts';

export const setTyping: Handler<'set-typing'> = async (deps, socket, typing, _manner, room) => {
  await adoptIdentity(deps, socket, typing.entityId);
  showTyping(deps.messaging, room, socket.data.principal, typing, socket.id);
  return { result: { channelId: room.id } };
};
