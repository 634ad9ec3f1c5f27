/** The rows of messages in a channel. */
import { z } from 'zod';
import { idParams, type RestRow } from './rest-row.ts';

export const messageRows = {
  'delete-message': {
    method: 'DELETE',
    path: '/api/messaging/channels/:channelId/messages/:messageId',
    aliases: ['/api/messaging/central-channels/:channelId/messages/:messageId'],
    domain: 'messaging',
    about:
      'Deletes a message, and what agents remember of it; 404 when it is not there (any more). With the header `X-Entity-Id` it must be a message of that sender; without, the holder of the key may delete any.',
    scope: 'chat',
    params: idParams('channelId', 'messageId'),
    answers: { 200: z.object({ success: z.literal(true) }) },
    errors: ['message-not-found', 'not-the-sender'],
  },
} as const satisfies Record<string, RestRow>;
