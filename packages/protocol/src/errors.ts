/** What is thrown and travels when something goes wrong: a row of the table of errors, with its details. */
import { type ErrorCode, errorTable } from './error-table.ts';

/** Where a value broke the rule: `path` in dots (`''` is the payload itself) and what is expected there. */
export type Issue = { path: string; message: string };

/** What travels beside the sentence in `error.details` and in a failed acknowledgement. */
export type ErrorDetails = {
  code: ErrorCode;
  event?: string;
  hint?: string;
  roomId?: string;
  clientMessageId?: string;
  issues?: Issue[];
  scope?: string;
  retryAfterMs?: number;
};

/** An error of the table, thrown below the edges and turned into wire form at an edge. Source: `errorTable`. */
export class ElizadError extends Error {
  readonly code: ErrorCode;
  readonly details: Omit<ErrorDetails, 'code'>;

  constructor(code: ErrorCode, details: Omit<ErrorDetails, 'code'> = {}, options?: ErrorOptions) {
    super(errorTable[code].message, options);
    this.name = 'ElizadError';
    this.code = code;
    this.details = details;
  }

  /** The wire form: `{error, details:{code, hint, …}}`. */
  toWire(): { error: string; details: ErrorDetails } {
    return { error: this.message, details: { code: this.code, hint: errorTable[this.code].hint, ...this.details } };
  }
}
