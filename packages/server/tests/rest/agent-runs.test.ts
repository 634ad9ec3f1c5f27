/** What agents did, over HTTP: runs, their events, the log made from them, and worlds; never with a word that was said. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { openAgentsServer, openTalk } from '../support/agents-server.ts';

async function openWorking(t: TestContext) {
  const server = await openAgentsServer(t);
  const { call, find, url } = server.open();
  const { id: agentId } = await find('Cleo');
  const params = { agentId };
  return { ...server, call, url, params, agentId, talk: await openTalk(t, url, agentId) };
}

describe('runs of agents over HTTP', () => {
  it('shows each run with how it ended, those under way first, a page at a time', async (t) => {
    const { provider, call, url, params, agentId, talk } = await openWorking(t);
    await talk.say('First secret word');
    provider.script({ kind: 'refuse', status: 401 });
    await talk.say('Second secret word');
    const other = await openTalk(t, url, agentId);
    provider.script({ kind: 'answer', text: 'held', held: true });
    await other.send('Third secret word');
    await provider.arrived(3);
    const { body } = await call('list-runs', { params });
    const { runs, total, hasMore } = body.data;
    assert.deepEqual([total, hasMore], [3, false]);
    assert.deepEqual(
      runs.map(({ status, roomId, endedAt }) => [status, roomId, endedAt === null]),
      [
        ['started', other.roomId, true],
        ['error', talk.roomId, false],
        ['completed', talk.roomId, false],
      ],
    );
    assert.deepEqual(runs[2]?.counts, { actions: 0, modelCalls: 1, errors: 0, evaluators: 0 });
    assert.equal(runs[1]?.metadata.code, 'model-unauthorized');
    const select = async (query: Record<string, string | number>) =>
      (await call('list-runs', { params, query })).body.data;
    assert.equal((await select({ roomId: talk.roomId })).total, 2);
    assert.deepEqual(
      (await select({ status: 'error' })).runs.map(({ runId }) => runId),
      [runs[1]?.runId],
    );
    assert.deepEqual(
      (await select({ status: 'started' })).runs.map(({ runId }) => runId),
      [runs[0]?.runId],
    );
    const page = await select({ limit: 1 });
    assert.deepEqual([page.runs.length, page.total, page.hasMore], [1, 3, true]);
    assert.equal((await select({ to: (runs[2]?.startedAt ?? 0) - 1 })).total, 0);
    const open = await call('get-run', { params: { agentId, runId: runs[0]?.runId ?? '' } });
    assert.deepEqual(
      open.body.data.events.map(({ type }) => type),
      ['RUN_STARTED'],
    );
    assert.equal((await call('list-runs', { params, query: { limit: 101 } })).status, 400);
    assert.equal((await call('list-runs', { params: { agentId: crypto.randomUUID() } })).status, 404);
    assert.doesNotMatch(JSON.stringify([body, open.body]), /secret word/);
    provider.release(2);
  });

  it('tells what a run did, and forgets a run of which nothing is known', async (t) => {
    const { call, params, agentId, talk } = await openWorking(t);
    await talk.say('Hello');
    const { body } = await call('list-runs', { params });
    const runId = body.data.runs[0]?.runId ?? '';
    const { data } = (await call('get-run', { params: { agentId, runId } })).body;
    assert.deepEqual(
      data.events.map(({ type }) => type),
      ['RUN_STARTED', 'MODEL_USED', 'RUN_ENDED'],
    );
    const [, used] = data.events;
    assert.deepEqual([used?.data.modelKey, typeof used?.data.executionTime], ['openai/test', 'number']);
    assert.ok(data.events.every(({ timestamp }, index) => timestamp >= (data.events[index - 1]?.timestamp ?? 0)));
    const none = await call('get-run', { params: { agentId, runId: crypto.randomUUID() } });
    assert.deepEqual([none.status, none.body.error?.code], [404, 'run-not-found']);
  });

  it('tells of actions, and what each step of the model took, but not what came of them', async (t) => {
    const { provider, call, params, agentId, talk } = await openWorking(t);
    const calls = [
      { id: 'c1', name: 'look', input: {} },
      { id: 'c2', name: 'stumble', input: {} },
    ];
    provider.script({ kind: 'calls', calls }, { kind: 'answer', text: 'Done.' });
    await talk.say('Look around');
    const { runs } = (await call('list-runs', { params })).body.data;
    assert.deepEqual(runs[0]?.counts, { actions: 2, modelCalls: 2, errors: 1, evaluators: 0 });
    const { data } = (await call('get-run', { params: { agentId, runId: runs[0]?.runId ?? '' } })).body;
    assert.deepEqual(
      data.events.map(({ type, data: { actionName, success } }) =>
        [type, actionName, success].filter((one) => one !== undefined),
      ),
      [
        ['RUN_STARTED'],
        ['MODEL_USED'],
        ['ACTION_STARTED', 'look'],
        ['ACTION_COMPLETED', 'look', true],
        ['ACTION_STARTED', 'stumble'],
        ['ACTION_COMPLETED', 'stumble', false],
        ['MODEL_USED'],
        ['RUN_ENDED'],
      ],
    );
    const logs = await call('list-agent-logs', { params });
    assert.deepEqual(
      logs.body.data.map(({ type, body, level }) => [type, body.action ?? body.usage, level]),
      [
        ['useModel:TEXT_LARGE', { inputTokens: 7, outputTokens: 3 }, 30],
        ['action', 'stumble', 50],
        ['action', 'look', 30],
        ['useModel:TEXT_LARGE', { inputTokens: 7, outputTokens: 3 }, 30],
      ],
    );
    const errors = await call('list-agent-logs', { params, query: { level: 'error', type: 'action' } });
    assert.equal(errors.body.count, 1);
    const id = errors.body.data[0]?.id ?? '';
    assert.equal((await call('delete-agent-log', { params: { agentId, logId: id } })).status, 204);
    const left = (await call('list-agent-logs', { params })).body.data;
    assert.deepEqual(
      left.map((one) => one.id),
      logs.body.data.map((one) => one.id).filter((one) => one !== id),
    );
    assert.doesNotMatch(JSON.stringify([runs, data, logs.body]), /secret/);
  });

  it('logs each use of the model, newest first, and deletes an entry without the others', async (t) => {
    const { call, params, agentId, talk } = await openWorking(t);
    for (const text of ['secret one', 'secret two', 'secret three']) await talk.say(text);
    const list = async (query: Record<string, string | number> = {}) =>
      (await call('list-agent-logs', { params, query })).body;
    const all = await list();
    assert.equal(all.count, 3);
    const [newest, middle] = all.data;
    assert.ok(all.data.every(({ type, roomId }) => type === 'useModel:TEXT_LARGE' && roomId === talk.roomId));
    assert.equal(newest?.body.modelKey, 'openai/test');
    assert.ok((newest?.createdAt ?? 0) >= (middle?.createdAt ?? 0));
    assert.deepEqual((await list({ count: 1, offset: 1 })).data[0]?.id, middle?.id);
    assert.deepEqual((await list({ limit: 1, before: newest?.createdAt ?? 0 })).data[0]?.id, middle?.id);
    assert.equal((await list({ excludeTypes: 'useModel' })).count, 0);
    assert.equal((await list({ type: 'action' })).count, 0);
    assert.equal((await list({ roomId: crypto.randomUUID() })).count, 0);
    assert.doesNotMatch(JSON.stringify(all), /secret/);
    const remove = (logId: string) => call('delete-agent-log', { params: { agentId, logId } });
    assert.equal((await remove(middle?.id ?? '')).status, 204);
    assert.deepEqual(
      (await list()).data.map(({ id }) => id),
      [newest?.id, all.data[2]?.id],
    );
    assert.equal((await remove(middle?.id ?? '')).status, 404);
    assert.equal((await remove(crypto.randomUUID())).status, 404);
    assert.equal((await call('list-runs', { params })).body.data.total, 3);
  });
});

describe('worlds of agents over HTTP', () => {
  it('lists the worlds of all agents, which are made and changed', async (t) => {
    const { call, url, params, agentId } = await openWorking(t);
    const metadata = { a: { deep: [1] }, b: 2 };
    const made = await call('create-world', { params, body: { name: 'Home', sourceType: 'discord', metadata } });
    assert.equal(made.status, 201);
    const { id, ...world } = made.body.data.world;
    assert.deepEqual(
      [world.name, world.agentId, world.metadata, world.sourceType],
      ['Home', agentId, metadata, 'discord'],
    );
    const changed = await call('update-world', {
      params: { agentId, worldId: id },
      body: { name: 'Away', metadata: { b: 3 } },
    });
    assert.deepEqual([changed.body.data.world.name, changed.body.data.world.metadata], ['Away', { ...metadata, b: 3 }]);
    const { body } = await call('list-worlds');
    assert.deepEqual(
      body.data.worlds.map((one) => [one.id, one.name]),
      [[id, 'Away']],
    );
    assert.deepEqual((await call('list-worlds', { query: { before: id } })).body.data.worlds, []);
    const nowhere = await call('create-world', { params, body: { name: 'X', serverId: crypto.randomUUID() } });
    assert.equal(nowhere.body.error?.code, 'server-not-found');
    const none = await call('update-world', { params: { agentId, worldId: crypto.randomUUID() }, body: {} });
    assert.deepEqual([none.status, none.body.error?.code], [404, 'world-not-found']);
    const deep = `{"name":"X","metadata":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`;
    const headers = { 'content-type': 'application/json' };
    const address = `${url}/api/agents/${agentId}/worlds`;
    assert.equal((await fetch(address, { method: 'POST', headers, body: deep })).status, 400);
  });
});
