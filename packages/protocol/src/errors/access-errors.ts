/** 2000-3999: not allowed, or too much. */
import { type ErrorRow, row } from './error-row.ts';

export const accessErrors = {
  unauthorized: row(
    2001,
    401,
    'changed',
    'A key is needed, and the one given is missing or wrong.',
    "Send the server's key as `auth.apiKey` or `auth.token` on the socket, or as the header X-API-KEY.",
  ),
  'speaking-as-agent': row(
    2002,
    403,
    'never',
    'Nobody may speak with the id of an agent.',
    'Send your own id as `userId`, or none.',
  ),
  'origin-not-allowed': row(
    2003,
    403,
    'changed',
    'Pages of this origin may not use this server.',
    'Add the origin to CORS_ORIGIN and start the server again.',
  ),
  'missing-scope': row(
    2004,
    403,
    'changed',
    'The credential does not allow this.',
    'Use a credential that has the scope named in `details.scope`.',
  ),
  'not-the-sender': row(
    2010,
    403,
    'never',
    'Only its sender may change or delete a message.',
    'Name the sender (in a DM, anybody in it may also delete what an agent said), or leave the header X-Entity-Id out: the holder of the key may do it with any message.',
  ),
  'not-a-participant': row(
    2011,
    403,
    'changed',
    'Only who is in the room may do this.',
    'Emit `join` first; over HTTP, leave the header X-Entity-Id out: the holder of the key may do it in any room.',
  ),
  'too-many-rooms': row(
    3001,
    429,
    'changed',
    'This connection is in as many rooms as it may be.',
    'Leave a room first, or open another connection; `limits.maxRooms` of connection_established says how many.',
  ),
  'reader-too-slow': row(
    3002,
    429,
    'later',
    'This connection did not read what was sent to it, so it was cut off.',
    'Nothing is lost: what was missed comes when the client is back. Handle events faster, or be in fewer rooms.',
  ),
  'too-many-watchers': row(
    3020,
    429,
    'later',
    'As many sockets watch the wire as may at one time.',
    'Close a page that shows it, or emit `unsubscribe_wire` there.',
  ),
  'too-many-sends': row(
    3003,
    429,
    'later',
    'This connection sends more than it may.',
    'Send it again after `retryAfterMs`; `limits.maxSendsPerSecond` of connection_established says how many.',
  ),
} as const satisfies Record<string, ErrorRow>;
