/** The settings of what the HTTP API keeps and allows: sessions, the log, requests of one address, the machine itself. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { list, onOrOff, type Setting, wholeNumber } from './setting.ts';

const minutes = wholeNumber(1, 525_600);
const inMinutes = 'minutes from 1 to 525600';

/** Words for addresses that are near, as the library that reads the header knows them. */
const nearby = ['loopback', 'linklocal', 'uniquelocal'];
const isProxy = (text: string): boolean => {
  const [address = '', bits, ...more] = text.split('/');
  const most = isIP(address) === 6 ? 128 : 32;
  const isNetwork = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
  return nearby.includes(text) || (isIP(address) > 0 && isNetwork && more.length === 0);
};
const proxies = z
  .union([z.literal(['', 'off']).transform(() => false), list.refine((all) => all.length > 0 && all.every(isProxy))])
  .prefault('off');

export const edgeSettings = {
  restRequestsPerMinute: {
    env: ['REST_REQUESTS_PER_MINUTE'],
    schema: wholeNumber(0, 10_000_000).default(6_000),
    accepts: 'a whole number; 0 is no limit',
    about:
      'Requests that one address may send in a minute, but for health, files and the web client; those beyond are answered with 429. Requests without the key are counted apart.',
    why: 'A hundred in a second: far more than the pages of Eliza OS ask for, and little for a server.',
  },
  trustProxy: {
    env: ['TRUST_PROXY'],
    schema: proxies,
    accepts: `addresses, networks such as 10.0.0.0/8, or ${nearby.join(', ')}, with commas between them; off believes nobody`,
    about:
      'Whose `X-Forwarded-For` is believed. Set it where a proxy is in front: without it, all its clients are one address to `REST_REQUESTS_PER_MINUTE`, and to who counts wrong keys and connections.',
    why: 'Without a proxy anybody could write that header, and be a new address with each request.',
  },
  logKept: {
    env: ['LOG_KEPT'],
    schema: wholeNumber(0, 1_000_000).default(10_000),
    accepts: 'a whole number; 0 keeps none',
    about:
      'Lines of the log that are kept for `GET /api/server/logs`, over restarts; beside them a tenth as many of what strangers caused, which push no others out.',
    why: 'Some megabytes, and days of a server at its default level.',
  },
  allowRemoteStop: {
    env: ['ALLOW_REMOTE_STOP'],
    schema: onOrOff.default(false),
    accepts: 'on or off',
    about: 'Whether `POST /api/server/stop` stops the server.',
    why: 'Whoever may talk with agents could otherwise switch everybody else off.',
  },
  envWrite: {
    env: ['ELIZAD_ENV_WRITE'],
    schema: onOrOff.default(false),
    accepts: 'on or off',
    about: 'Whether `POST /api/system/env/local` changes the file `.env` of the working directory.',
    why: 'That file holds keys, and says what the server does after its next start.',
  },
  sessionTimeoutMinutes: {
    env: ['SESSION_DEFAULT_TIMEOUT_MINUTES', 'SESSION_TIMEOUT_MINUTES'],
    schema: minutes.default(30),
    accepts: inMinutes,
    about:
      'How long a session lasts that nobody uses; `settings.SESSION_TIMEOUT_MINUTES` of a character, then `timeoutConfig` of the session come first.',
    why: 'As documented.',
  },
  sessionMinTimeoutMinutes: {
    env: ['SESSION_MIN_TIMEOUT_MINUTES'],
    schema: minutes.default(5),
    accepts: inMinutes,
    about: 'The shortest that a session may ask for.',
    why: 'As documented.',
  },
  sessionMaxTimeoutMinutes: {
    env: ['SESSION_MAX_TIMEOUT_MINUTES'],
    schema: minutes.default(1_440),
    accepts: inMinutes,
    about: 'The longest that a session may ask for.',
    why: 'As documented.',
  },
  sessionMaxDurationMinutes: {
    env: ['SESSION_MAX_DURATION_MINUTES'],
    schema: minutes.default(720),
    accepts: inMinutes,
    about: 'When a session ends however much it is used, unless the character or the session says otherwise.',
    why: 'As documented.',
  },
  sessionWarningMinutes: {
    env: ['SESSION_WARNING_THRESHOLD_MINUTES'],
    schema: wholeNumber(0, 525_600).default(5),
    accepts: 'minutes from 0 to 525600',
    about: 'How long before its end the room of a session is warned; 0: not at all.',
    why: 'As documented.',
  },
  sessionAutoRenew: {
    env: ['SESSION_AUTO_RENEW'],
    schema: onOrOff.default(true),
    accepts: 'on or off',
    about: 'Whether each message to a session makes it last longer.',
    why: 'As documented.',
  },
  sessionKeptMinutes: {
    env: ['SESSION_CLEANUP_INTERVAL_MINUTES'],
    schema: minutes.default(60),
    accepts: inMinutes,
    about: 'How long it is known of a session that it has ended (410); then there is none (404). Its messages stay.',
    why: 'A client that comes back hears what became of its session.',
  },
  clearSessionsOnStop: {
    env: ['CLEAR_SESSIONS_ON_SHUTDOWN'],
    schema: onOrOff.default(false),
    accepts: 'on or off',
    about: 'Whether a stop of the server ends all sessions.',
    why: 'They last as long as they say, over restarts.',
  },
  teeReportDir: {
    env: ['TEE_REPORT_DIR'],
    schema: z.string().min(1).default('/sys/kernel/config/tsm/report'),
    accepts: 'a directory',
    about: 'Where the kernel gives reports of a trusted execution environment (configfs-tsm).',
    why: 'The place of Linux.',
  },
  dstackSockets: {
    env: ['DSTACK_SOCKETS'],
    schema: list.default(['/var/run/dstack.sock', '/var/run/tappd.sock']),
    accepts: 'paths of sockets, separated by commas',
    about: 'Where dstack gives them; the first that is there is asked.',
    why: 'The places of dstack, now and before.',
  },
} as const satisfies Record<string, Setting>;
