/** One question, four ways to hear what comes of it over HTTP; whichever it is, the room has the same. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { openEventReader } from './support/event-reader.ts';
import { openFakeProvider } from './support/fake-provider.ts';
import { createRestClient } from './support/rest-client.ts';
import { findAgent, openClient } from './support/stock-client.ts';
import { makeDir, openTestServer, spawnServer, writeCharacter } from './support/test-server.ts';

const ada = crypto.randomUUID();

async function openModel(t: TestContext, ...names: string[]) {
  const provider = await openFakeProvider();
  t.after(() => provider.close());
  const dir = makeDir(t);
  const characters = (names.length > 0 ? names : ['Cleo']).map((name) =>
    writeCharacter(dir, { name, bio: 'Answers.', settings: { model: 'openai/test-model', memory: false } }),
  );
  const env = {
    OPENAI_BASE_URL: `${provider.url}/v1`,
    OPENAI_API_KEY: 'sk-test',
    ELIZAD_CHARACTERS: characters.join(),
  };
  return { provider, dir, env };
}

/** A server with agents in a room, and a stock client that hears it. */
async function openRoom(
  t: TestContext,
  { names = ['Cleo'], env = {} }: { names?: string[]; env?: Record<string, string> } = {},
) {
  const model = await openModel(t, ...names);
  const { url } = await openTestServer(t, { ...model.env, ...env });
  const client = openClient(t, url);
  const channelId = crypto.randomUUID();
  const agentIds: string[] = [];
  for (const name of names) {
    const agentId = await findAgent(client, name);
    agentIds.push(agentId);
    await client.ask('join', { roomId: channelId, agentId });
  }
  const address = `${url}/api/messaging/channels/${channelId}/messages`;
  const stream = (body: object, headers: Record<string, string> = {}) =>
    openEventReader(t, address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ author_id: ada, transport: 'sse', ...body }),
    });
  return {
    ...model,
    ...createRestClient(url),
    url,
    client,
    channelId,
    params: { channelId },
    agentIds,
    address,
    stream,
  };
}

describe('a question over HTTP', () => {
  it('is answered at once without a transport, in every spelling; the answer comes to the room', async (t) => {
    const { call, client, params, channelId, provider } = await openRoom(t);
    provider.script({ kind: 'answer', text: 'One.' }, { kind: 'answer', text: 'Two.' });
    const bodies = [
      { author_id: ada, content: 'First?', message_server_id: '00000000-0000-0000-0000-000000000000' },
      { authorId: ada, text: 'Second?', server_id: '00000000-0000-0000-0000-000000000000', mode: 'websocket' },
    ];
    for (const [spelling, body] of bodies.entries()) {
      const { status, body: answer } = await call('post-message', { params, body, spelling });
      assert.equal(status, 201);
      assert.deepEqual(
        [answer.userMessage.id, answer.userMessage.channel_id, answer.userMessage.author_id],
        [answer.data.id, channelId, ada],
      );
      assert.equal(answer.data.message.text, answer.data.content);
      const said = await client.until('messageBroadcast', ({ id }) => id === answer.data.id);
      assert.equal(said.seq, answer.data.seq);
      await client.until('messageBroadcast', ({ inReplyTo }) => inReplyTo === answer.data.id);
    }
  });

  it('waits with `http` and `?wait=true`, and gives the answer that the room has', async (t) => {
    const { call, client, params, provider, agentIds } = await openRoom(t);
    for (const [index, given] of [
      { query: { wait: true } },
      { body: { transport: 'http' } },
      { body: { mode: 'sync' } },
    ].entries()) {
      provider.script({ kind: 'answer', text: `Answer ${index}`, chunks: 3, reasoning: 'Hm.' });
      const { status, body } = await call('post-message', {
        params,
        query: given.query ?? {},
        body: { author_id: ada, content: `Question ${index}`, ...given.body },
      });
      assert.equal(status, 201);
      assert.equal(body.outcome, 'answered');
      assert.deepEqual(
        [body.agentResponse?.text, body.agentResponse?.agentId, body.agentResponse?.actions],
        [`Answer ${index}`, agentIds[0], ['REPLY']],
      );
      assert.deepEqual(body.data.agentResponse, body.agentResponse);
      const said = await client.until('messageBroadcast', ({ id }) => id === body.agentResponse?.id);
      assert.equal(said.seq, body.agentResponse?.seq);
    }
  });

  it('gives all answers where several agents answer, and says why there is none', async (t) => {
    const { call, params, provider } = await openRoom(t, { names: ['Cleo', 'Theo'] });
    provider.script({ kind: 'answer', text: 'Yes.' }, { kind: 'answer', text: 'No.' });
    const both = await call('post-message', { params, query: { wait: true }, body: { content: 'Well?' } });
    assert.deepEqual(both.body.agentResponses?.map(({ text }) => text).sort(), ['No.', 'Yes.']);
    for (let n = 0; n < 2; n++) provider.script({ kind: 'refuse', status: 401 });
    const failed = await call('post-message', { params, query: { wait: true }, body: { content: 'And now?' } });
    assert.equal(failed.status, 201);
    assert.deepEqual([failed.body.outcome, failed.body.code], ['failed', 'model-unauthorized']);
    assert.equal(failed.body.agentResponse, undefined);
    const alone = { channelId: crypto.randomUUID() };
    for (const transport of ['websocket', 'http']) {
      const { status, body } = await call('post-message', { params: alone, body: { content: 'Hello?', transport } });
      assert.deepEqual([status, body.outcome, body.data.outcome], [201, 'no-agent', 'no-agent']);
    }
  });

  it('streams: the message, the pieces that sockets hear, and the whole', async (t) => {
    const { stream, client, provider, call, params } = await openRoom(t);
    provider.script({ kind: 'answer', text: 'One two three four.', chunks: 4 });
    const reader = await stream({ content: 'Count.' });
    assert.match(reader.response.headers.get('content-type') ?? '', /^text\/event-stream/);
    const { data: done } = await reader.until('done');
    await reader.ended;
    const { data: user } = await reader.until('user_message');
    assert.deepEqual(reader.events.map(({ event }) => event)[0], 'user_message');
    const chunks = reader.events.filter(({ event }) => event === 'chunk').map(({ data }) => data);
    assert.equal(chunks.map(({ chunk }) => chunk).join(''), 'One two three four.');
    assert.deepEqual(
      chunks.map(({ index }) => index),
      chunks.map((_, index) => index),
    );
    assert.ok(chunks.every(({ messageId }) => messageId === done.id));
    assert.deepEqual([done.text, done.outcome, done.inReplyTo], ['One two three four.', 'answered', user.id]);
    assert.ok(reader.events.every(({ id }) => id !== undefined));
    const said = await client.until('messageBroadcast', ({ id }) => id === done.id);
    assert.equal(said.seq, done.seq);
    const { body } = await call('list-messages', { params });
    assert.deepEqual(
      body.data.messages.map(({ id }) => id),
      [done.id, user.id],
    );
  });

  it('streams an error where the model fails, with what was said by then', async (t) => {
    const { stream, provider } = await openRoom(t);
    provider.script({ kind: 'refuse', status: 401 });
    const refused = await stream({ content: 'Hello?' });
    assert.equal((await refused.until('error')).data.code, 'model-unauthorized');
    await refused.ended;
    const silent = await stream({ content: 'no agent' }, { 'x-entity-id': crypto.randomUUID() });
    assert.equal((await silent.until('done')).data.text, 'ok');
  });

  it('goes on after Last-Event-ID, in the middle and after the end, without a gap or a doubled piece', async (t) => {
    const { stream, provider } = await openRoom(t);
    provider.script({ kind: 'answer', text: 'a b c d e f ', chunks: 6, held: true });
    const question = { content: 'Count.', messageId: 'count-1' };
    const first = await stream(question);
    await first.until('user_message');
    await provider.arrived();
    provider.release(2);
    await first.until('chunk', ({ chunk }) => chunk.includes('b'));
    const place = first.lastId() as string;
    const heard = textOf(first);
    first.close();
    provider.release(1);
    const second = await stream(question, { 'last-event-id': place });
    await second.until('chunk', ({ chunk }) => chunk.includes('c'));
    provider.release(6);
    const { data: done } = await second.until('done');
    assert.equal(heard + textOf(second), done.text);
    assert.equal(done.text, 'a b c d e f');
    const indexes = [...first.events, ...second.events]
      .filter(({ event }) => event === 'chunk')
      .map(({ data }) => data.index);
    assert.deepEqual(
      indexes,
      indexes.map((_, index) => index),
    );
    assert.ok(!second.events.some(({ event }) => event === 'user_message'));
    const later = await stream(question, { 'last-event-id': place });
    assert.equal((await later.until('done')).data.id, done.id);
    assert.equal(heard + textOf(later), done.text);
    const anew = await stream(question);
    assert.equal((await anew.until('done')).data.id, done.id);
    assert.deepEqual([textOf(anew), anew.events[0]?.event], [done.text, 'user_message']);
    assert.equal(provider.requests.length, 1, 'the model was asked once');
  });

  it('goes on after the server was killed in the middle', async (t) => {
    const { provider, dir, env } = await openModel(t);
    const text = 'one two three four five';
    provider.script({ kind: 'answer', text, chunks: 5, held: true }, { kind: 'answer', text, chunks: 5 });
    const start = () => spawnServer(t, join(dir, 'data'), env);
    const server = await start();
    const channelId = crypto.randomUUID();
    const client = openClient(t, server.url);
    await client.ask('join', { roomId: channelId, agentId: await findAgent(client, 'Cleo') });
    const ask = (url: string, headers: Record<string, string> = {}) =>
      openEventReader(t, `${url}/api/messaging/channels/${channelId}/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ author_id: ada, content: 'Count.', transport: 'sse', messageId: 'k-1' }),
      });
    const first = await ask(server.url);
    await provider.arrived();
    provider.release(2);
    await first.until('chunk', ({ chunk }) => chunk.includes('two'));
    const place = first.lastId() as string;
    await server.end('SIGKILL');
    await first.ended;
    const again = await start();
    const second = await ask(again.url, { 'last-event-id': place });
    const { data: done } = await second.until('done');
    assert.equal(done.text, text);
    // The pieces that were heard are the beginning of the new answer too: or else it would begin anew with index 0.
    assert.equal(textOf(first) + textOf(second), text);
    assert.ok(!second.events.some(({ event }) => event === 'user_message'));
    assert.equal(provider.requests.length, 2);
  });

  it('is the same question when it comes again: same message, same answer, asked once', async (t) => {
    const { call, params, provider } = await openRoom(t);
    provider.script({ kind: 'answer', text: 'Once.' });
    const body = { author_id: ada, content: 'Ask once.', messageId: 'retry-1', transport: 'http' };
    const answers = await Promise.all([1, 2, 3].map(() => call('post-message', { params, body })));
    answers.push(await call('post-message', { params, body }));
    assert.equal(new Set(answers.map((answer) => JSON.stringify(answer.body))).size, 1);
    assert.equal(answers[0]?.body.agentResponse?.text, 'Once.');
    assert.equal(provider.requests.length, 1);
    const other = await call('post-message', { params, body: { ...body, content: 'Another.' } });
    assert.equal(other.body.error?.code, 'message-id-reused');
  });

  it('is stored and answered also when who asked hangs up', async (t) => {
    const { client, provider, address, channelId } = await openRoom(t);
    for (const transport of ['http', 'sse']) {
      provider.script({ kind: 'answer', text: `Here, ${transport}.`, held: true });
      const controller = new AbortController();
      const asked = fetch(address, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ author_id: ada, content: 'Are you there?', transport }),
        signal: controller.signal,
      }).then((response) => response.text());
      await provider.arrived(transport === 'http' ? 1 : 2);
      controller.abort();
      await assert.rejects(asked);
      provider.release(9);
      const said = await client.until('messageBroadcast', ({ text }) => text === `Here, ${transport}.`);
      assert.equal(said.roomId, channelId);
    }
  });

  it('gives up waiting after the time of a turn, and says that it is pending', async (t) => {
    const { call, params, provider } = await openRoom(t, { env: { TURN_TIMEOUT_MS: '1000' } });
    provider.script({ kind: 'hang' });
    const { status, body } = await call('post-message', { params, query: { wait: true }, body: { content: 'Hello?' } });
    assert.equal(status, 201);
    assert.ok(['timed-out', 'pending'].includes(body.outcome ?? ''), body.outcome);
  });

  it('names every fault: no words, ids that are none, a way that there is not, an agent as the author', async (t) => {
    const { call, params, agentIds } = await openRoom(t);
    const fault = async (body: object) => {
      const { status, body: answer } = await call('post-message', { params, body });
      const { code, issues = [] } = answer.error ?? {};
      return [status, code === 'invalid-payload' ? issues.map(({ path }) => path) : code];
    };
    assert.deepEqual(await fault({ content: ' ' }), [400, ['content']]);
    assert.deepEqual(await fault({}), [400, ['content']]);
    assert.deepEqual(await fault({ author_id: 'Ada', content: 1, transport: 'smoke', metadata: [] }), [
      400,
      ['authorId', 'content', 'metadata', 'transport'],
    ]);
    assert.deepEqual(await fault({ author_id: agentIds[0], content: 'I am you' }), [403, 'speaking-as-agent']);
    assert.deepEqual(await fault({ content: 'x'.repeat(100_001) }), [413, 'text-too-long']);
    assert.deepEqual(await fault({ content: '', attachments: [{ url: 'https://example.com/a.png' }] }), [
      201,
      undefined,
    ]);
    const unknown = { content: 'Hi', message_server_id: crypto.randomUUID() };
    const nowhere = await call('post-message', { params: { channelId: crypto.randomUUID() }, body: unknown });
    assert.equal(nowhere.body.error?.code, 'server-not-found');
  });

  it('is said by the entity of the header where the body names nobody', async (t) => {
    const { call, params } = await openRoom(t);
    const { body } = await call('post-message', { params, body: { content: 'Hi' }, headers: { 'x-entity-id': ada } });
    assert.equal(body.data.authorId, ada);
  });
});

const textOf = ({ events }: { events: readonly { event: string | undefined; data: { chunk?: string } }[] }): string =>
  events.flatMap(({ event, data }) => (event === 'chunk' ? [data.chunk ?? ''] : [])).join('');
