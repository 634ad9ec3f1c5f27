/** A message that comes while the agent is at work on another one: the policy of the room says what becomes of either. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openFakeProvider } from '../support/fake-provider.ts';
import { findAgent, openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer, writeCharacter } from '../support/test-server.ts';

async function openRoom(t: TestContext, turnPolicy: string | undefined, env: Record<string, string> = {}) {
  const provider = await openFakeProvider();
  t.after(() => provider.close());
  const settings = { model: 'openai/test' };
  const character = writeCharacter(makeDir(t), { name: 'Cleo', bio: ['Calm.'], settings });
  const access = { OPENAI_BASE_URL: `${provider.url}/v1`, OPENAI_API_KEY: 'sk-test', ELIZAD_CHARACTERS: character };
  const { url } = await openTestServer(t, { ...access, ...env });
  const client = openClient(t, url);
  const roomId = crypto.randomUUID();
  await client.ask('join', { roomId, agentId: await findAgent(client, 'Cleo'), turnPolicy });
  provider.script(
    { kind: 'answer', text: 'one two three four', chunks: 4, held: true },
    { kind: 'answer', text: 'To the second.' },
  );
  const first = await client.ask('message', { roomId, text: 'first' });
  await provider.arrived(1);
  provider.release(1);
  await client.until('messageStreamChunk');
  const second = await client.ask('message', { roomId, text: 'second' });
  const endOf = async ({ messageId }: { messageId: string }) => {
    const { outcome, turns } = await client.until('messageComplete', (done) => done.messageId === messageId);
    return [outcome, turns[0].code];
  };
  const answerTo = ({ messageId }: { messageId: string }) =>
    client.events.find(({ event, payload }) => event === 'messageBroadcast' && payload.inReplyTo === messageId)
      ?.payload;
  return { client, roomId, provider, first, second, endOf, answerTo };
}

test('queue: the second is answered after the first', async (t) => {
  const { provider, first, second, endOf, answerTo } = await openRoom(t, undefined);
  provider.release(4);
  assert.deepEqual(await endOf(first), ['answered', undefined]);
  assert.deepEqual(await endOf(second), ['answered', undefined]);
  assert.ok(answerTo(first).seq < answerTo(second).seq);
});

for (const [how, policy, env] of [
  ['of the room', 'supersede', {}],
  ['of the server', undefined, { TURN_POLICY: 'supersede' }],
] as const) {
  test(`supersede, as the policy ${how}: the second takes the place of the first, whose words so far are kept`, async (t) => {
    const { provider, first, second, endOf, answerTo } = await openRoom(t, policy, env);
    assert.deepEqual(await endOf(first), ['superseded', 'turn-superseded']);
    await provider.requests[0]?.hungUp;
    assert.deepEqual(await endOf(second), ['answered', undefined]);
    assert.deepEqual(answerTo(first).metadata, { partial: true, outcome: 'superseded' });
    assert.equal(answerTo(second).text, 'To the second.');
  });
}

test('reject: the second is stored, and not answered', async (t) => {
  const { provider, first, second, endOf, answerTo } = await openRoom(t, 'reject');
  assert.deepEqual(await endOf(second), ['ignored', 'agent-busy']);
  provider.release(4);
  assert.deepEqual(await endOf(first), ['answered', undefined]);
  assert.equal(answerTo(second), undefined);
});

test('a turn that has waited while much was said is asked with what was said before its message', async (t) => {
  const { client, roomId, provider, second, endOf } = await openRoom(t, undefined, { ELIZAD_MEMORY: 'off' });
  const [later] = await Promise.all(
    Array.from({ length: 70 }, (_, index) => client.ask('message', { roomId, text: `later ${index}` })),
  );
  provider.release(4);
  assert.deepEqual(await endOf(second), ['answered', undefined]);
  const asked = JSON.stringify(provider.requests[1]?.body);
  assert.match(asked, /first.*one two three four.*second/);
  assert.doesNotMatch(asked, /later/);
  assert.deepEqual(await endOf(later), ['answered', undefined]);
  assert.match(JSON.stringify(provider.requests[2]?.body), /second.*To the second\..*later 0/);
});

test('an agent whose model hangs, asked in many rooms, leaves room for the others', async (t) => {
  const provider = await openFakeProvider();
  t.after(() => provider.close());
  const dir = makeDir(t);
  const characters = [
    writeCharacter(dir, { name: 'Cleo', bio: ['Calm.'], settings: { model: 'openai/test' } }),
    writeCharacter(dir, { name: 'Dan', bio: ['Quick.'], settings: { model: 'eliza' } }),
  ].join(',');
  const access = { OPENAI_BASE_URL: `${provider.url}/v1`, OPENAI_API_KEY: 'sk-test', ELIZAD_CHARACTERS: characters };
  const { url } = await openTestServer(t, { ...access, TURN_CONCURRENCY: '8' });
  const client = openClient(t, url);
  const [cleo, dan] = [await findAgent(client, 'Cleo'), await findAgent(client, 'Dan')];
  const ask = async (agentId: string) => {
    const roomId = crypto.randomUUID();
    await client.ask('join', { roomId, agentId });
    return client.ask('message', { roomId, text: 'Hello' });
  };
  provider.script(...Array.from({ length: 6 }, () => ({ kind: 'hang' }) as const));
  const first = await ask(cleo);
  for (let more = 0; more < 11; more++) await ask(cleo);
  await provider.arrived(6);
  const { messageId } = await ask(dan);
  assert.equal((await client.until('messageComplete', (done) => done.messageId === messageId)).outcome, 'answered');
  assert.equal(provider.requests.length, 6);
  // What it has to wait for is what is under way: each end lets the next one begin.
  await client.ask('cancel', { roomId: first.roomId });
  await provider.arrived(7);
});
