/**
 * The documented API, walked whole: each operation is called with sensible input and answers with success, a documented
 * status and a documented body; or it is named in docs/compatibility.md, with the reason, and then it does differ.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { type RestRow, restRows } from 'elizad-protocol/rest';
import { documentedWalk, type Known, type Step } from './support/documented-walk.ts';
import { openFakeHttp } from './support/fake-http.ts';
import { findAgent, openClient } from './support/stock-client.ts';
import { makeDir, spawnServer, writeCharacter } from './support/test-server.ts';

type Operation = { method: string; path: string; responses: Record<string, Record<string, object>> };
type Answer = { status: number; type: string; body: unknown };

const operations: Operation[] = JSON.parse(
  readFileSync(new URL('./support/documented-operations.json', import.meta.url), 'utf8'),
);
const nameOf = ({ method, path }: Pick<Operation, 'method' | 'path'>) => `${method} ${path}`;

/** Operations of the table under "Where the HTTP API differs": the first column. */
const differing: Set<string> = (() => {
  const page = readFileSync(new URL('../../../docs/compatibility.md', import.meta.url), 'utf8');
  const section = /^## Where the HTTP API differs$([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(page)?.[1] ?? '';
  return new Set(Array.from(section.matchAll(/^\| `([A-Z]+ \/\S+)` \|/gm), ([, name = '']) => name));
})();

const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addFormat('uuid', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i);
ajv.addFormat('date-time', (text) => !Number.isNaN(Date.parse(text)));
ajv.addFormat('uri', (text) => URL.canParse(text));
for (const format of ['binary', 'int64', 'float']) ajv.addFormat(format, true);

/** Addresses that the server has, with parameters as `{}`. */
const built = new Set(
  Object.values<RestRow>(restRows).flatMap(({ method, path, aliases = [] }) =>
    [path, ...aliases].map((address) => `${method} ${address.replace(/:\w+/g, '{}')}`),
  ),
);
const isBuilt = (name: string) => built.has(name.replace(/\{\w+\}/g, '{}'));

test('the walk has a step for each documented operation, and no other', () => {
  assert.deepEqual(Object.keys(documentedWalk).sort(), operations.map(nameOf).sort());
});

test('what is said to differ is documented', () => {
  const names = new Set(operations.map(nameOf));
  for (const name of differing) assert.ok(names.has(name), name);
});

test('every documented operation is there', () => {
  assert.deepEqual(
    operations.map(nameOf).filter((name) => !isBuilt(name)),
    [],
  );
});

test('every documented operation answers as it is documented', async (t) => {
  const provider = await openFakeHttp(t, ({ path }) => ({
    body: path === '/v1/audio/speech' ? Buffer.from('ID3') : { text: 'Hello there' },
  }));
  const settings = { model: 'eliza', speechModel: 'openai/tts-1', transcriptionModel: 'openai/whisper-1' };
  const server = await spawnServer(t, join(makeDir(t), 'data'), {
    ELIZAD_CHARACTERS: writeCharacter(makeDir(t), { name: 'Ada', bio: ['Calm.'], settings }),
    // What a server allows only where it is told to.
    ELIZAD_ENV_WRITE: 'on',
    ALLOW_REMOTE_STOP: 'on',
    OPENAI_API_KEY: 'k',
    OPENAI_BASE_URL: `${provider.url}/v1`,
  });
  const client = openClient(t, server.url);
  const known: Known = {
    agentId: await findAgent(client, 'Ada'),
    channelId: crypto.randomUUID(),
    voiceId: crypto.randomUUID(),
    userId: crypto.randomUUID(),
    outsiderId: crypto.randomUUID(),
    serverId: '00000000-0000-0000-0000-000000000000',
  };
  const say = async (text: string) => {
    const { channelId: roomId, userId } = known;
    const { messageId } = await client.ask('message', { roomId, userId, text });
    await client.until('messageComplete', (done) => done.messageId === messageId);
    return messageId as string;
  };
  await client.ask('join', { roomId: known.channelId, agentId: known.agentId, userId: known.userId });
  known.messageId = await say('I walk on Sundays');
  for (const [name, step] of Object.entries(documentedWalk)) {
    const operation = operations.find((one) => nameOf(one) === name) as Operation;
    await t.test(name, async () => {
      if (step.prepare) await say('I walk on Mondays, too');
      const answer = await call(server.url, operation, step, known);
      const fault = findFault(operation, answer);
      if (differing.has(name)) {
        assert.ok(fault, 'docs/compatibility.md says that it differs, and it does not');
        assert.ok(answer.status < 500, fault);
      } else assert.equal(fault, undefined);
      const learned = findId(answer.body);
      if (step.learns) {
        assert.ok(learned, `there is no id in ${JSON.stringify(answer.body)}`);
        known[step.learns] = learned;
      }
    });
  }
});

async function call(url: string, { method, path }: Operation, step: Step, known: Known): Promise<Answer> {
  if (path === '/websocket') return upgrade(`${url}${path}`);
  const values = { ...known, ...step.params?.(known) };
  const address = new URL(
    path.replace(/\{(\w+)\}/g, (_match, name) => values[name] ?? '99999999-9999-4999-8999-999999999999'),
    url,
  );
  for (const [name, value] of Object.entries(step.query?.(known) ?? {})) address.searchParams.set(name, value);
  const body = step.body?.(known);
  const isForm = body instanceof FormData;
  const response = await fetch(address, {
    method,
    signal: AbortSignal.timeout(20_000),
    ...(body !== undefined && { body: isForm ? body : JSON.stringify(body) }),
    ...(body !== undefined && !isForm && { headers: { 'content-type': 'application/json' } }),
  });
  const type = response.headers.get('content-type')?.split(';')[0] ?? '';
  const text = await response.text();
  return { status: response.status, type, body: type === 'application/json' ? JSON.parse(text) : text };
}

/** A real upgrade, as a client without Socket.IO's own path does it. */
async function upgrade(address: string): Promise<Answer> {
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': Buffer.from('0123456789abcdef').toString('base64'),
  };
  const asked = request(`${address}?EIO=4&transport=websocket`, { headers }).end();
  asked.on('response', (response) => asked.destroy(new Error(`no upgrade: ${response.statusCode}`)));
  const [response, socket] = await once(asked, 'upgrade', { signal: AbortSignal.timeout(10_000) });
  socket.destroy();
  return { status: response.statusCode, type: '', body: '' };
}

/** Why an answer is none of the documented ones; or that it is an error, which sensible input never gets. */
function findFault({ responses }: Operation, { status, type, body }: Answer): string | undefined {
  const said = `${status} ${type} ${JSON.stringify(body)}`.slice(0, 1_500);
  const documented = responses[String(status)];
  if (!documented) return `this status is not documented: ${said}`;
  if (status >= 400) return `sensible input is refused: ${said}`;
  const types = Object.keys(documented);
  if (types.length === 0) return undefined;
  const schema = documented[type];
  if (!schema) return `expected ${types.join(' or ')}: ${said}`;
  if (type !== 'application/json' || ajv.validate(schema, body)) return undefined;
  return `${ajv.errorsText(ajv.errors)}: ${said}`;
}

/** The id of what an answer is about: its own, that of the one thing within, or that of the first of a list. */
function findId(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = value as Record<string, unknown>;
  const own = fields.sessionId ?? fields.id;
  if (typeof own === 'string') return own;
  for (const inner of Object.values(fields)) {
    const found = findId(inner);
    if (found) return found;
  }
  return undefined;
}
