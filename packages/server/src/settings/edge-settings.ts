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
      'Requests that one address may send in a minute; further requests get 429. Health checks, files and the web client do not count. Requests without the key are counted separately.',
    why: 'A hundred per second: far more than the pages of Eliza OS send, and little for a server.',
  },
  trustProxy: {
    env: ['TRUST_PROXY'],
    schema: proxies,
    accepts: `addresses, networks such as 10.0.0.0/8, or ${nearby.join(', ')}, separated by commas; off trusts nobody`,
    about:
      'Proxies whose `X-Forwarded-For` is trusted. Set it if the server is behind a proxy: otherwise all clients of the proxy count as one address for `REST_REQUESTS_PER_MINUTE`, wrong keys and connections.',
    why: 'Without a proxy, anyone could send that header and appear as a new address with each request.',
  },
  logKept: {
    env: ['LOG_KEPT'],
    schema: wholeNumber(0, 1_000_000).default(10_000),
    accepts: 'a whole number; 0 keeps none',
    about:
      'Log lines kept for `GET /api/server/logs`, across restarts. A tenth as many lines caused by strangers are kept separately, so they do not displace the others.',
    why: 'A few megabytes, and days of logs at the default level.',
  },
  allowRemoteStop: {
    env: ['ALLOW_REMOTE_STOP'],
    schema: onOrOff.default(false),
    accepts: 'on or off',
    about: 'Whether `POST /api/server/stop` stops the server.',
    why: 'Otherwise, anyone who may talk with agents could stop the server for everyone.',
  },
  envWrite: {
    env: ['ELIZAD_ENV_WRITE'],
    schema: onOrOff.default(false),
    accepts: 'on or off',
    about: 'Whether `POST /api/system/env/local` may change `.env` in the working directory.',
    why: 'That file contains keys and configures the next start of the server.',
  },
  sessionTimeoutMinutes: {
    env: ['SESSION_DEFAULT_TIMEOUT_MINUTES', 'SESSION_TIMEOUT_MINUTES'],
    schema: minutes.default(30),
    accepts: inMinutes,
    about:
      'How long an unused session lasts. `timeoutConfig` of the session comes first, then `settings.SESSION_TIMEOUT_MINUTES` of the character.',
    why: 'As documented.',
  },
  sessionMinTimeoutMinutes: {
    env: ['SESSION_MIN_TIMEOUT_MINUTES'],
    schema: minutes.default(5),
    accepts: inMinutes,
    about: 'The shortest timeout that a session may request.',
    why: 'As documented.',
  },
  sessionMaxTimeoutMinutes: {
    env: ['SESSION_MAX_TIMEOUT_MINUTES'],
    schema: minutes.default(1_440),
    accepts: inMinutes,
    about: 'The longest timeout that a session may request.',
    why: 'As documented.',
  },
  sessionMaxDurationMinutes: {
    env: ['SESSION_MAX_DURATION_MINUTES'],
    schema: minutes.default(720),
    accepts: inMinutes,
    about: 'When a session ends even if it is used, unless the character or the session sets another limit.',
    why: 'As documented.',
  },
  sessionWarningMinutes: {
    env: ['SESSION_WARNING_THRESHOLD_MINUTES'],
    schema: wholeNumber(0, 525_600).default(5),
    accepts: 'minutes from 0 to 525600',
    about: 'How long before its end the room of a session gets a warning; 0 sends none.',
    why: 'As documented.',
  },
  sessionAutoRenew: {
    env: ['SESSION_AUTO_RENEW'],
    schema: onOrOff.default(true),
    accepts: 'on or off',
    about: 'Whether each message to a session extends it.',
    why: 'As documented.',
  },
  sessionKeptMinutes: {
    env: ['SESSION_CLEANUP_INTERVAL_MINUTES'],
    schema: minutes.default(60),
    accepts: inMinutes,
    about: 'How long an ended session answers with 410; after that it answers with 404. Its messages stay.',
    why: 'A client that returns learns that its session has ended.',
  },
  clearSessionsOnStop: {
    env: ['CLEAR_SESSIONS_ON_SHUTDOWN'],
    schema: onOrOff.default(false),
    accepts: 'on or off',
    about: 'Whether stopping the server ends all sessions.',
    why: 'Sessions keep their end across restarts.',
  },
  teeReportDir: {
    env: ['TEE_REPORT_DIR'],
    schema: z.string().min(1).default('/sys/kernel/config/tsm/report'),
    accepts: 'a directory',
    about: "The kernel's interface for reports of a trusted execution environment (configfs-tsm).",
    why: 'The path on Linux.',
  },
  dstackSockets: {
    env: ['DSTACK_SOCKETS'],
    schema: list.default(['/var/run/dstack.sock', '/var/run/tappd.sock']),
    accepts: 'paths of sockets, separated by commas',
    about: 'The dstack interface for such reports; the first existing socket is used.',
    why: 'The current and earlier paths of dstack.',
  },
} as const satisfies Record<string, Setting>;
