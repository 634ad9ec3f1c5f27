/** The one error of the client for what the server refuses, on the socket and over HTTP. */
import type { AckFailure, ErrorDetails } from 'elizad-protocol';

/** The server refused a request: `details.code` says why, `details.hint` what to do. */
export class RequestFailed extends Error {
  readonly details: ErrorDetails;
  constructor({ error, details }: AckFailure) {
    super(details.hint ? `${error} ${details.hint}` : error);
    this.name = 'RequestFailed';
    this.details = details;
  }
}
