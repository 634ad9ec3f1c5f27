/** What is there to ask for: ids by kind, from what the server has answered, and how the gaps of a request are filled with them. */
import type { GeneratedRequest } from './request-arbitrary.ts';

/** Of each kind the last so many are known: what was deleted is soon forgotten. */
const mostOfKind = 24;

const kinds: [string, RegExp][] = [
  ['file', /file/i],
  ['model', /model/i],
  ['session', /session/i],
  ['job', /job/i],
  ['run', /run/i],
  ['log', /log/i],
  ['world', /world/i],
  ['agent', /agent|tee/i],
  ['server', /server/i],
  ['group', /group/i],
  ['channel', /channel|room/i],
  ['message', /message|memor|reply|parent/i],
  ['user', /user|entity|author|participant|sender|target/i],
];

/** What an id is of, by the name of its field, or of the row that answered it. */
export const kindOf = (name: string): string => kinds.find(([, pattern]) => pattern.test(name))?.[0] ?? 'any';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What a row is about, whose `id` it answers: `create-message-server` makes a server. */
const aboutOf = (row: string): string => row.replace(/^[a-z]+-/, '').replace('message-server', 'server');

const nobody = '00000000-0000-4000-8000-000000000000';

export type Pool = {
  add(kind: string, id: string): void;
  /** Remembers the ids in the JSON that a row answered. */
  learn(row: string, body: unknown): void;
  /** Forgets the ids in an address that was not found. */
  forget(path: string): void;
  /** The same request with ids in its gaps. */
  fill(request: GeneratedRequest): GeneratedRequest;
};

export function createPool(): Pool {
  const known = new Map<string, string[]>();
  /** What else is said of an id, by the id and the kind of the other. */
  const related = new Map<string, string>();
  const pool: Pool = { add, learn, forget, fill };

  function add(kind: string, id: string): void {
    const ids = known.get(kind) ?? [];
    known.set(kind, ids);
    if (ids.includes(id)) return;
    ids.push(id);
    if (ids.length > mostOfKind) ids.shift();
  }

  function learn(row: string, body: unknown, key = ''): void {
    if (Array.isArray(body)) for (const one of body.slice(0, 10)) learn(row, one, key);
    else if (typeof body === 'object' && body !== null) {
      relate(body);
      for (const [name, value] of Object.entries(body)) learn(row, value, name);
    } else if (typeof body !== 'string') return;
    else if (key === 'filename') add('file', body);
    else if (uuid.test(body)) add(kindOf(key === 'id' ? aboutOf(row) : key), body);
  }

  /** A message is found in its channel only, a file with its agent. */
  function relate(thing: object): void {
    const fields = Object.entries(thing).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
    const { id, filename, url = '' } = Object.fromEntries(fields) as Record<string, string | undefined>;
    const one = filename ?? id;
    if (one === undefined) return;
    const others = fields.filter(([key, value]) => key !== 'id' && uuid.test(value));
    const [, kind, owner] = /\/(agent|channel)s\/([0-9a-f-]{36})\//.exec(url) ?? [];
    if (kind && owner) others.push([kind, owner]);
    for (const [key, value] of others) related.set(`${one} ${kindOf(key)}`, value);
  }

  function forget(path: string): void {
    // The last one of a kind stays: something must be asked for.
    for (const ids of known.values())
      for (const id of ids.filter((one) => path.includes(one))) if (ids.length > 1) ids.splice(ids.indexOf(id), 1);
  }

  function fill(request: GeneratedRequest): GeneratedRequest {
    // From the end: what comes before it in an address is where it is.
    let last = '';
    const put = (text: string): string => {
      const found = [...text.matchAll(/__([a-z]+)\.(\d+)__/g)].at(-1);
      if (!found) return text;
      const [gap, kind = '', nth] = found;
      const ids = known.get(kind) ?? known.get('any') ?? [];
      const id = related.get(`${last} ${kind}`) ?? ids[Number(nth) % ids.length] ?? nobody;
      last = id;
      return put(text.slice(0, found.index) + id + text.slice(found.index + gap.length));
    };
    const { body, headers } = request;
    return {
      ...request,
      path: put(request.path),
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, put(value)])),
      body: typeof body === 'string' ? put(body) : body,
    };
  }

  return pool;
}
