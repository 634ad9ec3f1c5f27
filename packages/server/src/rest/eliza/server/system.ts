/** The server itself: is it there, is it ready, which one is it. */
import { ElizadError } from 'elizad-protocol';
import type { systemRows } from 'elizad-protocol/rest';
import type { RestHandlers } from '../../http/handler.ts';
import { asksForPage, sendPage } from '../../web/send-web.ts';

export const systemHandlers: RestHandlers<typeof systemRows> = {
  'get-root': ({ version, settings: { basePath } }, { raw }, reply) => {
    if (asksForPage(raw)) return sendPage(raw, reply, basePath);
    reply.header('Vary', 'Accept');
    return {
      name: 'elizad',
      version,
      connect: `Point a Socket.IO v4 client here: io(url${basePath && `, { path: '${basePath}/socket.io/' }`})`,
      health: `${basePath}/healthz`,
      readiness: `${basePath}/readyz`,
    };
  },
  'get-health': () => ({ status: 'ok', timestamp: Date.now() }),
  'get-readiness': ({ listUnready }, _request, reply) => {
    const unready = listUnready();
    if (unready.length === 0) return { status: 'ready', unready };
    reply.code(503);
    return { status: 'not-ready', unready };
  },
  'get-websocket': (_deps, _request, reply) => {
    reply.header('upgrade', 'websocket').header('connection', 'upgrade');
    throw new ElizadError('upgrade-required');
  },
  'get-ping': () => ({ pong: true, timestamp: Date.now() }),
};
