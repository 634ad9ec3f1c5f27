const deleteMessage = {
  method: 'DELETE',
  auth: true,
  about:
    'Deletes a message, and what agents remember of it: 200 `{success:true}`, 404 when it is not there (any more). With the header `X-Entity-Id` it must be a message of that sender; without, the holder of the key may delete any.',
} as const;

/** The HTTP routes that every deployment has, one row each; the wider REST API grows here. */
export const restRoutes = {
  'get-root': { method: 'GET', path: '/', auth: false, about: 'What this is and how to connect, as JSON.' },
  'get-health': { method: 'GET', path: '/healthz', auth: false, about: '200 `{status:"ok"}` while the process lives.' },
  'get-readiness': {
    method: 'GET',
    path: '/readyz',
    auth: false,
    about: '200 when store and agents are ready, 503 while starting or stopping; says which is not.',
  },
  'get-websocket': {
    method: 'GET',
    path: '/websocket',
    auth: false,
    about: 'The same socket as /socket.io/ when upgraded; 426 with directions when not.',
  },
  'get-ping': {
    method: 'GET',
    path: '/api/server/ping',
    auth: true,
    about: '`{pong:true, timestamp}`: the server answers, and the key is right.',
  },
  'delete-central-message': {
    ...deleteMessage,
    path: '/api/messaging/central-channels/:channelId/messages/:messageId',
  },
  'delete-message': { ...deleteMessage, path: '/api/messaging/channels/:channelId/messages/:messageId' },
} as const;

export type RestRouteName = keyof typeof restRoutes;

/** How an HTTP error looks, always. */
export type RestFailure = { success: false; error: { code: string; message: string; hint?: string; details?: string } };
