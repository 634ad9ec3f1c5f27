/** What the hardware has signed, whichever interface gave it. */

/** Bytes in hex. */
export type Quote = {
  provider: string;
  quote: string;
  auxiliary?: string;
  generation?: number;
  eventLog?: unknown;
};
