/** What every spelling of an intent has, whatever dialect it is of; its samples are tests and documentation at once. */

type Sample = { why: string; payload: unknown };

/** `Payload`: what the intent takes. */
export type Spelling<Payload> = {
  /**
   * Wire field → field of the intent; a dot reaches into an object. Where two spell the same one, the first that is
   * present wins.
   */
  fields: Readonly<Record<string, keyof Payload & string>>;
  /** Other words that clients of other servers have for fields, mixed with the ones above; the ones above go first. */
  alsoTaken?: Readonly<Record<string, keyof Payload & string>>;
  about: string;
  valid: readonly [Sample, ...Sample[]];
  invalid: readonly [Sample & { path: string }, ...(Sample & { path: string })[]];
};

/** Ids that the samples use. */
export const sampleIds = {
  room: '11111111-1111-4111-8111-111111111111',
  user: '22222222-2222-4222-8222-222222222222',
  agent: 'b850bc30-45f8-0041-a00a-83df46d8555d',
  message: '33333333-3333-4333-8333-333333333333',
} as const;

/** What every row refuses. */
export const notAnObject = { why: 'not an object', payload: 'hello', path: '' };
