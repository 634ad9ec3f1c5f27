/** The types of fields in words that people read: of the pages of documents, and of `/docs`. */
import { z } from 'zod';

export type Schema = {
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  propertyNames?: Schema;
  pattern?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  $ref?: string;
};

export const toSchema = (schema: z.ZodType, io: 'input' | 'output' = 'input'): Schema =>
  z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Schema;

/** In the manner of TypeScript, with bounds in words: `{text: string (at most 40 characters), limit?: integer 1…100}`. */
export function describeType(schema: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants) return variants.map(describeType).join(' | ');
  if (schema.pattern?.includes('{8}')) return 'uuid';
  if (schema.format === 'date-time') return 'ISO time';
  if (schema.type === 'array') return `${describeType(schema.items ?? {})}[]`;
  if (schema.type === 'object' && schema.properties) {
    const fields = Object.entries(schema.properties).map(
      ([name, field]) => `${name}${schema.required?.includes(name) ? '' : '?'}: ${describeType(field)}`,
    );
    return `{${fields.join(', ')}}`;
  }
  if (schema.type === 'object') {
    const isById = schema.propertyNames?.pattern !== undefined && typeof schema.additionalProperties === 'object';
    return isById ? `{[id]: ${describeType(schema.additionalProperties as Schema)}}` : 'object';
  }
  const bounds =
    schema.type === 'integer' && schema.maximum !== undefined && schema.maximum < 1e9
      ? ` ${schema.minimum ?? 0}…${schema.maximum}`
      : '';
  return `${[schema.type ?? 'any'].flat().join(' | ')}${bounds}${schema.maxLength === undefined ? '' : ` (at most ${schema.maxLength} characters)`}`;
}

/** Fields of an object, each with its type and whether it must be given. */
export function listFields(schema: Schema): { name: string; type: string; required: boolean; about: string }[] {
  return Object.entries(schema.properties ?? {}).map(([name, field]) => ({
    name,
    type: describeType(field),
    required: schema.required?.includes(name) ?? false,
    about: [field.description ?? '', field.default === undefined ? '' : `Default: ${JSON.stringify(field.default)}.`]
      .filter(Boolean)
      .join(' '),
  }));
}
