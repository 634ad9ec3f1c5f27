/** What a config may hold: each fault with its place, such as `plugins[0].actions[1].name`, and what is expected there. */
import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';
import type { McpServerConfig } from '../actions/mcp/server-config.ts';
import { mcpServers } from '../actions/mcp/server-config.ts';
import { toJsonSchema } from '../actions/run-action.ts';

export type Fault = { readonly place: string; readonly message: string };
export type CheckedConfig =
  | { readonly ok: true; readonly mcpServers: Readonly<Record<string, McpServerConfig>> }
  | { readonly ok: false; readonly faults: readonly Fault[] };

const maxFaults = 20;
const dayMs = 86_400_000;

const isFunction = z.custom((value) => typeof value === 'function', 'expected a function');
const milliseconds = (most: number) => z.int().min(1).max(most);

/** Known by what it is made of, not by its class: a plugin may bring a zod of its own. */
const isObjectSchema = (value: unknown): value is z.ZodObject =>
  typeof value === 'object' &&
  value !== null &&
  '_zod' in value &&
  'safeParseAsync' in value &&
  (value as z.ZodObject)._zod.def.type === 'object';

const parameters = z.unknown().superRefine((value, context) => {
  if (!isObjectSchema(value)) {
    context.addIssue('expected a zod schema of an object: z.object({ … }), with z from elizad');
    return;
  }
  try {
    toJsonSchema(value);
  } catch (error) {
    context.addIssue(`expected types that JSON has (${(error as Error).message})`);
  }
});

const approval = z.strictObject({
  question: z.union([z.string().min(1), isFunction], { error: 'expected a text or a function' }).optional(),
  timeoutMs: milliseconds(20 * dayMs).optional(),
  otherwise: z.enum(['approve', 'deny']).optional(),
});

const action = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected 1 to 64 letters, digits, _ or -'),
  description: z.string().trim().min(1).max(4_000),
  parameters,
  // Not a union: that would say of each mistake only that nothing fits.
  approval: z.preprocess((value) => (typeof value === 'boolean' ? {} : value), approval).optional(),
  timeoutMs: milliseconds(dayMs).optional(),
  run: isFunction,
});

const contextSource = z.looseObject({ heading: z.string().trim().min(1).max(200), recall: isFunction });
const hook = z.strictObject({ beforeTurn: isFunction.optional(), afterTurn: isFunction.optional() });
const mcp = z.strictObject({ servers: mcpServers.default({}) });

const parts = {
  actions: z.array(action).max(500).optional(),
  contextSources: z.array(contextSource).max(100).optional(),
  hooks: z.array(hook).max(100).optional(),
};
const plugin = z.strictObject({ name: z.string().trim().min(1).max(100), ...parts });
const config = z.strictObject({ ...parts, plugins: z.array(plugin).max(100).optional(), mcp: mcp.optional() });

/** Fields by the name of the list, or the field, that holds what has them. */
const knownFields: Record<string, readonly string[]> = {
  '': Object.keys(config.shape),
  plugins: Object.keys(plugin.shape),
  actions: Object.keys(action.shape),
  approval: Object.keys(approval.shape),
  hooks: Object.keys(hook.shape),
  mcp: Object.keys(mcp.shape),
};

/** Checks everything that can be checked without running it. */
export function checkConfig(value: unknown): CheckedConfig {
  const parsed = config.safeParse(value);
  if (parsed.success) return { ok: true, mcpServers: parsed.data.mcp?.servers ?? {} };
  const faults = parsed.error.issues.flatMap(({ path, message, ...issue }): Fault[] =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ place: toPlace([...path, key]), message: `unknown field${suggest(key, path)}` }))
      : [{ place: toPlace(path), message }],
  );
  return { ok: false, faults: faults.slice(0, maxFaults) };
}

function toPlace(path: readonly PropertyKey[]): string {
  const joined = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return joined.replace(/^\./, '') || '(the default export)';
}

function suggest(key: string, path: readonly PropertyKey[]): string {
  const holder = path.findLast((one) => typeof one === 'string') ?? '';
  const known = knownFields[holder] ?? [];
  if (known.length === 0) return '';
  const nearest = closest(key, [...known]);
  return distance(key, nearest) <= 3 ? `; did you mean ${nearest}?` : `; known fields: ${known.join(', ')}`;
}
