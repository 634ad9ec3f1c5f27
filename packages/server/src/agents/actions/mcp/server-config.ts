/** How an MCP server is reached: the shape that most MCP hosts use, checked, and its `${NAME}`s filled in. */
import { hideSecretShapes } from 'elizad-protocol/secrets';
import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';

const texts = z.record(z.string(), z.string());
const approval = z.union([z.boolean(), z.array(z.string())], { error: 'expected true, or a list of names of tools' });
/** `approval`: whether a person is asked before each call, or before those of some tools. */
const either = { approval: approval.optional(), disabled: z.boolean().optional() };
const program = z.object({
  type: z.literal('stdio').optional(),
  command: z.string().trim().min(1),
  args: z.array(z.string()).default([]),
  env: texts.default({}),
  cwd: z.string().min(1).optional(),
  ...either,
});
const address = z.object({
  type: z.enum(['http', 'streamable-http', 'sse']).default('http'),
  url: z.string().min(1),
  headers: texts.default({}),
  ...either,
});

/** A server as it was written down, with defaults. */
export type McpServerConfig = z.output<typeof program> | z.output<typeof address>;

/** One server. Fields of other hosts are dropped; one that is nearly ours is refused, since it was meant. */
const server = z.unknown().transform((value, context): McpServerConfig => {
  const given = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  const isAddress = given !== undefined && ('url' in given || ('type' in given && given.type !== 'stdio'));
  const schema = isAddress ? address : program;
  const refuse = (message: string, path: PropertyKey[] = []) =>
    context.issues.push({ code: 'custom', message, path, input: value });
  if (!given || !('url' in given || 'command' in given)) {
    refuse('expected {command, args?, env?, cwd?}, or {type?, url, headers?}');
    return z.NEVER;
  }
  const known = Object.keys(schema.shape);
  for (const key of Object.keys(given)) {
    const nearest = closest(key, known);
    const isMisspelt = !known.includes(key) && distance(key.toLowerCase(), nearest) <= 1;
    if (isMisspelt) refuse(`unknown field; did you mean ${nearest}?`, [key]);
  }
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  for (const { message, path } of parsed.error.issues) refuse(message, path);
  return z.NEVER;
});

/** Servers by name, at most 32, in the order in which they were written down. */
export const mcpServers = z
  .record(z.string().trim().min(1).max(64), server)
  .refine((servers) => Object.keys(servers).length <= 32, 'expected at most 32 servers');

/** A server as it is reached, and the values in it that no log may show. */
export type ResolvedServer = { readonly config: McpServerConfig; readonly secrets: readonly string[] };

type Variables = Readonly<Record<string, string | undefined>>;
type Fill = (name: string, otherwise: string | undefined) => string;

/** Fills in `${NAME}` and `${NAME:-else}`. Throws an error that names the variable that is not set. */
export function resolveServer(config: McpServerConfig, variables: Variables): ResolvedServer {
  const secrets = new Set<string>();
  const fill: Fill = (name, otherwise) => {
    const value = (Object.hasOwn(variables, name) ? variables[name] : undefined) || otherwise;
    if (value === undefined) throw new Error(`${name} is not set`);
    secrets.add(value);
    return value;
  };
  const resolved = fillIn(config, fill);
  for (const value of Object.values('url' in resolved ? resolved.headers : resolved.env)) secrets.add(value);
  // Short values are no secrets, and would black out half of a sentence.
  return {
    config: resolved,
    secrets: [...secrets].filter(({ length }) => length >= 6).sort((a, b) => b.length - a.length),
  };
}

/** The names of the variables that `resolveServer` fills in: found as it finds them. */
export function listVariables(config: McpServerConfig): string[] {
  const names = new Set<string>();
  fillIn(config, (name) => {
    names.add(name);
    return '';
  });
  return [...names];
}

/** The server with all its variables filled in, wherever one may stand. */
function fillIn(config: McpServerConfig, fill: Fill): McpServerConfig {
  const into = (text: string): string => fillText(text, fill);
  const intoAll = (values: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(values).map(([name, text]) => [name, into(text)]));
  if ('url' in config) return { ...config, url: into(config.url), headers: intoAll(config.headers) };
  const { command, args, env, cwd } = config;
  return { ...config, command: into(command), args: args.map(into), env: intoAll(env), ...(cwd && { cwd: into(cwd) }) };
}

/** The first variable that a brace would close. What stands for it may hold anything but that brace. */
const variable = /\$\{(\w+)(?::-(.*))?$/s;

function fillText(text: string, fill: Fill): string {
  const parts = text.split('}');
  const rest = parts.pop() ?? '';
  const filled = parts.map((part) => {
    const found = variable.exec(part);
    return found ? part.slice(0, found.index) + fill(found[1] as string, found[2]) : `${part}}`;
  });
  return filled.join('') + rest;
}

/** Longest words that are looked at. */
const mostOfWords = 10_000;

/** Words about a server for the log or for a person: bounded, without its secrets. */
export function redact(text: string, secrets: readonly string[], most = 300): string {
  const known = secrets.reduce((shown, secret) => shown.replaceAll(secret, '[secret]'), text.slice(0, mostOfWords));
  const clean = hideSecretShapes(known, '[secret]');
  return clean.replace(/\s+/g, ' ').trim().slice(0, most).toWellFormed();
}
