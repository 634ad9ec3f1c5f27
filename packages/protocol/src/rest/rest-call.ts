/** What a caller of a row gives and gets, as types: for clients, who need no schema at run time. */
import type { z } from 'zod';
import type { RestRow } from './rest-row.ts';
import type { restRows } from './rest-rows.ts';

type Rows = typeof restRows;
type Input<R, K extends PropertyKey> = R extends Record<K, infer T extends z.ZodType> ? z.input<T> : undefined;
/** A query travels as text: what the server coerces may be given as what it is. */
type QueryInput<Q> = { [K in keyof Q]: unknown extends Q[K] ? string | number | boolean | undefined : Q[K] };
type Part<K extends string, T> = T extends undefined
  ? { [P in K]?: undefined }
  : Record<never, never> extends T
    ? { [P in K]?: T }
    : { [P in K]: T };

/** Of a row: `params`, `query` and `body`, each where the row has one, and needed where it needs something. */
export type RestInput<N extends keyof Rows> = Part<'params', Input<Rows[N], 'params'>> &
  Part<'query', Input<Rows[N], 'query'> extends infer Q ? (Q extends undefined ? undefined : QueryInput<Q>) : never> &
  Part<'body', Input<Rows[N], 'body'>>;

type Parsed<T> = T extends z.ZodType ? z.output<T> : T extends 'none' ? undefined : never;
type Answers<R extends RestRow> = Parsed<R['answers'][keyof R['answers']]>;

/** The JSON that a row answers with, undefined where it has none; the raw `Response` where it never answers with JSON. */
export type RestOutput<N extends keyof Rows> = [Answers<Rows[N]>] extends [never] ? Response : Answers<Rows[N]>;

/** The rows that take a file. */
export type RestUploadName = { [N in keyof Rows]: Rows[N] extends { upload: string } ? N : never }[keyof Rows];
