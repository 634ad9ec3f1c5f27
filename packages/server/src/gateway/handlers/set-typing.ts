/** Somebody types: the others in the room are told, nothing is stored. */
import { ElizadError } from 'elizad-protocol';
import { assertMaySpeakAs, assertScope } from '../../auth/permissions.ts';
import { adoptIdentity } from '../identity.ts';
import type { Handler } from './handler.ts';

export const setTyping: Handler<'set-typing'> = async (deps, connection, { channelId, isTyping, entityId }) => {
  const { messaging } = deps;
  assertScope(connection.socket.data.principal, 'chat');
  await adoptIdentity(deps, connection, entityId);
  const id = entityId ?? connection.socket.data.principal.entityId;
  assertMaySpeakAs(connection.socket.data.principal, id, (one) => messaging.agents.find(one) !== undefined);
  if (!(await messaging.channels.find(channelId))) throw new ElizadError('channel-not-found');
  messaging.broadcast(
    'typing',
    { channelId, isTyping, entityId: id },
    { channelId, exceptSocketId: connection.socket.id },
  );
  return { result: { channelId } };
};
