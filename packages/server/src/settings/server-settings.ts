/** The settings of the server itself: where it listens, what it keeps, what it bears. */
import { defaultLimits } from 'elizad-protocol';
import { z } from 'zod';
import { basePath } from './base-path.ts';
import { list, type Setting, secret, wholeNumber } from './setting.ts';

/** As a browser sends it: the scheme, the name in lower case, the port where it is not the usual one. */
const origin = z
  .string()
  .regex(/^(\*|null|[a-z][a-z0-9+.-]*:\/\/[^/?#\s]+\/?)$/i)
  .transform((text) => text.toLowerCase().replace(/\/$/, ''));

export const serverSettings = {
  port: {
    env: ['PORT', 'SERVER_PORT'],
    flag: 'port',
    schema: wholeNumber(0, 65535).default(3000),
    accepts: 'a whole number from 0 to 65535 (0 selects a free port)',
    about: 'The TCP port for HTTP and sockets.',
    why: 'The port that Eliza OS clients expect.',
  },
  host: {
    env: ['HOST', 'SERVER_HOST'],
    flag: 'host',
    schema: z.string().min(1).optional(),
    accepts: 'a host name or address to bind',
    about: 'The only address to bind. An address other than loopback requires ELIZAD_API_KEY.',
    why: 'None: only this machine, at 127.0.0.1 and, with IPv6, at ::1. A new installation should not be open to anyone else.',
  },
  dataDir: {
    env: ['ELIZAD_DATA'],
    flag: 'data',
    schema: z.string().min(1).default('.elizad'),
    accepts: 'a writable directory',
    about: 'The data directory, created if missing. Only one server can use it at a time.',
    why: 'In the working directory: easy to find, back up and delete.',
  },
  characters: {
    env: ['ELIZAD_CHARACTERS'],
    flag: 'character',
    schema: list.default([]),
    accepts: 'paths of character files, separated by commas',
    about: 'Character files, in addition to `characters/*.json` next to the data directory.',
    why: 'Without any, the built-in Eliza answers.',
  },
  config: {
    env: ['ELIZAD_CONFIG'],
    schema: z.string().min(1).optional(),
    accepts: 'the path of a config file',
    about:
      'The config file with actions, plugins and MCP servers: docs/actions.md. It is code, and the server runs it.',
    why: 'None: `elizad.config.ts` (or `.mts`, `.js`, `.mjs`) in the working directory, if it exists.',
  },
  logLevel: {
    env: ['LOG_LEVEL'],
    flag: 'log-level',
    schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
    accepts: 'fatal, error, warn, info, debug, trace or silent',
    about: 'The lowest level to log.',
    why: 'One line for each turn, none for each packet.',
  },
  apiKey: {
    env: ['ELIZAD_API_KEY', 'ELIZA_SERVER_AUTH_TOKEN', 'SERVER_API_KEY'],
    schema: secret.optional(),
    accepts: 'any text; at least 16 characters if HOST is not loopback',
    about:
      'If set, sockets and HTTP require it (`auth.apiKey`, `auth.token`, `X-API-KEY`). After ten different wrong keys in a minute, the keys of that address are not checked for a minute.',
    why: 'None: on loopback only this machine can connect. That includes all its users and every container that shares its network; each of them may do everything.',
    secret: true,
  },
  apiKeyFile: {
    env: ['ELIZAD_API_KEY_FILE'],
    schema: z.string().min(1).optional(),
    accepts: 'the path of a file that only its owner can read',
    about: 'A file that contains the key. ELIZAD_API_KEY takes precedence. `elizad chat` reads it too.',
    why: 'None. A key in a file does not appear in process lists, and child processes do not inherit it.',
  },
  corsOrigins: {
    env: ['CORS_ORIGIN'],
    schema: list.pipe(z.array(origin)).prefault([]),
    accepts: 'origins such as https://app.example.com, with the scheme and without a path, separated by commas',
    about:
      'Origins of pages that may use this server, in addition to pages from this machine and, if the server has a key, its own pages. `*` allows every page and requires ELIZAD_API_KEY.',
    why: "Pages of other origins could otherwise talk to a server on the visitor's own machine.",
  },
  basePath: {
    env: ['BASE_PATH'],
    schema: basePath,
    accepts:
      'a path such as /eliza, of letters, digits and `-._~`, that does not begin with a path of the server (/api, /v1, /media …)',
    about:
      'The path under which a proxy publishes the server: docs/deploy.md. The server answers every address with and without it, so the proxy may keep or remove it.',
    why: 'The root of the host.',
  },
  maxPayloadBytes: {
    env: ['MAX_PAYLOAD_BYTES'],
    schema: wholeNumber(1_000, 100_000_000).default(defaultLimits.maxPayloadBytes),
    accepts: 'a whole number of bytes from 1000 to 100000000',
    about:
      'The largest packet from a client. Packets of up to four times this size get an error; larger ones close the connection.',
    why: 'The limit of the reference server.',
  },
  maxUploadBytes: {
    env: ['MAX_UPLOAD_BYTES'],
    schema: wholeNumber(1_000, 10_000_000_000).default(defaultLimits.maxUploadBytes),
    accepts: 'a whole number of bytes from 1000 to 10000000000',
    about: 'The largest upload. Files are stored in the data directory.',
    why: 'The limit of the reference server.',
  },
  maxStoredBytes: {
    env: ['MAX_STORED_BYTES'],
    schema: wholeNumber(0, Number.MAX_SAFE_INTEGER).default(10_000_000_000),
    accepts: 'a whole number of bytes; 0 stores no files',
    about: 'The total size of all uploaded files. Further uploads are refused with `storage-full`.',
    why: 'Two hundred of the largest files: plenty for people, and a loop of uploads cannot fill the disk.',
  },
  roomKeptDays: {
    env: ['ROOM_KEPT_DAYS'],
    schema: wholeNumber(0, 36_500).default(0),
    accepts: 'a whole number of days; 0 keeps every room',
    about:
      'After how many days without a message a room that nobody has open is deleted with everything in it. A room that a join created and that never got a message is always deleted after 30 days.',
    why: 'None: messages stay until someone deletes them.',
  },
  maxTextLength: {
    env: ['MAX_TEXT_LENGTH'],
    schema: wholeNumber(1, 10_000_000).default(defaultLimits.maxTextLength),
    accepts: 'a whole number from 1 to 10000000',
    about:
      'The longest text of one message, in UTF-16 units. Answers of agents are cut off at this length, or at 100,000 if that is more.',
    why: 'Fits a long paste and the context of any model.',
  },
  maxRooms: {
    env: ['MAX_ROOMS'],
    schema: wholeNumber(1, 100_000).default(defaultLimits.maxRooms),
    accepts: 'a whole number from 1 to 100000',
    about: 'The maximum number of rooms for one connection.',
    why: 'More than a person needs. A returning client is put back into all of them at once.',
  },
  maxSendsPerSecond: {
    env: ['MAX_SENDS_PER_SECOND'],
    schema: wholeNumber(1, 1_000_000).default(defaultLimits.maxSendsPerSecond),
    accepts: 'a whole number from 1 to 1000000',
    about: 'The maximum number of events that one connection may send in a second. Further events are refused.',
    why: 'Stops a client in a loop, but not an import. If strangers can connect, 20 is plenty.',
  },
  maxBacklogBytes: {
    env: ['MAX_BACKLOG_BYTES'],
    schema: wholeNumber(1_000_000, 1_000_000_000).default(defaultLimits.maxBacklogBytes),
    accepts: 'a whole number of bytes from 1000000 to 1000000000',
    about:
      "The maximum backlog of a connection that does not read. Beyond it the connection is closed, and it resumes when the client returns. All connections and streams together may have 128 times as much, or a quarter of Node's heap limit if that is less; beyond that, the connections that have not read for longest are closed.",
    why: 'Minutes of a busy room, and small enough for a thousand stuck readers.',
  },
  fanOut: {
    env: ['ELIZAD_FAN_OUT'],
    schema: z.enum(['batched', 'stock']).default('batched'),
    accepts: 'batched or stock',
    about:
      'How messages are sent to sockets: all messages of a commit in one write, or each one separately as in stock Socket.IO.',
    why: 'Many times more deliveries, with no difference for clients. `stock` is the fallback in case of problems.',
  },
} as const satisfies Record<string, Setting>;
