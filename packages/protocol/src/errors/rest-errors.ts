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
} as const satisfies Record<string, ErrorRow>;
