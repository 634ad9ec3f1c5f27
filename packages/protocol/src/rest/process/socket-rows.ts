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
      'The connected sockets (the newest 200), each with what is known of it and, in a sentence and a hint, what its client does wrong; and the last connections that were refused. Never a text of a message, never a secret.',
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
