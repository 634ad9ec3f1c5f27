/**
 * What a client can want, in our own words: one row for each intent, in the folder `in`, with the event by which the documented
 * protocol says it. Other dialects spell the same intents in files of their own (wire-in.ts); what the server says back is in
 * wire-out.ts.
 */
import type { z } from 'zod';
import { messageIntents } from './in/messages.ts';
import { roomIntents } from './in/rooms.ts';
import { turnIntents } from './in/turns.ts';
import { watchIntents } from './in/watching.ts';
import { worldIntents } from './in/world.ts';

/** By the name of the event, in the order of the documentation. */
export const documentedRows = {
  ...roomIntents,
  ...messageIntents,
  ...worldIntents,
  ...turnIntents,
  ...watchIntents,
} as const;

type Rows = typeof documentedRows;

/** By the name of the intent, whatever dialect it comes in. */
export const intents = Object.fromEntries(Object.values(documentedRows).map((row) => [row.intent, row])) as {
  readonly [E in keyof Rows as Rows[E]['intent']]: Rows[E];
};

export type IntentName = keyof typeof intents;
/** An intent after parsing: defaults filled in, ids lower-cased. */
export type Intent<I extends IntentName> = z.output<(typeof intents)[I]['payload']>;
/** What a client may leave out is optional here. */
export type IntentInput<I extends IntentName> = z.input<(typeof intents)[I]['payload']>;
/** What a handler returns, and an acknowledgement carries. */
export type IntentResult<I extends IntentName> = z.output<(typeof intents)[I]['result']>;
