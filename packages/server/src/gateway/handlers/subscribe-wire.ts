/** What other sockets send and get, for whoever may read the log: begin, stop. */
import { assertScope } from '../../auth/permissions.ts';
import type { Handler } from './handler.ts';

export const subscribeWire: Handler<'subscribe-wire'> = async ({ doctor }, socket, { socketId }) => {
  assertScope(socket.data.principal, 'logs');
  doctor.watch(socket, socketId);
  return { result: { subscribed: true } };
};

export const unsubscribeWire: Handler<'unsubscribe-wire'> = async ({ doctor }, socket) => {
  doctor.unwatch(socket.id);
  return { result: { subscribed: false } };
};
