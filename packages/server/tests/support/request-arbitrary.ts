/**
 * Requests made from the rows of the HTTP API: such as a row describes, about things that are there, and in every fourth
 * one thing is not as it should be. An id is a gap, `__kind.number__`, that is filled when the request is sent: see request-pool.ts.
 */
import { type RestRow, type RestRowName, restRows } from 'elizad-protocol/rest';
import fc from 'fast-check';
import { z } from 'zod';
import { type Mutation, mutate, mutations } from './request-mutation.ts';
import { kindOf } from './request-pool.ts';

export type GeneratedRequest = {
  row: RestRowName;
  /** What was made wrong; nothing where the request is as the row describes it. */
  mutation: Mutation | undefined;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | Uint8Array | FormData | undefined;
};

type JsonSchema = {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: JsonSchema | boolean;
  pattern?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
};

const oneIn = <T>(many: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: many - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

/** What there is must not go as fast as it comes. */
const weightOf = (name: string, { method }: RestRow) =>
  method === 'DELETE' || /^(clear|stop|end)-/.test(name) ? 1 : 6;

/** One request of this many rows; those of `without` are left out. */
export function createRequestArbitrary(without: readonly RestRowName[] = []): fc.Arbitrary<GeneratedRequest> {
  const rows = (Object.entries(restRows) as [RestRowName, RestRow][]).filter(([name]) => !without.includes(name));
  return fc.oneof(...rows.map(([name, row]) => ({ weight: weightOf(name, row), arbitrary: requestTo(name, row) })));
}

function requestTo(name: RestRowName, row: RestRow): fc.Arbitrary<GeneratedRequest> {
  const fields = (schema: z.ZodType | undefined) =>
    schema ? fitting(toJson(schema), '') : fc.constant<unknown>(undefined);
  return fc
    .record({
      path: fc.constantFrom(row.path, ...(row.aliases ?? [])),
      params: fields(row.params),
      query: fields(row.query),
      body: fields(row.body),
      file: fc.uint8Array({ maxLength: 300 }),
      isForm: row.upload ? fc.constant(true) : row.form ? fc.boolean() : fc.constant(false),
      isRespelled: fc.boolean(),
      entity: oneIn(4, gapOf('user')),
      mutation: oneIn(4, fc.record({ kind: fc.constantFrom(...mutations), value: rubbish, nth: fc.nat(50) })),
    })
    .map(({ path, file, isForm, isRespelled, entity, mutation, ...given }) => {
      const respelled = isRespelled ? { query: respell(row, given.query), body: respell(row, given.body) } : {};
      const parts = { ...given, ...respelled };
      const form = isForm ? toForm(row, file) : undefined;
      const request: GeneratedRequest = {
        row: name,
        mutation: undefined,
        method: row.method,
        path: fill(path, parts.params) + search(parts.query),
        headers: {
          ...(entity && { 'x-entity-id': entity }),
          ...(parts.body !== undefined && !form && { 'content-type': 'application/json' }),
        },
        body: form ?? (parts.body === undefined ? undefined : JSON.stringify(parts.body)),
      };
      if (!mutation) return request;
      return { ...mutate(request, { ...parts, fill: (params) => fill(path, params), search }, mutation), mutation };
    });
}

const toJson = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;

function toForm({ upload, form }: RestRow, bytes: Uint8Array): FormData {
  const made = new FormData();
  // The smallest GIF: most addresses look at what the bytes are.
  const gif = Buffer.from('R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==', 'base64');
  const [first = 0] = bytes;
  const content = first < 64 ? bytes : gif;
  made.append(upload ?? form?.file ?? 'file', new Blob([content as BlobPart], { type: 'image/gif' }), 'dot.gif');
  return made;
}

function respell({ spellings = {} }: RestRow, given: unknown): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given;
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [spellings[key]?.[0] ?? key, value]));
}

function fill(path: string, params: unknown): string {
  const given = (typeof params === 'object' && params !== null ? params : {}) as Record<string, unknown>;
  return path.replace(/:(\w+)|\*/g, (_match, name = '') => encodeURIComponent(show(given[name]).slice(0, 200)) || 'x');
}

function search(query: unknown): string {
  if (typeof query !== 'object' || query === null) return '';
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const pairs = given.map(([key, value]) => [key, show(value).slice(0, 500)]);
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`;
}

const show = (value: unknown): string =>
  typeof value === 'string' ? value.toWellFormed() : (JSON.stringify(value) ?? '');

/** Whatever it is, it is not what was asked for. */
const rubbish = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    ...[null, '', ' ', '\u0000', '\ud800', '../../etc/passwd', '%00', '%2e%2e%2f', "' or 1=1 --", '💥', '\r\nX: y'],
    ...[-1, 0, 1.5, 1e308, 2 ** 53, 'NaN', 'Infinity', true, [], {}, 'x'.repeat(5_000), '9'.repeat(400)],
    ...[JSON.parse('{"__proto__":{"a":1},"constructor":1}'), 'toString', '__proto__'],
  ),
);

const gapOf = (kind: string): fc.Arbitrary<string> => fc.nat(999).map((nth) => `__${kind}.${nth}__`);

/** A value that fits a JSON schema; `key` is the name of the field that it is for. */
function fitting(schema: JsonSchema, key: string): fc.Arbitrary<unknown> {
  const known = Object.hasOwn(special, key) && !schema.enum ? special[key] : undefined;
  if (known) return known;
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map((one) => fitting(one, key)));
  if (schema.allOf) return fitting(Object.assign({}, ...schema.allOf), key);
  return fc.oneof(...[schema.type ?? 'any'].flat().map((type) => fittingType(type, schema, key)));
}

function fittingType(type: string, schema: JsonSchema, key: string): fc.Arbitrary<unknown> {
  const { minimum = 0, maximum = 1e6, minLength = 0, maxLength = 60, minItems = 0 } = schema;
  switch (type) {
    case 'object':
      return fittingObject(schema, key);
    case 'array':
      return fc.array(fitting(schema.items ?? {}, key), { minLength: minItems, maxLength: Math.max(minItems, 4) });
    case 'integer':
      return fc.integer({ min: Math.max(minimum, -1e9), max: Math.max(Math.min(maximum, 1e9), minimum) });
    case 'number':
      return fc.double({ min: Math.max(minimum, -1e9), max: Math.min(maximum, 1e9), noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'string':
      if (schema.pattern?.includes('8}') || schema.format === 'uuid') return gapOf(kindOf(key));
      if (schema.format === 'date-time')
        return fc.date({ noInvalidDate: true, ...days }).map((one) => one.toISOString());
      if (isId.test(key)) return gapOf(key === 'before' || key === 'after' ? 'message' : kindOf(key));
      return textOf(minLength, Math.max(minLength, Math.min(maxLength, 60)));
    default:
      return fc.oneof(fc.jsonValue({ maxDepth: 2 }), gapOf('any'));
  }
}

/** Names of fields that take an id, or the name of something that is there. */
const isId = /Ids?$|^(id|file|model|participants|users|user|entities|before|after|cursor)$/;

/** Fields of which a row wants more than its JSON schema can say. */
const special: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  metadata: fc.dictionary(fc.string({ maxLength: 20 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 }),
  nonce: fc.constantFrom('00ff', 'a'.repeat(64)),
  timeoutMinutes: fc.integer({ min: 5, max: 60 }),
  maxDurationMinutes: fc.integer({ min: 60, max: 900 }),
  warningThresholdMinutes: fc.integer({ min: 0, max: 4 }),
  level: fc.constantFrom('all', 'info', 'warn', 'error'),
  type: fc.constantFrom('DM', 'GROUP', 'dm', 'group', 'text'),
  character: fc.record(
    {
      name: fc.string({ minLength: 1, maxLength: 20 }).map((name) => `A${name.trim()}`),
      bio: fc.constantFrom<unknown>('A poet.', ['A poet.', 'Of Rome.']),
      topics: fc.array(fc.string({ maxLength: 20 }), { maxLength: 3 }),
      settings: fc.constantFrom({}, { model: 'eliza' }, { secrets: { A_KEY: 'x' } }),
    },
    { requiredKeys: ['name', 'bio'] },
  ),
};

const days = { min: new Date('1990-01-01'), max: new Date('2090-01-01') };

/** Mostly words; what is legal and rare as well. */
function textOf(minLength: number, maxLength: number): fc.Arbitrary<string> {
  const any = fc.string({ minLength, maxLength, unit: 'grapheme' });
  const words = ['Hello', 'What is it like?', 'Eliza', 'a b c'].filter(
    ({ length }) => length >= minLength && length <= maxLength,
  );
  return words.length === 0
    ? any
    : fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...words) }, { weight: 2, arbitrary: any });
}

function fittingObject({ properties = {}, required = [], additionalProperties }: JsonSchema, of: string) {
  // What may be left out mostly is: many filters at once leave nothing of a list.
  const known = Object.entries(properties).map(([key, one]) => [
    key,
    required.includes(key) ? fitting(one, key) : oneIn(3, fitting(one, key)),
  ]);
  const record = fc.record<Record<string, unknown>>(Object.fromEntries(known));
  if (typeof additionalProperties !== 'object') return record;
  const more = fc.dictionary(fc.string({ maxLength: 20 }), fitting(additionalProperties, of), { maxKeys: 3 });
  return fc.tuple(record, more).map(([one, other]) => ({ ...other, ...one }));
}
