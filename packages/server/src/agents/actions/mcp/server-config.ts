/** How an MCP server is reached: the shape that most MCP hosts use, checked, and its `${NAME}`s filled in. */
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
    if (isMisspelt) refuse(`no such field; did you mean ${nearest}?`, [key]);
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

/** Fills in `${NAME}` and `${NAME:-else}`. Throws an error that names the variable that is not set. */
export function resolveServer(
  config: McpServerConfig,
  variables: Readonly<Record<string, string | undefined>>,
): ResolvedServer {
  const secrets = new Set<string>();
  const fill = (text: string): string =>
    text.replace(/\$\{(\w+)(?::-([^}]*))?\}/g, (_, name: string, otherwise: string | undefined) => {
      const value = (Object.hasOwn(variables, name) ? variables[name] : undefined) || otherwise;
      if (value === undefined) throw new Error(`${name} is not set`);
      secrets.add(value);
      return value;
    });
  const fillAll = (values: Record<string, string>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(values).map(([name, text]) => {
        const value = fill(text);
        secrets.add(value);
        return [name, value];
      }),
    );
  const resolved: McpServerConfig =
    'url' in config
      ? { ...config, url: fill(config.url), headers: fillAll(config.headers) }
      : {
          ...config,
          command: fill(config.command),
          args: config.args.map(fill),
          env: fillAll(config.env),
          ...(config.cwd && { cwd: fill(config.cwd) }),
        };
  // Short values are no secrets, and would black out half of a sentence.
  return {
    config: resolved,
    secrets: [...secrets].filter(({ length }) => length >= 6).sort((a, b) => b.length - a.length),
  };
}

/** Words about a server for the log or for a person: bounded, without its secrets. */
export function redact(text: string, secrets: readonly string[], most = 300): string {
  const clean = secrets.reduce((shown, secret) => shown.replaceAll(secret, '[secret]'), text);
  return clean.replace(/\s+/g, ' ').trim().slice(0, most).toWellFormed();
}
