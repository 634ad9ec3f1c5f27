/** What a route of the HTTP API is: one row says all of it. The server mounts the rows, the API's description is made from them. */
import { z } from 'zod';
import type { ErrorCode } from '../error-table.ts';
import { uuid } from '../ids.ts';
import type { RoomRight } from '../rights.ts';

/** The parts of the API, in the order in which they are shown. */
export const restDomains = [
  'system',
  'agents',
  'memory',
  'rooms',
  'messaging',
  'sessions',
  'jobs',
  'logs',
  'media',
  'audio',
  'tee',
  'openai',
] as const;
export type RestDomain = (typeof restDomains)[number];

/** What the credential of a caller must allow; null where nobody is asked. */
export type RestScope = 'chat' | 'logs' | 'moderate' | 'operate' | null;

/**
 * A body that is no JSON: `none` has no bytes (204), `events` are server-sent events, `bytes` are a file or audio,
 * `page` is HTML, `text` plain text.
 */
export type RawAnswer = 'none' | 'events' | 'bytes' | 'page' | 'text';

export type RestRow = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As clients of the field spell it, parameters as `:name`. */
  readonly path: string;
  /** Other spellings of the same address, with the same names of parameters. */
  readonly aliases?: readonly string[];
  readonly domain: RestDomain;
  /**
   * The row that answers in its place, of the same parameters, where a GET names the type of a body that it does not have:
   * `Content-Type: application/json`. The clients of the released servers do, and read that row's shape; who follows the
   * documentation does not.
   */
  readonly released?: string;
  /** What it does, in a sentence or two, for readers of the API's description. */
  readonly about: string;
  readonly scope: RestScope;
  /** The room that it is about: the parameter with its id, and the right that the caller needs there. */
  readonly room?: { readonly id: 'channelId' | 'roomId'; readonly right: RoomRight };
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** The JSON body; unknown fields are ignored. */
  readonly body?: z.ZodType;
  /** Takes `multipart/form-data` instead of JSON: the name of the field with the file. */
  readonly upload?: string;
  /** Takes `multipart/form-data` as well as JSON: what its fields are, and the name of one for a file, which may be left out. */
  readonly form?: { readonly file: string; readonly fields: z.ZodType };
  /** Other spellings of fields of query and body; the first one given counts, our own before all. */
  readonly spellings?: Readonly<Record<string, readonly string[]>>;
  /** What is answered when all went well, by status; the lowest is the usual one. */
  readonly answers: Readonly<Record<number, z.ZodType | RawAnswer>>;
  /** What may go wrong beside `invalid-payload`, `unauthorized`, `too-many-keys`, `missing-scope`, `too-many-requests` and `internal`. */
  readonly errors: readonly ErrorCode[];
};

/** `{success: true, data}`, and beside them what older clients read at the top. */
export const enveloped = <D extends z.ZodType, L extends z.ZodRawShape = Record<never, never>>(
  data: D,
  legacy: L = {} as L,
) => z.object({ success: z.literal(true), data, ...legacy });

/** Parameters of an address that are ids. */
export const idParams = <const N extends string>(...names: N[]) =>
  z.object(Object.fromEntries(names.map((name) => [name, uuid])) as Record<N, typeof uuid>);

/** A number in a query, which arrives as text. */
export const queryNumber = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

/** A yes or no in a query. */
export const queryFlag = z.enum(['true', 'false', '1', '0']).transform((text) => text === 'true' || text === '1');

/** A moment, as ISO text in answers. */
export const isoTime = z.iso.datetime();

/** A moment of a query or body: ms since the epoch or ISO text; as ms. */
export const moment = z.union(
  [z.coerce.number().int().min(0), z.iso.datetime({ offset: true }).transform(Date.parse)],
  {
    error: 'expected ms since the epoch, or an ISO 8601 time',
  },
);

/** Whatever a client wants kept with a thing; given back as it came. */
export const metadata = z.record(z.string(), z.json());

/** How an HTTP error looks, always. */
export type RestFailure = {
  success: false;
  error: {
    code: string;
    message: string;
    hint?: string;
    details?: string;
    issues?: { path: string; message: string }[];
  };
};
