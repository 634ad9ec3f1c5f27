/** Layer a: HTTP requests to the server's addresses, Engine.IO's above all, wrong in every part; some are cut off in the middle. */
import type { Random } from './random.ts';
import type { World } from './values.ts';

export type HostileRequest = {
  readonly bytes: string | Buffer;
  /** It is not whole, or may have to wait for its answer: the client goes at once. */
  readonly isCut: boolean;
};

// biome-ignore format: tables
const methods = ['GET', 'GET', 'GET', 'POST', 'POST', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'TRACE', 'CONNECT', 'PROPFIND', 'get', 'GETT', ''];
// biome-ignore format: tables
const paths = ['/', '/healthz', '/readyz', '/api/server/ping', '/api/agents', '/api/../healthz', '/websocket', '/websocket/', '/socket.io', '/socket.io//', '/socket.io/../x', '/socket.io/%', '/%zz', '/%00', '//', '//[', '/..%2f..%2fetc/passwd', '*', 'http://[bad/', 'http://x/socket.io/', '/socket.io/socket.io.js', '/\u00e9', ''];
// biome-ignore format: tables
const revisions = ['4', '4', '4', '4', '3', '', '5', '-1', 'abc', '%00', '4&EIO=3', '1e999'];
// biome-ignore format: tables
const transports = ['polling', 'polling', 'polling', 'websocket', 'webtransport', '', 'constructor', '__proto__', 'POLLING', 'polling&transport=websocket', 'polling%00', 'jsonp'];
// biome-ignore format: tables
const sids = ['', '__proto__', 'constructor', 'toString', 'x', '%F0%9F', '../../x', 'AAAAAAAAAAAAAAAAAAAA'];
// biome-ignore format: tables
const headers = [
  'Content-Type: application/octet-stream', 'Content-Type: application/json', 'Content-Type: multipart/form-data', 'Content-Type: ;;;',
  'Origin: http://evil.example', 'Origin: null', 'Origin: http://localhost', 'Origin: http://[', 'Origin: \u0080\u00ff', 'Origin: javascript:x',
  'Upgrade: websocket', 'Upgrade: h2c', 'Connection: Upgrade', 'Connection: close', 'Expect: 100-continue', 'Expect: 200-maybe',
  'Sec-WebSocket-Key: short', 'Sec-WebSocket-Version: 7', 'Sec-WebSocket-Protocol: ,,,', 'Sec-WebSocket-Extensions: permessage-deflate; x=(',
  'Accept-Encoding: gzip, deflate, *;q=x', 'User-Agent: ;MSIE', 'Cookie: io=__proto__', 'X-API-KEY: x', 'Authorization: Bearer', 'Host: a', 'Host: b',
  'no colon', ': no name', 'X-Null: \u0000', ' folded: yes', 'Content-Length: 5', 'Content-Length: -1', 'Content-Length: 1e9', 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked, gzip',
];

function query(world: World, random: Random, sid: string | undefined): string {
  const parts = [`EIO=${random.pick(revisions)}`, `transport=${random.pick(transports)}`];
  const other = random.chance(0.05) ? 's'.repeat(4_000) : random.pick(sids);
  if (sid !== undefined && random.chance(0.7)) parts.push(`sid=${encodeURIComponent(sid)}`);
  else if (random.chance(0.6)) parts.push(`sid=${other}`);
  if (random.chance(0.2)) parts.push(`j=${random.pick(['0', '1', '', '</script>', '-1', '0&j=1'])}`);
  if (random.chance(0.2)) parts.push(`t=${encodeURIComponent(random.pick(world.texts).toWellFormed())}`);
  if (random.chance(0.1)) parts.splice(random.int(parts.length), 1);
  return parts.join('&');
}

function body(world: World, random: Random): string {
  const kind = random.next();
  if (kind < 0.3) return '';
  if (kind < 0.5) return random.pick(world.texts);
  if (kind < 0.6) return `d=${encodeURIComponent(random.pick(world.texts).toWellFormed())}&d[]=1&__proto__=1`;
  if (kind < 0.7) return '\x1e'.repeat(random.int(500));
  if (kind < 0.9) {
    const parts = Array.from({ length: random.int(60) }, () =>
      random.pick(['40', '3', '6', '2', '42["x"]', '42[', 'b', 'bAA', '']),
    );
    return parts.join('\x1e');
  }
  return random.chance(0.004) ? 'x'.repeat(4_100_000) : random.pick(world.values);
}

/** `sid` is that of a session which is there, so that the request gets past the door. */
export function hostileRequest(world: World, random: Random, sid: string | undefined): HostileRequest {
  if (random.chance(0.05)) return { bytes: random.bytes(1 + random.int(200)), isCut: true };
  const method = random.pick(methods);
  const path = random.chance(0.75) ? '/socket.io/' : random.pick(paths);
  const lines = [
    `${method} ${path}${path.includes('?') ? '' : `?${query(world, random, sid)}`} HTTP/1.1`,
    `Host: ${random.chance(0.9) ? 'localhost' : 'x'}`,
  ];
  const extra = Array.from({ length: random.int(4) }, () => random.pick(headers));
  if (random.chance(0.01)) extra.push(...Array.from({ length: 2_100 }, (_, at) => `X-${at}: ${at}`));
  if (random.chance(0.01)) extra.push(`X-Long: ${'x'.repeat(20_000)}`);
  const content = Buffer.from(body(world, random));
  const isLong = random.chance(0.1);
  if (content.length > 0 || isLong)
    lines.push(`Content-Length: ${content.length + (isLong ? 1 + random.int(1_000) : 0)}`);
  const head = Buffer.from(`${[...lines, ...extra].join('\r\n')}\r\n\r\n`, 'latin1');
  const bytes = Buffer.concat([head, content]);
  const mayWait =
    isLong || sid !== undefined || extra.some((line) => /^(Expect|Transfer|Content-L|Upgrade)/.test(line));
  if (random.chance(0.1)) return { bytes: bytes.subarray(0, 1 + random.int(bytes.length)), isCut: true };
  return { bytes, isCut: mayWait };
}
