/** One thing of a request that is made wrong: a field, its value, the body, how it is sent. */
import type { GeneratedRequest } from './request-arbitrary.ts';

export const mutations = [
  ...['a param', 'a query value', 'a query key twice', 'a field', 'a field left out', 'a key too many', 'a body'],
  ...[
    'half a body',
    'a deep body',
    'bytes',
    'a type',
    'a form',
    'an id of nobody',
    'a header',
    'a method',
    'an address',
  ],
] as const;

/** What, with which value, and where of several places. */
export type Mutation = { kind: (typeof mutations)[number]; value: unknown; nth: number };

type Parts = {
  params: unknown;
  query: unknown;
  body: unknown;
  fill: (params: unknown) => string;
  search: (query: unknown) => string;
};

const types = [
  'text/plain',
  'multipart/form-data; boundary=x',
  'multipart/form-data',
  'nonsense',
  'application/json; charset=latin1',
];
const headers: Record<string, string>[] = [
  { range: 'bytes=5-1' },
  { range: 'bytes=0-999999999999' },
  { 'last-event-id': 'x'.repeat(500) },
  { 'last-event-id': '-1' },
  { 'if-none-match': '*' },
  { accept: 'nothing/at-all' },
  { 'accept-encoding': 'x, y;q=9' },
  { 'content-encoding': 'gzip' },
  { cookie: '__proto__=1' },
  { origin: 'null' },
  { 'x-api-key': 'x'.repeat(4_000) },
  { authorization: 'Bearer ' },
  { 'x-entity-id': "' or 1=1" },
  { 'x-forwarded-for': '1.2.3.4, '.repeat(100) },
];
const methods = ['HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'];
const hugeQuery = `?${'a=1&'.repeat(3_000)}`;

export function mutate(request: GeneratedRequest, parts: Parts, { kind, value, nth }: Mutation): GeneratedRequest {
  const { params, query, body } = parts;
  const pick = <T>(from: readonly T[]): T => from[nth % from.length] as T;
  const isBare = request.method === 'GET';
  const withBody = (sent: GeneratedRequest['body'], type = 'application/json'): GeneratedRequest =>
    isBare ? request : { ...request, body: sent, headers: { ...request.headers, 'content-type': type } };
  const withJson = (json: unknown) => withBody(JSON.stringify(json) ?? '');
  const at = (change: Partial<Parts>): GeneratedRequest => ({
    ...request,
    path:
      parts.fill('params' in change ? change.params : params) + parts.search('query' in change ? change.query : query),
  });
  switch (kind) {
    case 'a param':
      return at({ params: replace(params, nth, value) });
    case 'a query value':
      return at({ query: replace(query, nth, value) });
    case 'a query key twice': {
      const path = at({}).path;
      const again = path.split('?')[1];
      return {
        ...request,
        path: again ? `${path}&${again}` : `${path}${nth % 7 === 0 ? hugeQuery : '?limit=1&limit=2'}`,
      };
    }
    case 'a field':
      return withJson(replace(body, nth, value));
    case 'a field left out':
      return withJson(replace(body, nth, undefined));
    case 'a key too many':
      return withBody(`{"__proto__":{"isAdmin":true},${(JSON.stringify(body ?? {}) ?? '{}').slice(1)}`);
    case 'a body':
      return withJson(value);
    case 'half a body':
      return withBody((JSON.stringify(body ?? {}) ?? '{').slice(0, -1 - (nth % 5)));
    case 'a deep body':
      return withJson(replace(body, nth, nest(40 + nth * 40)));
    case 'bytes':
      return withBody(Uint8Array.from({ length: nth * 5 }, (_, index) => (index * 37 + nth) % 256));
    case 'a type':
      return withBody(typeof request.body === 'string' ? request.body : '{}', pick(types));
    case 'a form':
      return withBody(
        `--x\r\nContent-Disposition: form-data; name="file"; filename="../a\0.png"\r\n\r\n${'x'.repeat(nth)}`,
        types[1],
      );
    case 'an id of nobody':
      return { ...request, path: request.path.replace(/__[a-z]+\.\d+__/, crypto.randomUUID()) };
    case 'a header':
      return { ...request, headers: { ...request.headers, ...pick(headers) } };
    case 'a method': {
      const { 'content-type': _, ...others } = request.headers;
      return { ...request, method: pick(methods), headers: others, body: undefined };
    }
    case 'an address':
      return { ...request, path: request.path.replace('/', pick(['//', '/%2e%2e/', '/%00', '/%ff', '/./'])) };
  }
}

const nest = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

/** One of the fields, at some depth, has another value; none where there is no object. */
function replace(given: unknown, nth: number, value: unknown): unknown {
  if (typeof given !== 'object' || given === null) return value;
  const keys = Object.keys(given);
  const key = keys[nth % Math.max(1, keys.length)];
  if (key === undefined) return { limit: value };
  const before = (given as Record<string, unknown>)[key];
  const isDeeper = typeof before === 'object' && before !== null && nth % 2 === 1;
  const after = isDeeper ? replace(before, nth >> 1, value) : value;
  if (Array.isArray(given)) return given.map((one, index) => (String(index) === key ? after : one));
  return { ...given, [key]: after };
}
