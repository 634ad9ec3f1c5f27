/**
 * The documented bodies, taken at their word: every property that is listed must be there, no list may be empty, and
 * `success` must be true. What is otherwise is named here, with the reason, and must then be so.
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Answer, Operation } from './documented-operations.ts';

export type Schema = {
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  [keyword: string]: unknown;
};

/** What is otherwise at a place of a body, by `METHOD path` or `*`, and the place. */
type Otherwise = {
  /**
   * `absent`: no answer has it. `some`: some of a list have it, others not. `empty`: a list that is. `other`: there, of
   * another type.
   */
  is: 'absent' | 'some' | 'empty' | 'other';
  why: string;
};

export const otherwise: Readonly<Record<string, Otherwise>> = {
  'POST /api/agents data.character.messageExamples': { is: 'other', why: 'characters have lists of messages there' },
  'GET /api/agents/{agentId}/panels data': { is: 'empty', why: 'plugins here bring no panels' },
  'GET /api/agents/worlds data.worlds[].sourceId': { is: 'some', why: 'where one was given' },
  '* data.memories[].content.plan': { is: 'absent', why: 'no agent here writes a plan' },
  '* data.memories[].content.thought': { is: 'some', why: 'what an agent thought, where its model tells' },
  '* data.memories[].content.actions': { is: 'some', why: 'what an agent did' },
  '* data.memories[].content.inReplyTo': { is: 'some', why: 'answers have it' },
  'POST /api/messaging/central-channels/{channelId}/messages data.message.agentId': {
    is: 'absent',
    why: 'a person said it',
  },
  'GET /api/messaging/central-channels/{channelId}/messages data[].agentId': {
    is: 'some',
    why: 'where an agent said it',
  },
};

/** Those of `otherwise` that were looked at. */
export const met = new Set<string>();

/** A schema that requires all that the documented one lists, and refuses what is said to be otherwise and is not. */
export function requireAll(operation: string, documented: Schema): Schema {
  const look = (place: string): Otherwise['is'] | undefined => {
    const key = [`${operation} ${place}`, `* ${place}`].find((one) => one in otherwise);
    if (key !== undefined) met.add(key);
    return key === undefined ? undefined : otherwise[key]?.is;
  };

  function walk(schema: Schema, place: string): Schema {
    const { properties, items } = schema;
    if (properties) return { ...schema, ...walkProperties(properties, place) };
    if (!items) return schema;
    const within = `${place}[]`;
    const some = Object.keys(items.properties ?? {}).flatMap((name) => reach(items, name, within));
    return {
      ...schema,
      ...(look(place) === 'empty' ? { maxItems: 0 } : { minItems: 1 }),
      items: walk(items, within),
      ...(some.length > 0 && { allOf: some.map((contains) => ({ contains })) }),
    };
  }

  function walkProperties(properties: Record<string, Schema>, place: string): Schema {
    const places = Object.keys(properties).map((name) => ({ name, is: look(join(place, name)) }));
    const named = (kind: Otherwise['is']) => places.filter(({ is }) => is === kind).map(({ name }) => name);
    const inner = Object.entries(properties).map(([name, one]) => [
      name,
      named('other').includes(name) ? {} : walk(one, join(place, name)),
    ]);
    const absent = named('absent');
    return {
      properties: Object.fromEntries(inner),
      required: Object.keys(properties).filter((name) => !['some', 'absent'].includes(look(join(place, name)) ?? '')),
      ...(absent.length > 0 && { not: { anyOf: absent.map((name) => ({ required: [name] })) } }),
    };
  }

  /** For what only some of a list have: how one looks that has it, whatever the depth. */
  function reach(schema: Schema, name: string, place: string): Schema[] {
    const one = schema.properties?.[name];
    const here = join(place, name);
    if (look(here) === 'some') return [{ required: [name] }];
    return Object.keys(one?.properties ?? {}).flatMap((inner) =>
      reach(one as Schema, inner, here).map((found) => ({ required: [name], properties: { [name]: found } })),
    );
  }

  const strict = walk(documented, '');
  if (strict.properties?.success) strict.properties = { ...strict.properties, success: { const: true } };
  return strict;
}

const join = (place: string, name: string): string => (place === '' ? name : `${place}.${name}`);

const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addFormat('uuid', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i);
ajv.addFormat('date-time', (text) => !Number.isNaN(Date.parse(text)));
ajv.addFormat('uri', (text) => URL.canParse(text));
for (const format of ['binary', 'int64', 'float']) ajv.addFormat(format, true);

/** What is wrong with a body; undefined when nothing is. */
export const findMisfit = (schema: Schema, body: unknown): string | undefined =>
  ajv.validate(schema, body) ? undefined : ajv.errorsText(ajv.errors);

/** Why an answer is none of the documented ones, whole; or that it is an error, which sensible input never gets. */
export function findFault({ method, path, responses }: Operation, { status, type, body }: Answer): string | undefined {
  const said = `${status} ${type} ${JSON.stringify(body)}`.slice(0, 1_500);
  const documented = responses[String(status)];
  if (!documented) return `this status is not documented: ${said}`;
  if (status >= 400) return `sensible input is refused: ${said}`;
  const types = Object.keys(documented);
  if (types.length === 0) return body === '' ? undefined : `no body is documented: ${said}`;
  const schema = documented[type];
  if (!schema) return `expected ${types.join(' or ')}: ${said}`;
  if (type !== 'application/json') return body === '' ? 'nothing came' : undefined;
  const misfit = findMisfit(requireAll(`${method} ${path}`, schema), body);
  return misfit && `${misfit}: ${said}`;
}
