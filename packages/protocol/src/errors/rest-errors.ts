/** Errors that only the HTTP API has, with numbers of the same ranges. */
import { type ErrorRow, row } from './error-row.ts';

export const restErrors = {
  'default-server': row(
    1040,
    409,
    'never',
    'This cannot be done to the default server.',
    'It is always there, and every agent belongs to it; servers that were made can be deleted and left.',
  ),
  'agent-not-in-channel': row(
    1041,
    404,
    'never',
    'That agent is not in this room.',
    'GET /api/messaging/channels/:channelId/agents lists those that are.',
  ),
  'too-many-servers': row(
    1043,
    409,
    'changed',
    'There are as many message servers as there may be.',
    'Delete one of them first.',
  ),
  'agent-not-in-server': row(
    1042,
    404,
    'never',
    'That agent does not belong to this server.',
    'GET /api/messaging/message-servers/:messageServerId/agents lists those that do.',
  ),
  'too-many-requests': row(
    3010,
    429,
    'later',
    'This address sends more requests than it may.',
    'Wait as many seconds as the header `Retry-After` says.',
  ),
  'unknown-place': row(
    1045,
    400,
    'changed',
    'This server has given no such place in its order.',
    'Leave `Last-Event-ID` and `since` out, and read the history of the channel; then go on with the `id` of an event.',
  ),
  'answer-pending': row(
    4130,
    504,
    'never',
    'The answer takes longer than one may wait for it.',
    'The question is stored: the answer comes to the room. Read its messages later.',
  ),
} as const satisfies Record<string, ErrorRow>;
