/** The live log: begin, stop, narrow. */
import { ElizadError } from 'elizad-protocol';
import { assertScope } from '../../auth/permissions.ts';
import type { Handler } from './handler.ts';

export const subscribeLogs: Handler<'subscribe-logs'> = async ({ logFeed, messaging }, socket) => {
  assertScope(socket.data.principal, 'logs');
  logFeed.subscribe(socket.id);
  messaging.broadcast('log-subscription', { subscribed: true }, { socketId: socket.id });
  return { result: { subscribed: true } };
};

export const unsubscribeLogs: Handler<'unsubscribe-logs'> = async ({ logFeed, messaging }, socket) => {
  logFeed.unsubscribe(socket.id);
  messaging.broadcast('log-subscription', { subscribed: false }, { socketId: socket.id });
  return { result: { subscribed: false } };
};

export const updateLogFilters: Handler<'update-log-filters'> = async ({ logFeed, messaging }, socket, change) => {
  assertScope(socket.data.principal, 'logs');
  const filters = logFeed.filter(socket.id, change);
  if (!filters) {
    const error = new ElizadError('not-subscribed');
    messaging.broadcast('log-filters', { error: error.message }, { socketId: socket.id });
    throw error;
  }
  messaging.broadcast('log-filters', { filters }, { socketId: socket.id });
  return { result: { filters: { ...filters } } };
};
