/** Somebody types: the others in the room are told, nothing is stored. */
import { ElizadError } from 'elizad-protocol';
import { assertScope, chooseSpeaker } from '../../auth/permissions.ts';
import { adoptIdentity } from '../identity.ts';
import type { Handler } from './handler.ts';

export const setTyping: Handler<'set-typing'> = async (deps, socket, { channelId, isTyping, entityId }) => {
  const { messaging } = deps;
  assertScope(socket.data.principal, 'chat');
  await adoptIdentity(deps, socket, entityId);
  const id = chooseSpeaker(socket.data.principal, entityId, messaging.agents);
  if (!(await messaging.channels.find(channelId))) throw new ElizadError('channel-not-found');
  messaging.broadcast('typing', { channelId, isTyping, entityId: id }, { channelId, exceptSocketId: socket.id });
  return { result: { channelId } };
};
