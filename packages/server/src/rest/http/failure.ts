/** An error in our own words: the shape of every door whose clients do not know another one. */
import { type ElizadError, errorTable } from 'elizad-protocol';
import type { RestFailure } from 'elizad-protocol/rest';
import type { Failure } from './door.ts';

export function describePlainly({ code, details: { issues } }: ElizadError): Failure {
  const { message, httpHint: hint } = errorTable[code];
  const details = issues?.map(({ path, message }) => `${path || '(the body)'}: ${message}`).join('; ');
  const body: RestFailure = {
    success: false,
    error: { code, message, hint, ...(details && { details, issues }) },
  };
  return { body };
}
