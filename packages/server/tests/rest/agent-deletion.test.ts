/** An agent that is deleted goes for good: what it was doing ends, what it said stays, and nobody takes its id. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { openAgentsServer, openTalk } from '../support/agents-server.ts';

describe('deleting agents over HTTP', () => {
  it('deletes an agent that was made over HTTP, and nobody can speak with its id', async (t) => {
    const server = await openAgentsServer(t);
    let { call, find, url } = server.open();
    const { body } = await call('create-agent', {
      body: {
        agent: { name: 'Ada', bio: [], settings: { model: 'openai/test', secrets: { OPENAI_API_KEY: 'sk-ada' } } },
      },
    });
    const { id } = body.data;
    await call('start-agent', { params: { agentId: id } });
    const { roomId, send, done, say, client } = await openTalk(t, url, id);
    server.provider.script({ kind: 'answer', text: 'one two', chunks: 2, held: true });
    const running = await send('Hello');
    await server.provider.arrived(1);
    const waiting = await send('And then?');
    assert.equal((await call('delete-agent', { params: { agentId: id } })).status, 204);
    server.provider.release(3);
    assert.equal((await done(running)).outcome, 'answered');
    const { outcome, turns } = await done(waiting);
    assert.deepEqual([outcome, turns[0].code], ['failed', 'agent-not-running']);
    assert.equal((await say('Anybody?')).outcome, 'no-agent');
    await client.until('messageBroadcast', ({ text }) => text === 'one two');
    assert.equal((await call('get-agent', { params: { agentId: id } })).status, 404);
    assert.equal((await call('delete-agent', { params: { agentId: id } })).status, 404);
    const job = { agentId: id, userId: crypto.randomUUID(), content: 'Hello' };
    assert.equal((await call('create-job', { body: job })).status, 404);
    const speech = { params: { agentId: id }, body: { text: 'Hello' } };
    assert.equal((await call('synthesize-audio', speech)).status, 404);
    ({ call, find, url } = await server.restart());
    await assert.rejects(find('Ada'), /no Ada/);
    const again = await openTalk(t, url, (await find('Cleo')).id);
    const refused = await again.client.ask('message', { roomId, text: 'It is me', userId: id });
    assert.equal(refused.details?.code ?? refused.code, 'speaking-as-agent');
    assert.equal((await call('create-agent', { body: { agent: { name: 'Ada', bio: ['Anew.'] } } })).status, 201);
    assert.deepEqual((await call('list-rooms', { params: { agentId: id } })).body.data.rooms, []);
  });

  it('ends what waits for a person when the agent is deleted', async (t) => {
    const { open, provider } = await openAgentsServer(t);
    const { call, url } = open();
    const { body } = await call('create-agent', {
      body: { agent: { name: 'Ada', bio: [], settings: { model: 'openai/test', secrets: { OPENAI_API_KEY: 'k' } } } },
    });
    const { id } = body.data;
    await call('start-agent', { params: { agentId: id } });
    const { client, send, done } = await openTalk(t, url, id);
    provider.script({ kind: 'calls', calls: [{ id: 'c1', name: 'book', input: {} }] });
    const asked = await send('Book it');
    await client.until('messageBroadcast', ({ source }) => source === 'agent_question');
    const untilWaiting = async () => {
      const { runs } = (await call('list-runs', { params: { agentId: id } })).body.data;
      return runs[0]?.metadata.state === 'waiting';
    };
    while (!(await untilWaiting())) await wait(20);
    assert.equal((await call('delete-agent', { params: { agentId: id } })).status, 204);
    const { outcome, turns } = await done(asked);
    assert.deepEqual([outcome, turns[0].code], ['failed', 'agent-not-running']);
  });

  it('leaves its sessions open, which are counted as invalid', async (t) => {
    const { open } = await openAgentsServer(t);
    const { call, find } = open();
    const { body } = await call('create-agent', { body: { agent: { name: 'Ada', bio: [] } } });
    const agentId = body.data.id;
    const userId = crypto.randomUUID();
    for (const one of [agentId, (await find('Cleo')).id, agentId])
      assert.equal((await call('create-session', { body: { agentId: one, userId } })).status, 201);
    const count = async () => {
      const { activeSessions, invalidSessions } = (await call('get-sessions-health')).body;
      return { activeSessions, invalidSessions };
    };
    assert.deepEqual(await count(), { activeSessions: 3, invalidSessions: 0 });
    assert.equal((await call('delete-agent', { params: { agentId } })).status, 204);
    assert.deepEqual(await count(), { activeSessions: 3, invalidSessions: 2 });
  });

  it('does not delete one that would be back: of a file, or built in', async (t) => {
    const { open } = await openAgentsServer(t);
    const { call, find } = open();
    const { id } = await find('Cleo');
    const { status, body } = await call('delete-agent', { params: { agentId: id } });
    assert.deepEqual([status, body.error?.code], [409, 'agent-has-a-file']);
    assert.match(body.error?.hint ?? '', /stop it/);
    assert.equal((await find('Cleo')).status, 'active');
  });
});
