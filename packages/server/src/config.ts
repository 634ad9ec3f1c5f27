/**
 * Every setting, once: where it comes from, what it may be, its default and the reason for it.
 * Flags win over the environment, the environment over `.env`. docs/settings.md is made from this table.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { defaultLimits, turnPolicies } from 'elizad-protocol';
import { z } from 'zod';

/** The version of this package, as it is shown to clients. */
export const version: string = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;

type Setting = {
  /** Names in the environment; the first that is set wins. */
  env: readonly string[];
  /** Name of the flag of `elizad serve`, where there is one. */
  flag?: string;
  schema: z.ZodType;
  /** What is accepted, in the words of the error line. */
  accepts: string;
  about: string;
  /** Why the default is what it is. */
  why: string;
  /** Never shown in an error, a log or a doc. */
  secret?: true;
};

const wholeNumber = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
const list = z.preprocess(
  (value) =>
    typeof value === 'string'
      ? value
          .split(',')
          .map((part) => part.trim())
          .filter(Boolean)
      : value,
  z.array(z.string()),
);
const httpUrl = z.url({ protocol: /^https?$/ });
const secret = z.string().min(1);

export const settingsTable = {
  port: {
    env: ['PORT', 'SERVER_PORT'],
    flag: 'port',
    schema: wholeNumber(0, 65535).default(3000),
    accepts: 'a whole number from 0 to 65535 (0 takes a free one)',
    about: 'TCP port for HTTP and sockets.',
    why: 'The port that Eliza OS clients expect.',
  },
  host: {
    env: ['HOST', 'SERVER_HOST'],
    flag: 'host',
    schema: z.string().min(1).default('127.0.0.1'),
    accepts: 'a host name or address to bind',
    about: 'Address to bind. Anything but loopback needs ELIZAD_API_KEY.',
    why: 'A server that was just installed should be open to nobody else.',
  },
  dataDir: {
    env: ['ELIZAD_DATA'],
    flag: 'data',
    schema: z.string().min(1).default('.elizad'),
    accepts: 'a directory that can be written',
    about: 'Data directory; made when missing. One server at a time.',
    why: 'Beside the work, easy to find, back up and delete.',
  },
  characters: {
    env: ['ELIZAD_CHARACTERS'],
    flag: 'character',
    schema: list.default([]),
    accepts: 'paths of character files, separated by commas',
    about: 'Character files. `characters/*.json` beside the data directory is always read too.',
    why: 'Without any the built-in Eliza answers.',
  },
  config: {
    env: ['ELIZAD_CONFIG'],
    schema: z.string().min(1).optional(),
    accepts: 'the path of a config file',
    about: 'Config file with actions, plugins and MCP servers: docs/actions.md. It is code, and is run.',
    why: 'None: `elizad.config.ts` (or `.mts`, `.js`, `.mjs`) of the working directory, where there is one.',
  },
  logLevel: {
    env: ['LOG_LEVEL'],
    flag: 'log-level',
    schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
    accepts: 'fatal, error, warn, info, debug, trace or silent',
    about: 'Least level that is logged.',
    why: 'One line for each turn, none for each packet.',
  },
  apiKey: {
    env: ['ELIZAD_API_KEY', 'ELIZA_SERVER_AUTH_TOKEN', 'SERVER_API_KEY'],
    schema: secret.optional(),
    accepts: 'any text',
    about: 'When set, sockets and HTTP need it (`auth.apiKey`, `auth.token`, `X-API-KEY`).',
    why: 'None: on loopback only this machine can connect.',
    secret: true,
  },
  corsOrigins: {
    env: ['CORS_ORIGIN'],
    schema: list.default([]),
    accepts: 'origins such as https://app.example.com, separated by commas',
    about: 'Origins of pages that may use this server, beside pages from this machine.',
    why: "Pages of other origins could otherwise talk to a server on the visitor's own machine.",
  },
  maxPayloadBytes: {
    env: ['MAX_PAYLOAD_BYTES'],
    schema: wholeNumber(1_000, 100_000_000).default(defaultLimits.maxPayloadBytes),
    accepts: 'a whole number of bytes from 1000 to 100000000',
    about:
      'Largest packet from a client. Up to four times as much is answered with an error; beyond, the connection is cut.',
    why: 'The limit of the reference server.',
  },
  maxTextLength: {
    env: ['MAX_TEXT_LENGTH'],
    schema: wholeNumber(1, 10_000_000).default(defaultLimits.maxTextLength),
    accepts: 'a whole number from 1 to 10000000',
    about: 'Longest text of one message, in UTF-16 units.',
    why: "Fits a long paste, and any model's context.",
  },
  maxRooms: {
    env: ['MAX_ROOMS'],
    schema: wholeNumber(1, 100_000).default(defaultLimits.maxRooms),
    accepts: 'a whole number from 1 to 100000',
    about: 'Most rooms that one connection may be in.',
    why: 'More than a person has; and each join writes down all of them.',
  },
  maxSendsPerSecond: {
    env: ['MAX_SENDS_PER_SECOND'],
    schema: wholeNumber(1, 1_000_000).default(defaultLimits.maxSendsPerSecond),
    accepts: 'a whole number from 1 to 1000000',
    about: 'Most events that one connection may send in a second; those beyond are refused.',
    why: 'Stops a client that loops, not one that imports. Where strangers connect, 20 is plenty.',
  },
  maxBacklogBytes: {
    env: ['MAX_BACKLOG_BYTES'],
    schema: wholeNumber(1_000_000, 1_000_000_000).default(defaultLimits.maxBacklogBytes),
    accepts: 'a whole number of bytes from 1000000 to 1000000000',
    about:
      'Most that may wait for a connection that does not read; beyond, it is cut off, and resumes when it is back.',
    why: 'Minutes of a busy room, and little enough for a thousand stuck readers.',
  },
  fanOut: {
    env: ['ELIZAD_FAN_OUT'],
    schema: z.enum(['batched', 'stock']).default('batched'),
    accepts: 'batched or stock',
    about: 'How messages leave for sockets: all of one commit in one write, or each by itself as in stock Socket.IO.',
    why: 'Many times the deliveries; clients cannot tell. `stock` is the way back, should something be wrong with it.',
  },
  turnPolicy: {
    env: ['TURN_POLICY'],
    schema: z.enum(turnPolicies).default('queue'),
    accepts: 'queue, supersede or reject',
    about:
      'What happens when a message comes while an agent is at work on another one of the room: it waits, it takes its place, or it is not answered. A room may have a policy of its own.',
    why: 'Nothing that was said is passed over.',
  },
  maxAgentHops: {
    env: ['MAX_AGENT_HOPS'],
    schema: wholeNumber(0, 100).default(8),
    accepts: 'a whole number from 0 to 100',
    about: 'How often agents may answer each other without a person saying anything; 0: not at all.',
    why: 'Enough to settle something between two, and soon over when they cannot stop.',
  },
  roomTurnsPerHour: {
    env: ['ROOM_TURNS_PER_HOUR'],
    schema: wholeNumber(0, 1_000_000).default(0),
    accepts: 'a whole number; 0 is no limit',
    about: 'Turns that the agents of one room may take in an hour; then the room is frozen, and told so.',
    why: 'People are not counted out by default: agents alone are stopped by MAX_AGENT_HOPS.',
  },
  roomTokensPerHour: {
    env: ['ROOM_TOKENS_PER_HOUR'],
    schema: wholeNumber(0, 1_000_000_000).default(0),
    accepts: 'a whole number; 0 is no limit',
    about: 'Tokens that the models of one room may take and give in an hour.',
    why: 'As above; set it where strangers come in.',
  },
  roomCostPerHour: {
    env: ['ROOM_COST_PER_HOUR'],
    schema: z.coerce.number().min(0).max(1_000_000).default(0),
    accepts: 'US dollars; 0 is no limit',
    about: 'What the models of one room may cost in an hour, of characters whose `settings.price` is known.',
    why: 'As above.',
  },
  turnTimeoutMs: {
    env: ['TURN_TIMEOUT_MS'],
    schema: wholeNumber(100, 86_400_000).default(120_000),
    accepts: 'milliseconds from 100 to 86400000',
    about: 'Longest time an agent may take for one answer.',
    why: 'Slow models answer within a minute; nobody waits longer than two.',
  },
  turnConcurrency: {
    env: ['TURN_CONCURRENCY'],
    schema: wholeNumber(1, 1_000).default(32),
    accepts: 'a whole number from 1 to 1000',
    about: 'Answers under way at one time.',
    why: 'Far below what providers allow, far above what one room needs.',
  },
  stopTimeoutMs: {
    env: ['STOP_TIMEOUT_MS'],
    schema: wholeNumber(0, 600_000).default(8_000),
    accepts: 'milliseconds from 0 to 600000',
    about: 'How long a stop waits for running answers; the rest is finished after the next start.',
    why: 'Container runtimes kill after ten seconds.',
  },
  model: {
    env: ['ELIZAD_MODEL'],
    flag: 'model',
    schema: z.string().min(1).optional(),
    accepts: 'eliza, openai/<model>, anthropic/<model>, google/<model> or ollama/<model>',
    about: 'Model of characters that name none in `settings.model`.',
    why: 'None: the first provider with a key or an address, with a small model of its own.',
  },
  modelAttempts: {
    env: ['MODEL_ATTEMPTS'],
    schema: wholeNumber(1, 10).default(3),
    accepts: 'a whole number from 1 to 10',
    about:
      'Times that a model is asked before the next one of `settings.fallbackModels`, when it fails in a way that may pass and has said nothing yet.',
    why: 'What is overloaded is mostly back within seconds.',
  },
  embeddingModel: {
    env: ['EMBEDDING_MODEL'],
    schema: z.string().min(1).optional(),
    accepts: 'openai/<model>, google/<model> or ollama/<model>',
    about:
      'Model by which memories are found by their meaning, for characters that name none in `settings.embeddingModel`.',
    why: 'None: it costs money, and what is said goes to its provider. Memories are then found by their words.',
  },
  speechModel: {
    env: ['SPEECH_MODEL'],
    schema: z.string().min(1).optional(),
    accepts: 'openai/<model>',
    about: 'Model that speaks for characters that name none in `settings.speechModel`.',
    why: 'None: agents write.',
  },
  transcriptionModel: {
    env: ['TRANSCRIPTION_MODEL'],
    schema: z.string().min(1).optional(),
    accepts: 'openai/<model>',
    about: 'Model that writes down what is spoken, for characters that name none in `settings.transcriptionModel`.',
    why: 'None.',
  },
  memory: {
    env: ['ELIZAD_MEMORY'],
    schema: z.enum(['on', 'off']).default('on'),
    accepts: 'on or off',
    about:
      'Whether agents learn facts from what is said and remember them. `settings.memory: false` of a character does it for one.',
    why: 'People expect not to be asked twice. Each look for facts is one request to the model of the agent.',
  },
  openaiApiKey: {
    env: ['OPENAI_API_KEY'],
    schema: secret.optional(),
    accepts: 'a key',
    about: 'Key of OpenAI, or of what OPENAI_BASE_URL points at.',
    why: 'None.',
    secret: true,
  },
  openaiBaseUrl: {
    env: ['OPENAI_BASE_URL'],
    schema: httpUrl.optional(),
    accepts: 'an http(s) URL',
    about: 'Anything that speaks the OpenAI protocol.',
    why: 'None: OpenAI itself.',
  },
  openaiApi: {
    env: ['OPENAI_API'],
    schema: z.enum(['chat', 'responses']).optional(),
    accepts: 'chat or responses',
    about: 'Which of its two protocols OPENAI_BASE_URL speaks.',
    why: 'None: responses at OpenAI itself, where reasoning is kept between actions; chat elsewhere, which all speak.',
  },
  anthropicApiKey: {
    env: ['ANTHROPIC_API_KEY'],
    schema: secret.optional(),
    accepts: 'a key',
    about: 'Key of Anthropic.',
    why: 'None.',
    secret: true,
  },
  anthropicBaseUrl: {
    env: ['ANTHROPIC_BASE_URL'],
    schema: httpUrl.optional(),
    accepts: 'an http(s) URL',
    about: 'Anything that speaks the Anthropic protocol.',
    why: 'None: Anthropic itself.',
  },
  googleApiKey: {
    env: ['GOOGLE_GENERATIVE_AI_API_KEY', 'GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    schema: secret.optional(),
    accepts: 'a key',
    about: 'Key of Google, for Gemini.',
    why: 'None. The names of Eliza OS, and of the clients of Google.',
    secret: true,
  },
  googleBaseUrl: {
    env: ['GOOGLE_BASE_URL'],
    schema: httpUrl.optional(),
    accepts: 'an http(s) URL',
    about: 'Anything that speaks the protocol of Gemini.',
    why: 'None: Google itself.',
  },
  ollamaBaseUrl: {
    env: ['OLLAMA_BASE_URL'],
    schema: httpUrl.optional(),
    accepts: 'an http(s) URL',
    about: 'An Ollama server.',
    why: 'None.',
  },
} as const satisfies Record<string, Setting>;

type SettingName = keyof typeof settingsTable;
export type Settings = { [S in SettingName]: z.output<(typeof settingsTable)[S]['schema']> };

/** A setting that cannot be used; its message is the one line that people see. */
export class SettingError extends Error {}

/** Values as they were given: flags by setting name, variables by their own. */
export type SettingSources = {
  flags?: Partial<Record<SettingName, unknown>>;
  env?: Record<string, string | undefined>;
};

/**
 * All settings, validated, with defaults filled in; `dataDir`, `characters` and `config` as absolute paths.
 * Throws `SettingError` at the first value that is not accepted.
 */
export function readSettings({ flags = {}, env = {} }: SettingSources = {}): Settings {
  const settings: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(settingsTable) as [SettingName, Setting][]) {
    const variable = setting.env.find((key) => env[key] !== undefined && env[key] !== '');
    const flagged = flags[name];
    const given = flagged ?? (variable === undefined ? undefined : env[variable]);
    const parsed = setting.schema.safeParse(given);
    if (!parsed.success) {
      const where = flagged !== undefined ? `--${setting.flag}` : variable;
      const shown = setting.secret ? '(secret)' : JSON.stringify(given);
      throw new SettingError(`${where}: ${shown} is not accepted. It takes ${setting.accepts}.`);
    }
    settings[name] = parsed.data;
  }
  const result = settings as Settings;
  result.dataDir = resolve(result.dataDir);
  result.characters = result.characters.map((path) => resolve(path));
  if (result.config !== undefined) result.config = resolve(result.config);
  if (!isLoopback(result.host) && !result.apiKey) {
    throw new SettingError(
      `HOST: ${JSON.stringify(result.host)} lets other machines in, so ELIZAD_API_KEY must be set too (or leave HOST at 127.0.0.1).`,
    );
  }
  return result;
}

/** The process's environment over the `.env` of the working directory. */
export function readEnvironment(
  env: NodeJS.ProcessEnv = process.env,
  path = '.env',
): Record<string, string | undefined> {
  let file = '';
  try {
    file = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      throw new SettingError(`${path} cannot be read: ${(error as Error).message}`);
  }
  return { ...parseEnv(file), ...env };
}

/** Whether only this machine can reach the address. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
