/** What went wrong, as programs that know OpenAI's API read it. */
import { type ElizadError, type ErrorCode, errorTable } from 'elizad-protocol';

export type OpenaiFailure = {
  error: { message: string; type: string; param: string | null; code: string };
};

const types: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  429: 'rate_limit_error',
};

/** Whether nothing was stored, and it may go better in a moment. */
export const isUnheard = (code: ErrorCode): boolean =>
  code === 'too-many-requests' || code === 'too-many-answers' || code === 'storage-failed';

/** With the code of our own table, and the hint in the message: these programs show nothing else. */
export function toOpenaiFailure({ code, details: { issues = [] } }: ElizadError): OpenaiFailure {
  const { httpStatus, message, httpHint: hint } = errorTable[code];
  const faults = issues.map(({ path, message: fault }) => `${path || '(the body)'}: ${fault}`).join('; ');
  return {
    error: {
      message: [message, faults && `${faults}.`, hint].filter((text) => text !== '').join(' '),
      type: types[httpStatus] ?? (httpStatus < 500 ? 'invalid_request_error' : 'server_error'),
      param: issues[0]?.path || null,
      code,
    },
  };
}
