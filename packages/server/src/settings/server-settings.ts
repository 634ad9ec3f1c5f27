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
    accepts: 'a whole number from 0 to 65535 (0 takes a free one)',
    about: 'TCP port for HTTP and sockets.',
    why: 'The port that Eliza OS clients expect.',
  },
  host: {
    env: ['HOST', 'SERVER_HOST'],
    flag: 'host',
    schema: z.string().min(1).optional(),
    accepts: 'a host name or address to bind',
    about: 'Address to bind, and no other. Anything but loopback needs ELIZAD_API_KEY.',
    why: 'None: this machine alone, at 127.0.0.1 and, where there is IPv6, at ::1. A server that was just installed should be open to nobody else.',
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
    accepts: 'any text; where HOST is not loopback, at least 16 characters',
    about:
      'When set, sockets and HTTP need it (`auth.apiKey`, `auth.token`, `X-API-KEY`). From where ten different wrong ones came in a minute, none is looked at for a minute.',
    why: 'None: on loopback only this machine can connect. That is every user of it, and every container that shares its network; each of them may do everything.',
    secret: true,
  },
  apiKeyFile: {
    env: ['ELIZAD_API_KEY_FILE'],
    schema: z.string().min(1).optional(),
    accepts: 'the path of a file that only its owner may read',
    about: 'Where the key stands, in place of ELIZAD_API_KEY, which comes first. `elizad chat` reads it, too.',
    why: 'None. What stands in a file is in no list of processes, and no child inherits it.',
  },
  corsOrigins: {
    env: ['CORS_ORIGIN'],
    schema: list.pipe(z.array(origin)).prefault([]),
    accepts: 'origins such as https://app.example.com, with the scheme and without a path, separated by commas',
    about:
      'Origins of pages that may use this server, beside pages from this machine and, where it has a key, its own pages. `*` is every page, and needs ELIZAD_API_KEY.',
    why: "Pages of other origins could otherwise talk to a server on the visitor's own machine.",
  },
  basePath: {
    env: ['BASE_PATH'],
    schema: basePath,
    accepts:
      'a path such as /eliza, of letters, digits and `-._~`, that begins with none of the server (/api, /v1, /media …)',
    about:
      'Where a proxy has the server under a path of its host, that path: docs/deploy.md. All addresses are answered with it and without it, so the proxy may pass it on or cut it off.',
    why: 'The root of its host.',
  },
  maxPayloadBytes: {
    env: ['MAX_PAYLOAD_BYTES'],
    schema: wholeNumber(1_000, 100_000_000).default(defaultLimits.maxPayloadBytes),
    accepts: 'a whole number of bytes from 1000 to 100000000',
    about:
      'Largest packet from a client. Up to four times as much is answered with an error; beyond, the connection is cut.',
    why: 'The limit of the reference server.',
  },
  maxUploadBytes: {
    env: ['MAX_UPLOAD_BYTES'],
    schema: wholeNumber(1_000, 10_000_000_000).default(defaultLimits.maxUploadBytes),
    accepts: 'a whole number of bytes from 1000 to 10000000000',
    about: 'Largest file that may be uploaded. Files are kept in the data directory.',
    why: 'The limit of the reference server.',
  },
  maxStoredBytes: {
    env: ['MAX_STORED_BYTES'],
    schema: wholeNumber(0, Number.MAX_SAFE_INTEGER).default(10_000_000_000),
    accepts: 'a whole number of bytes; 0 keeps no file',
    about: 'Bytes that all uploaded files may have together; beyond, an upload is refused with `storage-full`.',
    why: 'Two hundred of the largest files: plenty for people, and no loop of uploads fills the disk.',
  },
  roomKeptDays: {
    env: ['ROOM_KEPT_DAYS'],
    schema: wholeNumber(0, 36_500).default(0),
    accepts: 'a whole number of days; 0 keeps every room',
    about:
      'A room in which nobody has said anything for so many days, and where nobody is, is deleted, with all that is in it. One that a join has made, and where nobody ever said anything, goes after 30 days in any case.',
    why: 'None: what people said stays until somebody deletes it.',
  },
  maxTextLength: {
    env: ['MAX_TEXT_LENGTH'],
    schema: wholeNumber(1, 10_000_000).default(defaultLimits.maxTextLength),
    accepts: 'a whole number from 1 to 10000000',
    about:
      'Longest text of one message, in UTF-16 units. Agents may say as much, and 100,000 in any case; what is beyond is cut off.',
    why: "Fits a long paste, and any model's context.",
  },
  maxRooms: {
    env: ['MAX_ROOMS'],
    schema: wholeNumber(1, 100_000).default(defaultLimits.maxRooms),
    accepts: 'a whole number from 1 to 100000',
    about: 'Most rooms that one connection may be in.',
    why: 'More than a person has; and who comes back is put into all of them at once.',
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
      'Most that may wait for a connection that does not read; beyond, it is cut off, and resumes when it is back. For all connections and streams together 128 times as much may wait, or a quarter of the heap that Node may use where that is less; beyond, those go that have read nothing for longest.',
    why: 'Minutes of a busy room, and little enough for a thousand stuck readers.',
  },
  fanOut: {
    env: ['ELIZAD_FAN_OUT'],
    schema: z.enum(['batched', 'stock']).default('batched'),
    accepts: 'batched or stock',
    about: 'How messages leave for sockets: all of one commit in one write, or each by itself as in stock Socket.IO.',
    why: 'Many times the deliveries; clients cannot tell. `stock` is the way back, should something be wrong with it.',
  },
} as const satisfies Record<string, Setting>;
