/** Errors that only the HTTP API has, with numbers of the same ranges. */
import { type ErrorRow, row } from './error-row.ts';

export const restErrors = {
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
