/** What a room may spend in an hour: when it is used up, the room is told once, and its agents are silent. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openFakeProvider } from '../support/fake-provider.ts';
import { findAgent, openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer, writeCharacter } from '../support/test-server.ts';

async function openRoom(t: TestContext, env: Record<string, string>, price?: { input: number; output: number }) {
  const provider = await openFakeProvider();
  t.after(() => provider.close());
  const settings = { model: 'openai/test', ...(price && { price }) };
  const character = writeCharacter(makeDir(t), { name: 'Cleo', bio: ['Calm.'], settings });
  const data = makeDir(t);
  const all = {
    OPENAI_BASE_URL: `${provider.url}/v1`,
    OPENAI_API_KEY: 'sk-test',
    ELIZAD_CHARACTERS: character,
    ELIZAD_DATA: data,
    ...env,
  };
  const roomId = crypto.randomUUID();
  const enter = async () => {
    const app = await openTestServer(t, all);
    const client = openClient(t, app.url, { auth: { name: 'Grace' } });
    await client.ask('join', { roomId, agentId: await findAgent(client, 'Cleo') });
    const say = async (text: string) => {
      const { messageId } = await client.ask('message', { roomId, text });
      const { outcome, turns } = await client.until('messageComplete', (done) => done.messageId === messageId);
      return [outcome, turns[0].code];
    };
    const notices = () =>
      client.events.filter(({ event, payload }) => event === 'messageBroadcast' && payload.source === 'system');
    return { app, client, say, notices };
  };
  return { ...(await enter()), provider, roomId, enter };
}

test('turns: the one too many is not begun; the room is told once, also after a restart', async (t) => {
  const { app, say, notices, enter } = await openRoom(t, { ROOM_TURNS_PER_HOUR: '2' });
  assert.deepEqual(await say('one'), ['answered', undefined]);
  assert.deepEqual(await say('two'), ['answered', undefined]);
  assert.deepEqual(await say('three'), ['ignored', 'budget-spent']);
  assert.deepEqual(await say('four'), ['ignored', 'room-frozen']);
  assert.equal(notices().length, 1);
  assert.match(
    notices()[0]?.payload.text,
    /used up the 2 turns .* No agent answers here until \d{4}-\d\d-\d\d \d\d:\d\d UTC/,
  );
  await app.stop();
  const again = await enter();
  assert.deepEqual(await again.say('five'), ['ignored', 'room-frozen']);
  assert.equal(again.notices().length, 0);
});

test('tokens, as the provider counts them', async (t) => {
  const { say, notices } = await openRoom(t, { ROOM_TOKENS_PER_HOUR: '1' });
  assert.deepEqual(await say('one'), ['answered', undefined]);
  assert.deepEqual(await say('two'), ['ignored', 'budget-spent']);
  assert.match(notices()[0]?.payload.text, /used up the 1 tokens/);
});

test('money, of a model whose price is known', async (t) => {
  const { say, notices } = await openRoom(t, { ROOM_COST_PER_HOUR: '0.5' }, { input: 1e6, output: 1e6 });
  assert.deepEqual(await say('one'), ['answered', undefined]);
  assert.deepEqual(await say('two'), ['ignored', 'budget-spent']);
  assert.match(notices()[0]?.payload.text, /used up the 0.5 dollars/);
});

test('freeze: a person has the agents stop, also in the middle of an answer, over a restart, until somebody lets them go on', async (t) => {
  const { provider, app, client, roomId, say, notices, enter } = await openRoom(t, {});
  provider.script({ kind: 'answer', text: 'one two three', chunks: 3, held: true });
  const running = say('Tell me everything');
  await provider.arrived(1);
  const { frozenUntil } = await client.ask('freeze', { roomId, seconds: 600 });
  assert.ok(frozenUntil > Date.now() + 500_000);
  assert.deepEqual(await running, ['cancelled', 'turn-cancelled']);
  assert.deepEqual(await say('And now?'), ['ignored', 'room-frozen']);
  assert.match(notices()[0]?.payload.text, /^Grace asks for quiet\. No agent answers here until/);
  await app.stop();
  const again = await enter();
  assert.deepEqual(await again.say('Still?'), ['ignored', 'room-frozen']);
  assert.equal((await again.client.ask('freeze', { roomId, seconds: 0 })).frozenUntil, null);
  assert.deepEqual(await again.say('Now?'), ['answered', undefined]);
  const stranger = openClient(t, again.app.url);
  assert.equal((await stranger.ask('freeze', { roomId })).details.code, 'not-a-participant');
});
