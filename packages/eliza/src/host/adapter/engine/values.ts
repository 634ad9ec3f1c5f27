/** Values between a project and the tables: ids, times, numbers of rows and JSON, with the same leniency as plugin-sql. */
import { randomUUID } from 'node:crypto';
import type { Time } from '../types.ts';

export type Value = string | number | null | Uint8Array;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** An id in lower case, since ids are compared without regard to case. Throws where it is not a UUID. */
export function toId(value: unknown): string {
  const id = typeof value === 'string' ? value.toLowerCase() : '';
  if (uuid.test(id)) return id;
  const shown = typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : String(value);
  throw new TypeError(`${shown} is not a UUID: make ids of other words with stringToUuid or createUniqueUuid`);
}

/** Null where there is none. */
export const toOptionalId = (value: unknown): string | null =>
  value === undefined || value === null ? null : toId(value);

/** A condition for ids in a column, and its value: a list of one, which is the most frequent, is found faster. */
export function isOneOf(column: string, ids: readonly unknown[]): [string, string] {
  const [first] = ids;
  if (ids.length === 1) return [`${column} = ?`, toId(first)];
  return [`${column} IN (SELECT value FROM json_each(?))`, JSON.stringify(ids.map(toId))];
}

export const makeId = (): string => randomUUID();

/** Ms since the epoch. Throws where it is not a time. */
export function toMs(value: Time): number {
  const ms = new Date(value).getTime();
  if (!Number.isNaN(ms)) return ms;
  throw new RangeError('not a time: give ms since the epoch, a Date, or a text that Date understands');
}

export const toMsOrNow = (value: Time | null | undefined): number => (value ? toMs(value) : Date.now());

/** How many rows, or how many are left out: a whole number from 0. Null where it is not given. */
export function toCount(name: string, value: number | null | undefined): number | null {
  if (value === undefined || value === null) return null;
  if (Number.isInteger(value) && value >= 0) return value;
  throw new RangeError(`${name} must be a whole number, and not negative`);
}

/** SQLite's word for no limit is a negative one. */
export const toLimit = (value: number | null | undefined): number => toCount('count', value || null) ?? -1;

/** Null and undefined are the database's null, which is not the same as JSON's. */
export const toJson = (value: unknown): string | null =>
  value === undefined || value === null ? null : (JSON.stringify(value) ?? null);

/**
 * A text that is JSON itself comes back as what it says: plugin-sql does that, and projects that store `JSON.stringify(…)`
 * see it.
 */
export function readJson(text: string | null): unknown {
  if (text === null) return null;
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** JSON from a text that already is JSON, or from anything else. Throws where the text is not JSON. */
export function toDocument(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value ?? {}) ?? '{}';
  try {
    JSON.parse(value);
  } catch {
    // The reason that JSON gives has a piece of the text in it, which may be a message.
    throw new SyntaxError('content and metadata that are given as a text must be JSON: give an object');
  }
  return value;
}

/** As a list of texts, whatever it was given as. */
export function toTexts(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (typeof value === 'string') return [value];
  return isIterable(value) ? Array.from(value, String) : [String(value)];
}

const isIterable = (value: unknown): value is Iterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.iterator in value;

/** Columns of an update, where undefined leaves a column as it is. */
export function listChanges(values: { readonly [column: string]: Value | undefined }): [string, Value][] {
  return Object.entries(values).filter((entry): entry is [string, Value] => entry[1] !== undefined);
}

/** What `make` makes of a value, unless there is none: then the column is left as it is, or is set to null. */
export function change<T>(value: T | null | undefined, make: (value: T) => Value): Value | undefined {
  if (value === undefined) return undefined;
  return value === null ? null : make(value);
}

/** What plugin-sql answers with false, where it does not throw. */
export function succeeds(work: () => boolean): boolean {
  try {
    return work();
  } catch {
    return false;
  }
}
