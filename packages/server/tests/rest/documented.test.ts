/**
 * The documented API, walked whole: each operation is called with sensible input and answers with success, a documented
 * status and every documented property; or it is named in docs/compatibility.md, with the reason, and answers exactly
 * what is said here. Each documented refusal is caused, too.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { errorTable } from 'elizad-protocol';
import { type RestFailure, type RestRow, restRows } from 'elizad-protocol/rest';
import { openSqlite } from '../../src/storage/engine/sqlite/sqlite.ts';
import { insertChatSession } from '../../src/storage/kept/chat-sessions.ts';
import {
  type Answer,
  call,
  type Filling,
  nameOf,
  type Operation,
  operations,
} from '../support/documented-operations.ts';
import { listCauses, mostUploadBytes, needsRest, uncaused } from '../support/documented-refusals.ts';
import { findFault, findMisfit, met, otherwise, requireAll, type Schema } from '../support/documented-strict.ts';
import { documentedWalk, type Known, type Step } from '../support/documented-walk.ts';
import { openFakeHttp } from '../support/fake-http.ts';
import { findAgent, openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer, spawnServer, writeCharacter } from '../support/test-server.ts';

/** Operations of the table under "Where the HTTP API differs": the first column. */
const differing: Set<string> = (() => {
  const page = readFileSync(new URL('../../../../docs/compatibility.md', import.meta.url), 'utf8');
  const section = /^## Where the HTTP API differs$([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(page)?.[1] ?? '';
  return new Set(Array.from(section.matchAll(/^\| `([A-Z]+ \/\S+)` \|/gm), ([, name = '']) => name));
})();

/** What those answer: status and body, made from what is documented of the things in it. */
const pinned: Readonly<Record<string, (documented: Schema) => { status: number; body: Schema }>> = {
  'DELETE /api/agents/{agentId}': () => ({ status: 204, body: { const: '' } }),
  'GET /api/agents/{agentId}/logs': ({ properties }) => {
    const { logs = {}, count = {} } = properties?.data?.properties ?? {};
    return { status: 200, body: exactly({ data: logs, count }) };
  },
  'GET /api/agents/{agentId}/rooms': ({ properties }) => ({
    status: 200,
    body: exactly({ data: exactly({ rooms: properties?.data ?? {} }, false) }),
  }),
  'GET /api/agents/{agentId}/rooms/{roomId}/memories': ({ properties }) => ({
    status: 200,
    body: exactly({ data: exactly({ memories: properties?.data ?? {} }, false) }),
  }),
};

function exactly(properties: Record<string, Schema>, hasSuccess = true): Schema {
  return { properties: { ...(hasSuccess && { success: {} }), ...properties }, additionalProperties: false };
}

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

test('what is said to differ is documented, and pinned', () => {
  const names = new Set(operations.map(nameOf));
  for (const name of differing) assert.ok(names.has(name), name);
  assert.deepEqual([...differing].sort(), Object.keys(pinned).sort());
});

test('every documented operation is there', () => {
  assert.deepEqual(
    operations.map(nameOf).filter((name) => !isBuilt(name)),
    [],
  );
});

test('every documented operation answers as it is documented', async (t) => {
  const { url, known, say } = await open(t);
  for (const [name, step] of Object.entries(documentedWalk)) {
    const operation = operations.find((one) => nameOf(one) === name) as Operation;
    await t.test(name, async () => {
      if (step.prepare) await say('I walk on Mondays, too');
      const right = fill(step, known);
      await refuse(url, operation, right, known);
      const answer = await call(url, operation, right);
      const learned = findId(answer.body);
      if (step.learns) {
        assert.ok(learned, `there is no id in ${JSON.stringify(answer.body)}`);
        known[step.learns] = learned;
      }
      const fault = findFault(operation, answer);
      if (!differing.has(name)) return assert.equal(fault, undefined);
      assert.ok(fault, 'docs/compatibility.md says that it differs, and it does not');
      const { status, body } = pinned[name]?.(operation.responses[200]?.['application/json'] ?? {}) ?? {};
      assert.equal(answer.status, status);
      assert.equal(findMisfit(requireAll(name, body as Schema), answer.body), undefined, JSON.stringify(answer.body));
    });
  }
  assert.deepEqual(
    Object.keys(otherwise).filter((place) => !met.has(place)),
    [],
    'said to be otherwise, and not documented',
  );
});

test('with a key set, every documented operation asks for it', async (t) => {
  const { url } = await openTestServer(t, { ELIZAD_API_KEY: 'open-sesame' });
  for (const operation of operations) {
    if (operation.path === '/websocket') continue;
    const answer = await call(url, operation, { params: {}, query: {}, body: undefined });
    checkRefusal(operation, answer, 401, 'no key');
  }
});

async function open(t: Parameters<typeof makeDir>[0]) {
  const provider = await openFakeHttp(t, ({ path }) => ({
    body: path === '/v1/audio/speech' ? Buffer.from('ID3') : { text: 'Hello there' },
  }));
  const settings = { model: 'eliza', speechModel: 'openai/tts-1', transcriptionModel: 'openai/whisper-1' };
  const dataDir = join(makeDir(t), 'data');
  const endedSessionId = await addEndedSession(dataDir);
  const server = await spawnServer(t, dataDir, {
    ELIZAD_CHARACTERS: writeCharacter(makeDir(t), { name: 'Ada', bio: ['Calm.'], settings }),
    // What a server allows only where it is told to.
    ELIZAD_ENV_WRITE: 'on',
    ALLOW_REMOTE_STOP: 'on',
    REST_REQUESTS_PER_MINUTE: '0',
    MAX_UPLOAD_BYTES: String(mostUploadBytes),
    OPENAI_API_KEY: 'k',
    OPENAI_BASE_URL: `${provider.url}/v1`,
  });
  const client = openClient(t, server.url);
  const agentId = await findAgent(client, 'Ada');
  const userId = crypto.randomUUID();
  const known: Known = {
    agentId,
    channelId: crypto.randomUUID(),
    voiceId: crypto.randomUUID(),
    userId,
    outsiderId: crypto.randomUUID(),
    serverId: '00000000-0000-0000-0000-000000000000',
    endedSessionId,
    fullSessionId: await addFullSession(server.url, { agentId, userId }),
  };
  const say = async (text: string) => {
    const { messageId } = await client.ask('message', { roomId: known.channelId, userId, text });
    await client.until('messageComplete', (done) => done.messageId === messageId);
    return messageId as string;
  };
  await client.ask('join', { roomId: known.channelId, agentId, userId });
  known.messageId = await say('I walk on Sundays');
  return { url: server.url, known, say };
}

/** A session whose time is over, as it is in the store when the server starts. */
async function addEndedSession(dataDir: string): Promise<string> {
  const { db, close } = await openSqlite(dataDir);
  const id = crypto.randomUUID();
  const past = Date.now() - 60_000;
  const both = { agent_id: crypto.randomUUID(), user_id: crypto.randomUUID() };
  const times = { created_at: past, last_activity: past, expires_at: past, warn_at: null };
  await insertChatSession(db, { id, ...both, ...times, metadata: '{}', timeout_config: '{}' });
  await close();
  return id;
}

/** A session that lasts as long as it may already. */
async function addFullSession(url: string, who: { agentId: string; userId: string }): Promise<string> {
  const operation = { method: 'POST', path: '/api/messaging/sessions', parameters: [], responses: {} };
  const body = { ...who, timeoutConfig: { timeoutMinutes: 5, maxDurationMinutes: 5 } };
  const answer = await call(url, operation, { params: {}, query: {}, body });
  return findId(answer.body) as string;
}

const fill = (step: Step, known: Known): Filling => ({
  params: { ...known, ...step.params?.(known) },
  query: step.query?.(known) ?? {},
  body: step.body?.(known),
});

/** Causes each documented refusal in every way that is known. */
async function refuse(url: string, operation: Operation, right: Filling, known: Known): Promise<void> {
  const name = nameOf(operation);
  const statuses = Object.keys(operation.responses).map(Number);
  for (const status of statuses.filter((one) => one !== Math.min(...statuses))) {
    const causes = listCauses(operation, status, right, known);
    const reason = uncaused[status] ?? uncaused[`${status} ${name}`];
    assert.ok(causes.length > 0 || reason, `${status} is not caused`);
    const rests = needsRest.has(`${status} ${name}`);
    if (rests) await setRunning(url, known, false);
    for (const { why, filling } of causes) {
      const answer = await call(url, operation, filling);
      if (reason) assert.notEqual(answer.status, status, `said not to be caused: ${why}`);
      else checkRefusal(operation, answer, status, why);
    }
    if (rests) await setRunning(url, known, true);
  }
}

async function setRunning(url: string, params: Known, isRunning: boolean): Promise<void> {
  const path = `/api/agents/{agentId}/${isRunning ? 'start' : 'stop'}`;
  const { status } = await call(
    url,
    { method: 'POST', path, parameters: [], responses: {} },
    { params, query: {}, body: {} },
  );
  assert.equal(status, 200);
}

/** The status, and the envelope: the documented one, with all that ours has. */
function checkRefusal({ responses }: Operation, { status, body }: Answer, expected: number, why: string): void {
  const said = `${why}: ${status} ${JSON.stringify(body)}`;
  assert.equal(status, expected, said);
  const documented = responses[status]?.['application/json'] ?? {};
  assert.equal(findMisfit(documented, body), undefined, said);
  const { success, error } = body as RestFailure;
  assert.equal(success, false, said);
  const { httpStatus, message, httpHint: hint } = errorTable[error.code as keyof typeof errorTable] ?? {};
  assert.deepEqual([status, error.message, error.hint], [httpStatus, message, hint], said);
  if (error.code !== 'invalid-payload') return;
  assert.ok(error.issues?.length, said);
  assert.ok(
    error.issues.every((issue) => error.details?.includes(issue.message)),
    said,
  );
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
