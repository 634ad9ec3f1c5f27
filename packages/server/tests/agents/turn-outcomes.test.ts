/** Every turn ends: with a real provider's protocol behind the model, each way it can go is told to the room. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { type Behaviour, openFakeProvider } from '../support/fake-provider.ts';
import { findAgent, openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer, writeCharacter } from '../support/test-server.ts';

const key = 'sk-test-0123456789abcdef0123456789abcdef';

async function openRoom(t: TestContext, env: Record<string, string> = {}, ...behaviours: Behaviour[]) {
  const provider = await openFakeProvider();
  t.after(() => provider.close());
  provider.script(...behaviours);
  const character = writeCharacter(makeDir(t), {
    name: 'Cleo',
    system: 'You are Cleo.',
    bio: ['Calm.'],
    settings: { model: 'openai/test-model', temperature: 0.2 },
  });
  const app = await openTestServer(t, {
    OPENAI_BASE_URL: `${provider.url}/v1`,
    OPENAI_API_KEY: key,
    ELIZAD_CHARACTERS: character,
    ...env,
  });
  const client = openClient(t, app.url, { auth: { name: 'Ada' } });
  const agentId = await findAgent(client, 'Cleo');
  const roomId = crypto.randomUUID();
  await client.ask('join', { roomId, agentId });
  const say = async (text: string) => {
    const { messageId } = await client.ask('message', { roomId, text });
    return client.until('messageComplete', (done) => done.messageId === messageId);
  };
  return { provider, client, agentId, roomId, say, app };
}

test('an answer arrives with its text, streamed first, and the model saw character and conversation', async (t) => {
  const { provider, client, agentId, say } = await openRoom(
    t,
    {},
    { kind: 'answer', text: 'Good evening, Ada.', chunks: 4 },
    { kind: 'answer', text: 'Still here.' },
  );
  const done = await say('Good evening');
  assert.deepEqual([done.outcome, done.turns], ['answered', [{ agentId, outcome: 'answered' }]]);
  const answer = client.events.find(
    ({ event, payload }) => event === 'messageBroadcast' && payload.senderId === agentId,
  )?.payload;
  assert.deepEqual(
    [answer.text, answer.senderName, answer.source, answer.actions],
    ['Good evening, Ada.', 'Cleo', 'agent_response', ['REPLY']],
  );
  const chunks = client.events.filter(({ event }) => event === 'messageStreamChunk').map(({ payload }) => payload);
  assert.equal(chunks.map(({ chunk }) => chunk).join(''), 'Good evening, Ada.');
  assert.ok(chunks.length > 0 && chunks.every(({ messageId, index }, at) => messageId === answer.id && index === at));
  await say('Are you still there?');
  const { body, headers } = provider.requests[1] as (typeof provider.requests)[number];
  assert.equal(headers.authorization, `Bearer ${key}`);
  assert.equal(body.model, 'test-model');
  assert.equal(body.temperature, 0.2);
  const messages = body.messages as { role: string; content: unknown }[];
  assert.match(JSON.stringify(messages[0]), /You are Cleo\..*Calm\./s);
  assert.match(
    JSON.stringify(messages.slice(1)),
    /user.*Good evening.*assistant.*Good evening, Ada\..*user.*Are you still there\?/s,
  );
});

const failures: [string, Behaviour, Record<string, string>, { outcome: string; code: string }][] = [
  [
    '401',
    { kind: 'refuse', status: 401, message: `Incorrect API key provided: ${key}` },
    {},
    { outcome: 'failed', code: 'model-unauthorized' },
  ],
  [
    '429',
    { kind: 'refuse', status: 429, headers: { 'retry-after': '30' } },
    {},
    { outcome: 'failed', code: 'model-rate-limited' },
  ],
  [
    'a hang before the first token',
    { kind: 'hang' },
    { TURN_TIMEOUT_MS: '300' },
    { outcome: 'timed-out', code: 'turn-timed-out' },
  ],
  [
    'a hang in mid-answer',
    { kind: 'break', how: 'hang', after: 2 },
    { TURN_TIMEOUT_MS: '600' },
    { outcome: 'timed-out', code: 'turn-timed-out' },
  ],
  ['a cut connection', { kind: 'break', how: 'cut', after: 2 }, {}, { outcome: 'failed', code: 'model-cut' }],
];
for (const [what, behaviour, env, expected] of failures) {
  test(`${what}: the turn ends with messageComplete, an outcome, a code and a hint; the next one works`, async (t) => {
    const { provider, client, agentId, say } = await openRoom(t, env, behaviour);
    const done = await say('Hello?');
    assert.equal(done.outcome, expected.outcome);
    const [turn] = done.turns;
    assert.deepEqual([turn.agentId, turn.outcome, turn.code], [agentId, expected.outcome, expected.code]);
    assert.ok(turn.hint.length > 10);
    assert.doesNotMatch(JSON.stringify(client.events), /sk-test/, 'the key is nowhere on the wire');
    const controls = client.events
      .filter(({ event }) => event === 'controlMessage')
      .map(({ payload }) => payload.action);
    assert.deepEqual(controls, ['disable_input', 'enable_input']);
    provider.script({ kind: 'answer', text: 'Now it works.' });
    assert.equal((await say('And now?')).outcome, 'answered');
  });
}

test('a fallback answers for a model that fails, and the trace says which one it was', async (t) => {
  const provider = await openFakeProvider();
  t.after(() => provider.close());
  provider.script({ kind: 'refuse', status: 404 }, { kind: 'answer', text: 'At your service.' });
  const settings = { model: 'openai/gone', fallbackModels: ['ollama/spare'] };
  const dataDir = makeDir(t);
  const app = await openTestServer(t, {
    OPENAI_BASE_URL: `${provider.url}/v1`,
    OLLAMA_BASE_URL: provider.url,
    ELIZAD_DATA: dataDir,
    ELIZAD_CHARACTERS: writeCharacter(makeDir(t), { name: 'Cleo', bio: ['Calm.'], settings }),
  });
  const client = openClient(t, app.url);
  const roomId = crypto.randomUUID();
  await client.ask('join', { roomId, agentId: await findAgent(client, 'Cleo') });
  const { messageId } = await client.ask('message', { roomId, text: 'Hello?' });
  const done = await client.until('messageComplete', (end) => end.messageId === messageId);
  assert.equal(done.outcome, 'answered');
  const file = new DatabaseSync(join(dataDir, 'elizad.sqlite'), { readOnly: true });
  t.after(() => file.close());
  assert.equal(file.prepare('select model from traces').get()?.model, 'ollama/spare');
});

test('what had arrived before a cut is kept, and marked', async (t) => {
  const { client, agentId, say } = await openRoom(
    t,
    {},
    { kind: 'break', how: 'cut', after: 3, text: 'One two three four five' },
  );
  await say('Count!');
  const broken = await client.until('messageStreamError');
  const kept = await client.until('messageBroadcast', (message) => message.senderId === agentId);
  assert.equal(kept.text, broken.partialText.trim());
  assert.deepEqual(kept.metadata, { partial: true, outcome: 'failed' });
});

test('an answer has as many characters as a message may have, and the room is told that there was more', async (t) => {
  const text = 'a'.repeat(100_001);
  const { client, agentId, say, app } = await openRoom(t, { MAX_TEXT_LENGTH: '100' }, { kind: 'answer', text });
  const done = await say('Tell me all.');
  assert.deepEqual([done.outcome, done.turns[0].code], ['failed', 'model-too-long']);
  const answer = await client.until('messageBroadcast', ({ senderId }) => senderId === agentId);
  assert.deepEqual([answer.text.length, answer.metadata.partial], [100_000, true]);
  await app.stop();
});

test('cancel from another socket stops the stream; the turn ends as cancelled, with what it had said', async (t) => {
  const { provider, client, agentId, roomId, app } = await openRoom(t, {}, { kind: 'break', how: 'hang', after: 2 });
  const { messageId } = await client.ask('message', { roomId, text: 'Tell me everything' });
  await client.until('messageStreamChunk');
  const other = openClient(t, app.url);
  assert.equal((await other.ask('cancel', { roomId, messageId })).cancelled, 1);
  const done = await client.until('messageComplete', (end) => end.messageId === messageId);
  assert.deepEqual(
    done.turns.map(({ outcome, code }: { outcome: string; code: string }) => [outcome, code]),
    [['cancelled', 'turn-cancelled']],
  );
  const kept = await client.until('messageBroadcast', (message) => message.senderId === agentId);
  assert.deepEqual(kept.metadata, { partial: true, outcome: 'cancelled' });
  await provider.requests[0]?.hungUp;
});

test('messages that come while a turn runs wait their turn, and each gets its own answer and end', async (t) => {
  const { provider, client, agentId, roomId } = await openRoom(
    t,
    {},
    { kind: 'answer', text: 'First.', held: true },
    { kind: 'answer', text: 'Second.' },
    { kind: 'answer', text: 'Third.' },
  );
  const asked = await Promise.all(['one', 'two', 'three'].map((text) => client.ask('message', { roomId, text })));
  await provider.arrived(1);
  provider.release(100);
  for (const { messageId } of asked) await client.until('messageComplete', (done) => done.messageId === messageId);
  const answers = client.events
    .filter(({ event, payload }) => event === 'messageBroadcast' && payload.senderId === agentId)
    .map(({ payload }) => payload);
  assert.deepEqual(
    answers.map(({ text, inReplyTo }) => [text, inReplyTo]),
    [
      ['First.', asked[0].messageId],
      ['Second.', asked[1].messageId],
      ['Third.', asked[2].messageId],
    ],
  );
  const ends = client.events.filter(({ event }) => event === 'messageComplete').map(({ payload }) => payload.messageId);
  assert.deepEqual(
    ends,
    asked.map(({ messageId }) => messageId),
  );
});
