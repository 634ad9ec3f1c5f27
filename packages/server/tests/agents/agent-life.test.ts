/** Agents come, change and go with their character files while the server runs, and nothing that was said is lost by it. */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { openFakeProvider } from '../support/fake-provider.ts';
import { openClient, type Payload } from '../support/stock-client.ts';
import { makeDir, openTestServer } from '../support/test-server.ts';

/** A server whose characters are in the directory where it looks for them. */
async function openAlive(t: TestContext) {
  const provider = await openFakeProvider();
  t.after(() => provider.close());
  const dir = makeDir(t);
  const characters = join(dir, 'characters');
  mkdirSync(characters);
  const write = (name: string, more: object = {}) =>
    writeFileSync(
      join(characters, `${name}.json`),
      JSON.stringify({ name, bio: ['Calm.'], settings: { model: 'openai/test' }, ...more }),
    );
  write('Cleo');
  const access = { OPENAI_BASE_URL: `${provider.url}/v1`, OPENAI_API_KEY: 'sk-test' };
  const { url } = await openTestServer(t, { ELIZAD_DATA: join(dir, 'data'), LOG_LEVEL: 'info', ...access });
  const client = openClient(t, url);
  /** An agent as the world state has it, once it fits. */
  const agent = async (name: string, fits: (agent: Payload) => boolean): Promise<Payload> => {
    const deadline = Date.now() + 10_000;
    for (;;) {
      const arrived = new Promise<Payload>((resolve) => client.socket.once('world-state', resolve));
      client.socket.emit('request-world-state', {});
      const found = Object.values<Payload>((await arrived).agents).find((one) => one.name === name);
      if (fits(found)) return found;
      assert.ok(Date.now() < deadline, `${name} is ${JSON.stringify(found)}`);
      await wait(50);
    }
  };
  const openRoom = async (agentId: string) => {
    const roomId = crypto.randomUUID();
    await client.ask('join', { roomId, agentId });
    const say = async (text: string) => {
      const { messageId } = await client.ask('message', { roomId, text });
      return client.until('messageComplete', (done) => done.messageId === messageId);
    };
    return { roomId, say };
  };
  const remove = (name: string) => rmSync(join(characters, `${name}.json`));
  return { provider, client, write, remove, agent, openRoom };
}

test('a turn that runs while its character is edited ends as it began; the next one has the new character', async (t) => {
  const { provider, client, write, agent, openRoom } = await openAlive(t);
  const { id } = await agent('Cleo', ({ status }) => status === 'active');
  const { say } = await openRoom(id);
  provider.script({ kind: 'answer', text: 'one two three', chunks: 3, held: true });
  const first = say('Hello');
  await provider.arrived(1);
  const second = say('Are you there?');
  write('Cleo', { id, bio: ['Loud.'] });
  await agent('Cleo', ({ bio }) => bio[0] === 'Loud.');
  provider.release(4);
  assert.deepEqual([(await first).outcome, (await second).outcome], ['answered', 'answered']);
  const heard = client.events.filter(({ event, payload }) => event === 'messageBroadcast' && payload.senderId === id);
  assert.equal(heard[0]?.payload.text, 'one two three');
  const systemOf = (index: number) => JSON.stringify(provider.requests[index]?.body);
  assert.match(systemOf(0), /Calm\./);
  assert.match(systemOf(1), /Loud\./);
});

test('a new file is a new agent; one that is gone says why it does not answer; a wrong one changes nothing', async (t) => {
  const { client, write, remove, agent, openRoom } = await openAlive(t);
  const { id: cleo } = await agent('Cleo', ({ status }) => status === 'active');
  await client.ask('subscribe_logs');
  write('Dan', { bio: ['New here.'], adjektives: ['kind'] });
  const refused = /the agents were not changed: .*Dan\.json: adjektives: unknown field; did you mean adjectives\?/;
  await client.until('log_stream', ({ payload }) => refused.test(payload.msg));
  assert.equal((await (await openRoom(cleo)).say('Hello')).outcome, 'answered');
  write('Dan', { bio: ['New here.'] });
  const { id: dan } = await agent('Dan', (one) => one?.status === 'active');
  const { say } = await openRoom(dan);
  assert.equal((await say('Hello, Dan')).outcome, 'answered');
  remove('Dan');
  await agent('Dan', ({ status }) => status === 'inactive');
  const { outcome, turns } = await say('Still there?');
  assert.deepEqual([outcome, turns[0].code], ['failed', 'agent-not-running']);
  write('Dan', { bio: ['Back again.'] });
  await agent('Dan', ({ status }) => status === 'active');
  assert.equal((await say('And now?')).outcome, 'answered');
});
