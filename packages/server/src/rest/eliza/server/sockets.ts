/** The connected sockets and what their clients do wrong, over HTTP. */
import type { socketRows } from 'elizad-protocol/rest';
import type { RestHandlers } from '../../http/handler.ts';

export const socketHandlers: RestHandlers<typeof socketRows> = {
  'list-sockets': async ({ listSockets }) => ({ success: true, data: await listSockets() }),
};
