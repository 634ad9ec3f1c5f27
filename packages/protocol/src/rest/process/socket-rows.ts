/** The row of the wire doctor: who is connected by socket, and what each client does wrong. */
import { z } from 'zod';
import { refusedConnection, socketView } from '../../wire/wire-watch.ts';
import { enveloped, type RestRow } from '../rest-row.ts';

export const socketRows = {
  'list-sockets': {
    method: 'GET',
    path: '/api/server/sockets',
    domain: 'system',
    about:
      'Connected sockets (the newest 200) with the mistakes of their clients, and the latest refused connections. Never contains message texts or secrets.',
    scope: 'logs',
    answers: {
      200: enveloped(
        z.object({
          sockets: z.array(socketView),
          total: z.int().min(0),
          refused: z.array(refusedConnection),
        }),
      ),
    },
    errors: [],
  },
} as const satisfies Record<string, RestRow>;
