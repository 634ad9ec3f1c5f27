/**
 * Requests made from the rows of the HTTP API: mostly such as a row describes, with values at its edges and now and then
 * something else in place of one; ids are often those of things that are there.
 */
import { type RestRow, type RestRowName, restRows } from 'elizad-protocol/rest';
import fc from 'fast-check';
import { z } from 'zod';

export type GeneratedRequest = {
  row: RestRowName;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | Uint8Array | undefined;
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
};

/** Whatever it is, it is not what was asked for. */
const rubbish = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    null,
    '',
    ' ',
    '\u0000',
    '../../etc/passwd',
    '%00',
    "' or 1=1 --",
    '💥',
    -1,
    0,
    1e308,
    2 ** 53,
    true,
    [],
    {},
    { __proto__: null },
    'x'.repeat(5_000),
  ),
);

/** Requests to every row but those of `without`. `ids` are of things that are there. */
export function createRequestArbitrary(
  ids: readonly string[],
  without: readonly RestRowName[] = [],
): fc.Arbitrary<GeneratedRequest> {
  const anyId = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...ids) }, { weight: 2, arbitrary: fc.uuid() });
  const names = (Object.keys(restRows) as RestRowName[]).filter((name) => !without.includes(name));
  return fc.constantFrom(...names).chain((name) => {
    const row: RestRow = restRows[name];
    const fields = (schema: z.ZodType | undefined) => (schema ? fromSchema(toJson(schema), anyId) : fc.constant({}));
    return fc
      .record({
        path: fc.constantFrom(row.path, ...(row.aliases ?? [])),
        params: fields(row.params),
        query: fields(row.query),
        body: row.body ? fc.oneof({ weight: 6, arbitrary: fields(row.body) }, rubbish) : fc.constant(undefined),
        raw: fc.option(fc.oneof(fc.constant('{'), fc.string(), fc.uint8Array({ maxLength: 200 })), { freq: 30 }),
        type: fc.oneof(
          { weight: 12, arbitrary: fc.constant('application/json') },
          fc.constantFrom('text/plain', 'multipart/form-data; boundary=x', 'nonsense', ''),
        ),
        entity: fc.option(anyId, { freq: 2 }),
      })
      .map(({ path, params, query, body, raw, type, entity }) => {
        const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
        const isBare = row.method === 'GET';
        return {
          row: name,
          method: row.method,
          path: fill(path, params) + search(query),
          headers: {
            ...(entity && { 'x-entity-id': entity }),
            ...(!isBare && sent !== undefined && type && { 'content-type': type }),
          },
          body: isBare ? undefined : sent,
        };
      });
  });
}

const toJson = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;

function fill(path: string, params: unknown): string {
  const given = (typeof params === 'object' && params !== null ? params : {}) as Record<string, unknown>;
  return path.replace(/:(\w+)|\*/g, (_match, name = '') => encodeURIComponent(show(given[name]).slice(0, 200)) || 'x');
}

function search(query: unknown): string {
  if (typeof query !== 'object' || query === null) return '';
  const pairs = Object.entries(query).map(([key, value]) => [key, show(value).slice(0, 500)]);
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`;
}

const show = (value: unknown): string =>
  typeof value === 'string' ? value.toWellFormed() : (JSON.stringify(value) ?? '');

/** Values of a JSON schema; one in ten is something else. */
function fromSchema(schema: JsonSchema, anyId: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 12, arbitrary: fitting(schema, anyId) }, rubbish);
}

function fitting(schema: JsonSchema, anyId: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map((one) => fitting(one, anyId)));
  if (schema.allOf) return fitting(Object.assign({}, ...schema.allOf), anyId);
  const types = [schema.type ?? 'any'].flat();
  return fc.oneof(...types.map((type) => fittingType(type, schema, anyId)));
}

function fittingType(type: string, schema: JsonSchema, anyId: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  const { minimum = 0, maximum = 1e6, minLength = 0, maxLength = 60 } = schema;
  switch (type) {
    case 'object':
      return fittingObject(schema, anyId);
    case 'array':
      return fc.array(fromSchema(schema.items ?? {}, anyId), { maxLength: 4 });
    case 'integer':
    case 'number':
      return fc.integer({ min: Math.max(minimum, -1e9), max: Math.max(Math.min(maximum, 1e9), minimum) });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'string':
      if (schema.pattern?.includes('8}') || schema.format === 'uuid') return anyId;
      if (schema.format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
      return fc.string({ minLength, maxLength: Math.max(minLength, Math.min(maxLength, 60)), unit: 'grapheme' });
    default:
      return fc.oneof(fc.jsonValue({ maxDepth: 2 }), anyId);
  }
}

function fittingObject(schema: JsonSchema, anyId: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties } = schema;
  const known = Object.fromEntries(Object.entries(properties).map(([key, one]) => [key, fromSchema(one, anyId)]));
  const record = fc.record(known, { requiredKeys: required.filter((key) => key in known) });
  if (typeof additionalProperties !== 'object') return record;
  const more = fc.dictionary(fc.string({ maxLength: 20 }), fromSchema(additionalProperties, anyId), { maxKeys: 3 });
  return fc.tuple(record, more).map(([one, other]) => ({ ...other, ...one }));
}
