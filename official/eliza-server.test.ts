/**
 * elizad with the published starter of Eliza OS as its project, from end to end: a stock client talks with it, and the host and the
 * server are killed. Run by `npm run test:official`.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { openClient, type Payload, type StockClient } from '../packages/server/tests/support/stock-client.ts';
import { makeDir, spawnServer } from '../packages/server/tests/support/test-server.ts';
import { writeStarter } from './support/eliza-project.ts';

const agentId = 'b850bc30-45f8-0041-a00a-83df46d8555d';

async function openServer(t: TestContext, env: Record<string, string> = {}) {
  const dataDir = join(makeDir(t), 'data');
  const project = writeStarter(t);
  const roomId = crypto.randomUUID();
  const key: Record<string, string> = env.ELIZAD_API_KEY ? { 'x-api-key': env.ELIZAD_API_KEY } : {};
  const start = async () => {
    const server = await spawnServer(t, dataDir, env, ['--project', project]);
    const client = openClient(t, server.url, { auth: { name: 'Ann', apiKey: env.ELIZAD_API_KEY } });
    await client.ask('join', { roomId, agentId });
    const call = (path: string, init: RequestInit = {}) =>
      fetch(`${server.url}${path}`, { ...init, headers: { ...key, ...(init.headers as Record<string, string>) } });
    return { server, client, call, ask: (text: string) => ask(client, roomId, text) };
  };
  return { start, roomId };
}

/** One question, and what the room heard until its end. */
async function ask(client: StockClient, roomId: string, text: string) {
  const since = client.events.length;
  const { messageId } = await client.ask('message', { roomId, text });
  const end = await client.until('messageComplete', (one) => one.messageId === messageId);
  const events = client.events.slice(since);
  const of = (name: string): Payload[] => events.filter(({ event }) => event === name).map(({ payload }) => payload);
  const said = of('messageBroadcast').filter(({ senderId }) => senderId === agentId);
  return {
    messageId: messageId as string,
    outcome: end.outcome as string,
    code: end.turns[0]?.code as string | undefined,
    chunks: of('messageStreamChunk'),
    cards: said.filter(({ source }) => source === 'agent_action').map(({ metadata }) => metadata.actionStatus),
    answers: said.filter(({ source }) => source === 'agent_response'),
  };
}

const textsOf = (answers: Payload[]) => answers.map(({ text }) => text);

describe('elizad with the published starter', () => {
  test('a stock client hears the answer as it is made, cards of actions, several answers, and a reason for none', async (t) => {
    const { start } = await openServer(t);
    const { ask: asked, call } = await start();
    const agents = (await (await call('/api/agents')).json()) as Payload;
    assert.deepEqual(
      agents.data.agents.map((one: Payload) => [one.id, one.name, one.status]),
      [[agentId, 'Eliza', 'active']],
    );
    const { data } = (await (await call(`/api/agents/${agentId}`)).json()) as Payload;
    assert.deepEqual(data.plugins, ['@elizaos/plugin-sql', 'bootstrap', 'lab']);
    const hello = await asked('[[say Hello there, my friend]]');
    assert.deepEqual([hello.outcome, textsOf(hello.answers)], ['answered', ['Hello there, my friend']]);
    assert.ok(hello.chunks.length > 0 && hello.chunks.every(({ messageId }) => messageId === hello.answers[0]?.id));
    assert.equal(hello.chunks.map(({ chunk }) => chunk).join(''), 'Hello there, my friend');
    assert.equal(hello.answers[0]?.thought, 'I was asked to.');

    const roll = await asked('[[roll-and-say That was fun]]');
    assert.deepEqual([roll.outcome, roll.cards], ['answered', ['executing', 'completed']]);
    assert.deepEqual(textsOf(roll.answers).sort(), ['That was fun', 'You rolled a 6.']);
    assert.equal(new Set(roll.answers.map(({ id }) => id)).size, 2);

    assert.equal((await asked('[[ignore]]')).outcome, 'ignored');
    const failed = await asked('[[fail quota exceeded]]');
    assert.deepEqual([failed.outcome, failed.code], ['failed', 'project-model-failed']);
    assert.equal((await asked('[[say still here]]')).outcome, 'answered');
  });

  test('memory outlives a kill of the server, and forgets a deleted message', async (t) => {
    const { start, roomId } = await openServer(t);
    const first = await start();
    const told = await first.ask('the word is p-l-u-m [[say noted]]');
    await first.server.end('SIGKILL');
    const { ask: asked, call } = await start();
    assert.deepEqual(textsOf((await asked('[[recall plum]]')).answers), ['I remember it.']);
    const deleted = await call(`/api/messaging/channels/${roomId}/messages/${told.messageId}`, { method: 'DELETE' });
    assert.ok(deleted.ok, String(deleted.status));
    assert.deepEqual(textsOf((await asked('[[recall plum]]')).answers), ['I do not know it.']);
  });

  test('a host that dies: before an action the turn is run again, in one it is not, and the next is answered', async (t) => {
    const { start } = await openServer(t);
    const { ask: asked } = await start();
    const again = await asked('[[die-once I am back]]');
    assert.deepEqual([again.outcome, textsOf(again.answers)], ['answered', ['I am back']]);
    const cut = await asked('[[die-in-action]]');
    assert.deepEqual([cut.outcome, cut.code, cut.cards], ['failed', 'interrupted-action', ['executing', 'failed']]);
    assert.deepEqual(textsOf((await asked('[[say hi]]')).answers), ['hi']);
  });

  test('speaks of its own accord in the room, and serves its routes and panels to those who have the key', async (t) => {
    const { start } = await openServer(t, { ELIZAD_API_KEY: 'a-key-of-sixteen-letters' });
    const { ask: asked, call, client, server } = await start();
    await asked('[[say hi]]');
    const panels = (await (await call(`/api/agents/${agentId}/panels`)).json()) as Payload;
    const [panel] = panels.data;
    assert.equal(panel.name, 'Dice');
    assert.equal(await (await call(panel.path)).text(), '<h1>Dice</h1>');
    for (const path of [panel.path, '/lab/panel', '/api/lab/panel'])
      assert.equal((await fetch(server.url + path)).status, 401, path);
    const echo = await call('/lab/echo/a?x=1', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"a":[1]}',
    });
    const { names, ...echoed } = (await echo.json()) as Payload;
    assert.deepEqual([echo.status, echoed], [201, { query: { x: '1' }, params: { name: 'a' }, body: { a: [1] } }]);
    assert.ok(!names.some((name: string) => /key|authorization|elizad/.test(name)), String(names));
    const raw = await call('/lab/raw/some/path', { method: 'PUT', body: new Uint8Array(1_000_000) });
    assert.equal(await raw.text(), '1000000');
    assert.equal((await call('/lab/speak', { method: 'POST' })).status, 200);
    await client.until('messageBroadcast', ({ text, senderId }) => text === 'By the way …' && senderId === agentId);
  });
});
