/** Requests in OpenAI's form that name no room and nobody: answered by a full turn, and then gone without a trace. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it, type TestContext } from 'node:test';
import { openModelProcess } from '../support/model-server.ts';
import { within } from '../support/model-stream.ts';
import { ask, openOpenaiServer, readAll, weather } from '../support/openai-server.ts';
import { createRestClient } from '../support/rest-client.ts';

/** Everything that lists what was said and done. */
async function listAll(url: string): Promise<string> {
  const { call } = createRestClient(url);
  const servers = await call('list-message-servers');
  const channels = await call('list-server-channels', {
    params: { messageServerId: '00000000-0000-0000-0000-000000000000' },
  });
  assert.equal(channels.status, 200);
  const { body } = await call('list-agents');
  const ofAgents = body.data.agents.map(async ({ id: agentId }) => {
    const params = { agentId };
    const [runs, rooms, memories, logs] = await Promise.all([
      call('list-runs', { params }),
      call('list-rooms', { params }),
      call('list-memories', { params }),
      call('list-agent-logs', { params }),
    ]);
    const all = [runs, rooms, memories, logs];
    assert.ok(all.every(({ status }) => status === 200));
    return all.map(({ body }) => body);
  });
  return JSON.stringify([servers.body, channels.body, await Promise.all(ofAgents)]);
}

/** Waits until everything is as it was. */
async function untilAsBefore(t: TestContext, url: string, before: string): Promise<void> {
  const stop = new AbortController();
  t.after(() => stop.abort());
  const look = async () => {
    while (!stop.signal.aborted && (await listAll(url)) !== before);
  };
  await within(5_000, look(), 'that all is as before').catch(async () => assert.equal(await listAll(url), before));
}

/** Rows of what a room and its turn leave in the store. */
function countRows(dataDir: string): number[] {
  const database = new DatabaseSync(join(dataDir, 'elizad.sqlite'), { readOnly: true });
  const tables = ['channels', 'participants', 'messages', 'turns', 'traces', 'room_changes'];
  const counts = tables.map(
    (table) => database.prepare(`select count(*) as count from ${table}`).get()?.count as number,
  );
  database.close();
  return counts;
}

type Server = Awaited<ReturnType<typeof openOpenaiServer>>;

const create = ({ openai }: Server, more = {}) =>
  openai.chat.completions.create({ model: 'Cleo', messages: ask('Hi'), ...more } as never);

describe('a request that names no room', () => {
  it('leaves nothing behind, whether it is answered, streamed, failed or led by the program', async (t) => {
    const server = await openOpenaiServer(t);
    const { url, provider } = server;
    const before = await listAll(url);
    const { body } = await server.call('create-chat-completion', { body: { model: 'Cleo', messages: ask('Hi') } });
    assert.equal(body.choices[0]?.message.content, 'ok');
    assert.equal(body.room_id, undefined);
    assert.ok(body.usage.total_tokens > 0);
    assert.equal(await listAll(url), before);
    await create(server, { tools: [weather] });
    provider.script({ kind: 'refuse', status: 401 });
    await assert.rejects(create(server), { code: 'model-unauthorized' });
    assert.equal(await listAll(url), before);
    const events = (await create(server, { stream: true })) as unknown as AsyncIterable<unknown>;
    assert.ok((await readAll(events)).length > 2);
    await untilAsBefore(t, url, before);
  });

  it('leaves nothing behind when its client hangs up, and the model is no longer asked', async (t) => {
    const server = await openOpenaiServer(t);
    const { url, provider } = server;
    const before = await listAll(url);
    for (const [at, stream] of [true, false].entries()) {
      provider.script({ kind: 'hang' });
      const gone = new AbortController();
      const { signal } = gone;
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ model: 'Cleo', messages: ask('Hi'), stream });
      const asked = fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body, signal });
      const over = assert.rejects(asked.then((answer) => answer.text()));
      const { hungUp } = await within(2_000, provider.arrived(at + 1), 'the question');
      assert.notEqual(await listAll(url), before, 'while it is answered it is there to be looked at');
      gone.abort();
      await over;
      await within(2_000, hungUp, 'the end of the turn');
      await untilAsBefore(t, url, before);
    }
  });

  it('stays where it names somebody, a room, or a key under which it may be asked again', async (t) => {
    const server = await openOpenaiServer(t);
    let last = await listAll(server.url);
    for (const [body, headers] of [
      [{ user: 'ada' }, {}],
      [{}, { 'X-Room-Id': crypto.randomUUID() }],
      [{}, { 'Idempotency-Key': 'one' }],
    ]) {
      const answer = await server.call('create-chat-completion', {
        body: { model: 'Cleo', messages: ask('Hi'), ...body },
        headers: headers as Record<string, string>,
      });
      assert.equal(answer.body.room_id, answer.headers.get('x-room-id'));
      const now = await listAll(server.url);
      assert.notEqual(now, last);
      last = now;
    }
  });

  it('leaves nothing behind after a kill in the middle', async (t) => {
    const { provider, dataDir, start } = await openModelProcess(t);
    const first = await start();
    const before = await listAll(first.url);
    const body = { model: 'Cleo', messages: ask('Hi') };
    // Refused before its room is made.
    const refused = await first.call('create-chat-completion', { body, headers: { 'x-entity-id': first.cleo } });
    assert.equal(refused.status, 403);
    provider.script({ kind: 'hang' });
    const asked = assert.rejects(first.call('create-chat-completion', { body }));
    await within(5_000, provider.arrived(), 'the question');
    await first.server.end('SIGKILL');
    await asked;
    const { url, server, call } = await start();
    assert.equal(await listAll(url), before);
    assert.equal(provider.requests.length, 1, 'nor is the turn taken up again');
    // Who waits while the server stops is told that, not that it took too long.
    provider.script({ kind: 'hang' });
    const stopped = call('create-chat-completion', { body });
    await within(5_000, provider.arrived(2), 'the question');
    await server.end('SIGTERM');
    const { status, body: failure } = await stopped;
    assert.deepEqual([status, failure.error?.code], [503, 'server-not-ready']);
    assert.deepEqual(
      countRows(dataDir),
      [0, 0, 0, 0, 0, 1],
      'but for the place in the order that must not be given again',
    );
  });
});
