/** The live log: begin, stop, narrow. */
import { ElizadError } from 'elizad-protocol';
import { assertScope } from '../../auth/permissions.ts';
import type { Handler } from './handler.ts';

export const subscribeLogs: Handler<'subscribe-logs'> = async (
  { logFeed, messaging, sessions },
  socket,
  { batched = false },
) => {
  assertScope(socket.data.principal, 'logs');
  logFeed.subscribe(socket, batched);
  await sessions.save(socket);
  messaging.broadcast('log-subscription', { subscribed: true }, { socketId: socket.id });
  return { result: { subscribed: true } };
};

export const unsubscribeLogs: Handler<'unsubscribe-logs'> = async ({ logFeed, messaging, sessions }, socket) => {
  logFeed.unsubscribe(socket);
  await sessions.save(socket);
  messaging.broadcast('log-subscription', { subscribed: false }, { socketId: socket.id });
  return { result: { subscribed: false } };
};

export const updateLogFilters: Handler<'update-log-filters'> = async (
  { logFeed, messaging, sessions },
  socket,
  change,
) => {
  assertScope(socket.data.principal, 'logs');
  const filters = logFeed.filter(socket, change);
  if (!filters) {
    const error = new ElizadError('not-subscribed');
    messaging.broadcast('log-filters', { error: error.message }, { socketId: socket.id });
    throw error;
  }
  await sessions.save(socket);
  messaging.broadcast('log-filters', { filters }, { socketId: socket.id });
  return { result: { filters: { ...filters } } };
};
