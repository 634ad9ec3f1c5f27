/** Zod schemas as JSON Schema 2020-12, in a document that has what they share in `components`: where every tool looks for it. */
import { z } from 'zod';

export type Schema = Record<string, unknown> & { properties?: Record<string, Schema>; required?: string[] };

/** `input` is what a client sends, `output` what it is sent. */
export function toSchema(schema: z.ZodType, io: 'input' | 'output'): Schema {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    cycles: 'ref',
    override: ({ jsonSchema }) => simplify(jsonSchema as Schema),
  });
  const { $defs = {}, ...shown } = share(json as Schema) as Schema & { $defs?: Record<string, Schema> };
  for (const definition of Object.values($defs))
    if (JSON.stringify(definition) !== JSON.stringify(sharedSchemas.Json))
      throw new Error('A schema refers to itself, and is not any JSON: give it a name in sharedSchemas.');
  return shown;
}

/** What generators of clients read in one way only: a record of known names is an object, and what may be anything is no choice. */
function simplify(schema: Schema): void {
  const { propertyNames, additionalProperties, anyOf } = schema;
  const names = (propertyNames as Schema | undefined)?.enum;
  if (Array.isArray(names)) {
    schema.properties = Object.fromEntries(names.map((name) => [name, additionalProperties as Schema]));
    schema.additionalProperties = false;
    delete schema.propertyNames;
  }
  if (Array.isArray(anyOf) && anyOf.some((one) => Object.keys(one).length === 0)) delete schema.anyOf;
}

/** The one that refers to itself. */
export const sharedSchemas: Record<string, Schema> = { Json: describeJson() };

function describeJson(): Schema {
  const { $defs } = share(z.toJSONSchema(z.object({ json: z.json() })) as Schema) as { $defs: Record<string, Schema> };
  return Object.values($defs)[0] as Schema;
}

/** Zod names definitions by their number in one schema. */
function share(schema: Schema): Schema {
  return JSON.parse(JSON.stringify(schema).replaceAll(/"#\/\$defs\/__schema\d+"/g, '"#/components/schemas/Json"'));
}
