/** A part of the server's order: after one place and up to another; `limit` entries at most. */
export type Range = { after: number; upTo: number; limit: number };
