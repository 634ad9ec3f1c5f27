/** One question, four ways to hear what comes of it over HTTP; whichever it is, the room has the same. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ada, openRoom } from '../support/model-room.ts';

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

  it('says of a page how each question ended, and which is being answered, when it is asked to', async (t) => {
    const { call, params, provider, client } = await openRoom(t);
    const ask = async (content: string, query = {}) => {
      const { body } = await call('post-message', { params, query, body: { author_id: ada, content } });
      return body.data.id;
    };
    const answered = await ask('First?', { wait: true });
    provider.script({ kind: 'refuse', status: 401 });
    const failed = await ask('Second?', { wait: true });
    provider.script({ kind: 'answer', text: 'Later.', held: true });
    const open = await ask('Third?');
    const page = async () => (await call('list-messages', { params, query: { endings: true } })).body.data.endings;
    const ending = await page();
    assert.deepEqual(Object.keys(ending ?? {}).sort(), [answered, failed, open].sort());
    assert.deepEqual([ending?.[answered], ending?.[open]], [{ outcome: 'answered' }, null]);
    assert.deepEqual([ending?.[failed]?.outcome, ending?.[failed]?.code], ['failed', 'model-unauthorized']);
    assert.match(ending?.[failed]?.hint ?? '', /key/);
    provider.release(2);
    await client.until('messageComplete', ({ messageId }) => messageId === open);
    assert.deepEqual((await page())?.[open], { outcome: 'answered' });
    const alone = { channelId: crypto.randomUUID() };
    const { body } = await call('post-message', { params: alone, body: { content: 'Hello?' } });
    const { body: there } = await call('list-messages', { params: alone, query: { endings: true } });
    assert.equal(there.data.endings?.[body.data.id]?.outcome, 'no-agent');
    assert.equal((await call('list-messages', { params })).body.data.endings, undefined);
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
