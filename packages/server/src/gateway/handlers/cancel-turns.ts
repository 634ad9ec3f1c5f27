/** Somebody wants the answers under way to stop; each turn still ends, as `cancelled`. */
import { ElizadError } from 'elizad-protocol';
import { assertScope } from '../../auth/permissions.ts';
import type { Handler } from './handler.ts';

export const cancelTurns: Handler<'cancel-turns'> = async ({ messaging, worker }, socket, { channelId, messageId }) => {
  assertScope(socket.data.principal, 'chat');
  if (!(await messaging.channels.find(channelId))) throw new ElizadError('channel-not-found');
  return { result: { channelId, cancelled: await worker.cancel(channelId, messageId) } };
};
