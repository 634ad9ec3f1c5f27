/** What the table of errors says of each error. */

export type ErrorRow = {
  readonly number: number;
  readonly httpStatus: number;
  /** `never`: the same request fails again. `later`: it may pass. `changed`: it passes once what the hint names is mended. */
  readonly retry: 'never' | 'later' | 'changed';
  readonly message: string;
  readonly hint: string;
  /** The hint for who asks over HTTP, where that is another one. */
  readonly httpHint: string;
};

export const row = (
  number: number,
  httpStatus: number,
  retry: ErrorRow['retry'],
  message: string,
  hint: string,
  httpHint: string = hint,
): ErrorRow => ({
  number,
  httpStatus,
  retry,
  message,
  hint,
  httpHint,
});
