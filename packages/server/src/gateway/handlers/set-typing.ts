/** Somebody types: the others in the room are told, nothing is stored. */
import { ElizadError } from 'elizad-protocol';
import { assertScope, chooseSpeaker } from '../../auth/permissions.ts';
import { tellPresence } from '../../messaging/ground/presence.ts';
import { adoptIdentity } from '../identity.ts';
import type { Handler } from './handler.ts';

export const setTyping: Handler<'set-typing'> = async (deps, socket, { channelId, isTyping, entityId }) => {
  const { messaging } = deps;
  assertScope(socket.data.principal, 'chat');
  await adoptIdentity(deps, socket, entityId);
  const id = chooseSpeaker(socket.data.principal, entityId, messaging.agents);
  const channel = await messaging.channels.find(channelId);
  if (!channel) throw new ElizadError('channel-not-found');
  tellPresence(messaging, channel, 'typing', { channelId, isTyping, entityId: id }, socket.id);
  return { result: { channelId } };
};
