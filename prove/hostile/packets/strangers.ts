/**
 * What comes from those who have no key, and from pages of other sites: floods of CONNECTs, handshakes that are left half open,
 * guesses at the key, bodies before anybody knows who sends them, and lines for the log. Each from an address of its own.
 */
import type { Random } from './random.ts';
import { type Bare, openBare, type Target, toFrame, upgradeRequest } from './tcp.ts';
import { hostileValue, type World } from './values.ts';

type Context = {
  readonly world: World;
  readonly random: Random;
  readonly open: () => Bare;
};

/** How many packets or requests it sent, and whether each connection was answered or closed. */
export type Attempt = { packets: number; isLeftHanging: boolean };

const separator = '\x1e';
const polling = '/socket.io/?EIO=4&transport=polling';
const socketPath = '/socket.io/?EIO=4&transport=websocket';

const request = (method: string, path: string, headers: readonly string[] = [], body = ''): string => {
  const length = body || method === 'POST' ? [`Content-Length: ${Buffer.byteLength(body)}`] : [];
  return `${[`${method} ${path} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...headers, ...length].join('\r\n')}\r\n\r\n${body}`;
};

/** Sends one request on a connection of its own; resolves with it once it was answered, cut off, or neither. */
async function ask({ open }: Context, ...parts: Parameters<typeof request>): Promise<Bare> {
  const bare = open();
  bare.send(request(...parts));
  await bare.until('HTTP/1.1 ');
  return bare;
}

async function openSession(context: Context): Promise<string | undefined> {
  const bare = context.open();
  bare.send(request('GET', polling));
  await bare.until('"maxPayload"');
  return /"sid":"([\w-]+)"/.exec(bare.received())?.[1];
}

/** What a CONNECT carries: nothing, a guess, garbage. */
function guess({ world, random }: Context): string {
  const kind = random.next();
  if (kind < 0.3) return '';
  if (kind < 0.8) return `{"apiKey":"${random.int(1e9)}"}`;
  return `{"token":${hostileValue(world, random)},"pid":${hostileValue(world, random)},"offset":"1"}`;
}

const connects = (context: Context, count: number): string[] =>
  Array.from({ length: count }, () => `40${guess(context)}`);

/** Each resolves with how many packets it sent. */
const attempts: readonly ((context: Context) => Promise<number>)[] = [
  // Thousands of CONNECTs in one body.
  async (context) => {
    const sid = await openSession(context);
    const body = connects(context, 20 + context.random.int(context.random.chance(0.1) ? 3_000 : 200));
    await ask(context, 'POST', `${polling}&sid=${sid}`, [], body.join(separator));
    return body.length;
  },
  // The same on a WebSocket, in one write.
  async (context) => {
    const bare = context.open();
    bare.send(upgradeRequest(socketPath));
    await bare.until('0{"sid"');
    const packets = connects(context, 20 + context.random.int(200));
    bare.send(Buffer.concat(packets.map((packet) => toFrame(packet))));
    await bare.until('44{', '40{');
    return packets.length;
  },
  // Much that means nothing, before anybody is let in.
  async (context) => {
    const sid = await openSession(context);
    const count = 50 + context.random.int(3_000);
    const body = Array.from({ length: count }, () => context.random.pick(['3', '6', '', '42["x"]', '2', 'b']));
    await ask(context, 'POST', `${polling}&sid=${sid}`, [], body.join(separator));
    return count;
  },
  // Handshakes, and nothing after them.
  async (context) => {
    const count = 5 + context.random.int(20);
    await Promise.all(Array.from({ length: count }, () => ask(context, 'GET', polling)));
    return count;
  },
  // Guesses over HTTP.
  async (context) => {
    const { random } = context;
    const count = 5 + random.int(20);
    const asked = Array.from({ length: count }, () => {
      const key = random.chance(0.5) ? `X-API-KEY: ${random.int(1e9)}` : `Authorization: Bearer ${random.int(1e9)}`;
      return ask(context, random.pick(['GET', 'DELETE', 'HEAD']), random.pick(['/api/agents', '/v1/models']), [key]);
    });
    await Promise.all(asked);
    return count;
  },
  // Bodies that are costly to read, whole or cut off.
  async (context) => {
    const { random } = context;
    const path = random.pick([
      '/api/agents',
      '/v1/chat/completions',
      '/api/messaging/submit',
      '/api/messaging/channels',
    ]);
    const body = `{"a":[${'[],'.repeat(random.int(random.chance(0.02) ? 300_000 : 3_000))}0]}`;
    const headers = ['Content-Type: application/json', `Content-Length: ${body.length}`];
    const bare = context.open();
    const isWhole = random.chance(0.5);
    bare.send(`POST ${path} HTTP/1.1\r\nHost: localhost\r\n${headers.join('\r\n')}\r\n\r\n`);
    bare.send(isWhole ? body : body.slice(0, random.int(body.length)));
    // For the rest of one that nobody has to have a key for, the server waits a minute.
    await (isWhole ? bare.until('HTTP/1.1 ') : bare.connected());
    return 1;
  },
  // Lines for the log: long names, foreign pages, other spellings of a path.
  async (context) => {
    const { random } = context;
    const long = `https://${'o'.repeat(random.int(14_000))}.example`;
    const header = random.pick([`Origin: ${long}`, `Host: ${long}`, `X-Forwarded-For: ${long}`, `User-Agent: ${long}`]);
    const path = random.pick([
      polling,
      `${polling}&j=0`,
      '/%61pi/agents',
      'http://x/api/agents',
      '/api/..%2fagents',
      '/api/nothing',
    ]);
    await ask(context, 'GET', path, [
      header,
      `Sec-Fetch-Site: ${random.pick(['cross-site', 'none', 'same-origin', '\u0001'])}`,
    ]);
    return 1;
  },
  // A session of somebody else, by a page of another site.
  async (context) => {
    const sid = await openSession(context);
    const origin = ['Origin: https://evil.example', 'Sec-Fetch-Site: cross-site'];
    await ask(context, 'GET', `${polling}&sid=${sid}`, origin);
    await ask(context, 'POST', `${polling}&sid=${sid}${context.random.chance(0.5) ? '&j=0' : ''}`, origin, '40');
    const bare = context.open();
    bare.send(upgradeRequest(`${socketPath}&sid=${sid}`, `${origin.join('\r\n')}\r\n`));
    await bare.until('HTTP/1.1 ');
    return 3;
  },
];

/** One attempt, from one of some thousands of addresses. */
export async function attemptAsStranger(world: World, random: Random, target: Target): Promise<Attempt> {
  // All of 127.0.0.0/8 is this machine, on Linux.
  const from =
    process.platform === 'linux' ? `127.${1 + random.int(20)}.${random.int(250)}.${1 + random.int(250)}` : undefined;
  const opened: Bare[] = [];
  const open = () => {
    const bare = openBare({ ...target, ...(from && { from }) });
    opened.push(bare);
    return bare;
  };
  const packets = await random.pick(attempts)({ world, random, open });
  for (const bare of opened) bare.drop(random);
  return { packets, isLeftHanging: opened.some((bare) => bare.isLeftHanging()) };
}
