/** Every address of every row, without the key, by every way not to have it: refused with 401, and nothing is told. */
import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { test } from 'node:test';
import { type RestRow, restRows } from 'elizad-protocol/rest';
import { openTestServer } from '../support/test-server.ts';

const key = 'a-key-of-some-length';
const someId = '11111111-1111-4111-8111-111111111111';

/** No key, a wrong one in either place, and the right one in places where it does not count. */
const ways: { name: string; query?: string; headers?: Record<string, string>; isGuess?: true }[] = [
  { name: 'no key' },
  { name: 'a wrong key', headers: { 'x-api-key': `${key}x`, authorization: `Bearer x${key}` }, isGuess: true },
  {
    name: 'the key where it does not count',
    query: `?apiKey=${key}&api_key=${key}&token=${key}`,
    headers: {
      authorization: `Basic ${Buffer.from(`:${key}`).toString('base64')}`,
      cookie: `apiKey=${key}; token=${key}`,
      'x-api-key': '',
    },
  },
];

/** A body that cannot be parsed: who is refused for it was not asked for the key first. */
const broken = '{"broken';

const targets = Object.entries<RestRow>(restRows).flatMap(([name, { method, scope, path, aliases = [] }]) =>
  [path, ...aliases].flatMap((spelling) =>
    (method === 'GET' ? ['GET', 'HEAD'] : [method]).map((asked) => ({
      name: `${name}: ${asked} ${spelling}`,
      isPublic: scope === null,
      method: asked,
      path: spelling.replace(/:\w+/g, someId),
      body: method === 'GET' ? undefined : broken,
    })),
  ),
);

test('without the key every row that needs it says 401, and none shows a place in the code', async (t) => {
  const { url } = await openTestServer(t, { ELIZAD_API_KEY: key, REST_REQUESTS_PER_MINUTE: '0' });
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  t.after(() => agent.destroy());
  let guesses = 0;
  const ask = ({ query = '', headers, isGuess }: (typeof ways)[number], target: (typeof targets)[number]) =>
    new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      const { method, path, body } = target;
      const ofBody = body && { 'content-type': 'application/json', 'content-length': String(body.length) };
      // Whoever guesses has to wait after a few: each guess comes from an address of its own.
      guesses += isGuess ? 1 : 0;
      const localAddress = isGuess && `127.1.${guesses >> 7}.${1 + (guesses & 127)}`;
      const options = { method, agent, headers: { ...headers, ...ofBody }, ...(localAddress && { localAddress }) };
      request(`${url}${path}${query}`, options, (response) => {
        let text = '';
        response.on('data', (data) => {
          text += data;
        });
        response.on('end', () => resolve({ status: response.statusCode, text }));
      })
        .on('error', reject)
        .end(body);
    });
  const waiting = ways.flatMap((way) => targets.map((target) => ({ way, target })));
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let next = waiting.pop(); next; next = waiting.pop()) {
        const { way, target } = next;
        const { status, text } = await ask(way, target);
        const what = `${target.name}, with ${way.name}`;
        if (target.isPublic) assert.ok(status && status !== 401 && status !== 500, `${what}: ${status}`);
        else assert.equal(status, 401, what);
        assert.doesNotMatch(text, /node_modules|\.ts:\d|\bat \w+ \(|file:\/\//, what);
      }
    }),
  );
});
