/** Agents as models for programs that know OpenAI's API, tried with the official client of that API. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import OpenAI from 'openai';
import { openFakeProvider } from '../support/fake-provider.ts';
import { createRestClient } from '../support/rest-client.ts';
import { findAgent, openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer, writeCharacter } from '../support/test-server.ts';

const key = 'a-secret-key';

async function openServer(t: TestContext) {
  const provider = await openFakeProvider();
  t.after(() => provider.close());
  const settings = { model: 'openai/test-model', memory: false };
  const character = writeCharacter(makeDir(t), { name: 'Cleo', bio: 'Answers.', settings });
  const env = { OPENAI_BASE_URL: `${provider.url}/v1`, OPENAI_API_KEY: 'sk-test', ELIZAD_CHARACTERS: character };
  const { url } = await openTestServer(t, { ...env, ELIZAD_API_KEY: key });
  const client = openClient(t, url, { auth: { apiKey: key } });
  const agentId = await findAgent(client, 'Cleo');
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
  return { provider, url, client, agentId, openai, ...createRestClient(url) };
}

const ask = (content: string) => [{ role: 'user' as const, content }];

describe("OpenAI's API", () => {
  it('lists the agents that run as models, and finds one by name and by id', async (t) => {
    const { openai, agentId, call } = await openServer(t);
    const { data } = await openai.models.list();
    assert.deepEqual(
      data.map(({ id, object }) => [id, object]),
      [['Cleo', 'model']],
    );
    for (const model of ['Cleo', 'cleo', agentId]) assert.equal((await openai.models.retrieve(model)).id, 'Cleo');
    await assert.rejects(openai.models.retrieve('gpt-9'), {
      status: 404,
      code: 'agent-not-found',
      type: 'invalid_request_error',
    });
    assert.equal((await call('list-models')).status, 401, 'without the key');
  });

  it('answers in the room that is named; a socket there has the same messages with the same seq', async (t) => {
    const { openai, client, agentId, provider, call } = await openServer(t);
    const roomId = crypto.randomUUID();
    await client.ask('join', { roomId });
    provider.script({ kind: 'answer', text: 'Four.' }, { kind: 'answer', text: 'One two three.', chunks: 3 });
    const headers = { 'X-Room-Id': roomId };
    const whole = await openai.chat.completions.create(
      { model: 'Cleo', messages: ask('Two and two?'), user: 'ada' },
      { headers },
    );
    assert.deepEqual([whole.choices[0]?.message.content, whole.choices[0]?.finish_reason], ['Four.', 'stop']);
    assert.equal(whole.object, 'chat.completion');
    assert.ok(whole.usage && whole.usage.total_tokens === whole.usage.prompt_tokens + whole.usage.completion_tokens);
    assert.ok(whole.usage.total_tokens > 0);
    const stream = await openai.chat.completions.create(
      // What the room does not have of earlier messages is not posted: the room is the memory.
      {
        model: agentId,
        messages: [...ask('Never said here'), ...ask('Count.')],
        user: 'ada',
        stream: true,
        stream_options: { include_usage: true },
      },
      { headers },
    );
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    const pieces = chunks.flatMap(({ choices }) => choices[0]?.delta.content ?? []).filter((piece) => piece !== '');
    assert.equal(pieces.join(''), 'One two three.');
    assert.equal(chunks.at(-2)?.choices[0]?.finish_reason, 'stop');
    assert.deepEqual(chunks.at(-1)?.choices, []);
    assert.ok((chunks.at(-1)?.usage?.total_tokens ?? 0) > 0);
    await client.until(
      'messageComplete',
      () => client.events.filter(({ event }) => event === 'messageComplete').length > 1,
    );
    const heard = client.events
      .filter(({ event }) => event === 'messageBroadcast')
      .map(({ payload }) => [payload.seq, payload.text]);
    assert.deepEqual(heard, [
      [1, 'Two and two?'],
      [2, 'Four.'],
      [3, 'Count.'],
      [4, 'One two three.'],
    ]);
    const { body } = await call('list-messages', {
      params: { channelId: roomId },
      headers: { authorization: `Bearer ${key}` },
    });
    assert.deepEqual(body.data.messages.map(({ seq, content }) => [seq, content]).reverse(), heard);
    assert.ok(JSON.stringify(provider.requests[1]?.body).includes('Two and two?'), 'the agent remembers the room');
  });

  it('has one room for each user and agent, and without shows the agent what was said before', async (t) => {
    const { openai, provider } = await openServer(t);
    const create = async (user: string | undefined, messages: OpenAI.ChatCompletionMessageParam[]) => {
      const { response } = await openai.chat.completions
        .create({ model: 'Cleo', messages, ...(user && { user }) })
        .withResponse();
      return response.headers.get('x-room-id');
    };
    const first = await create('ada', ask('I am Ada'));
    assert.equal(await create('ada', ask('Who am I?')), first);
    assert.notEqual(await create('bo', ask('Who am I?')), first);
    const asked = JSON.stringify(provider.requests[1]?.body);
    assert.ok(asked.includes('I am Ada'));
    assert.ok(!JSON.stringify(provider.requests[2]?.body).includes('I am Ada'));
    const fresh = await create(undefined, [
      { role: 'system', content: 'Rhyme always.' },
      ...ask('I am Cy'),
      { role: 'assistant', content: 'Hi, Cy.' },
      ...ask('Who am I?'),
    ]);
    assert.equal(fresh, null, 'there is no room to come back to');
    const shown = provider.requests[3]?.body.messages as { role: string; content: unknown }[];
    const text = JSON.stringify(shown);
    for (const part of ['Rhyme always.', 'I am Cy', 'Hi, Cy.', 'Who am I?']) assert.ok(text.includes(part), part);
    assert.equal(shown.find(({ content }) => JSON.stringify(content).includes('Hi, Cy.'))?.role, 'assistant');
  });

  it('takes images as attachments', async (t) => {
    const { openai, call } = await openServer(t);
    const url = 'https://example.com/cat.png';
    const messages: OpenAI.ChatCompletionMessageParam[] = [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is it?' },
          { type: 'image_url', image_url: { url } },
        ],
      },
    ];
    const { response } = await openai.chat.completions.create({ model: 'Cleo', messages, user: 'ada' }).withResponse();
    const channelId = response.headers.get('x-room-id') as string;
    const { body } = await call('list-messages', { params: { channelId }, headers: { 'x-api-key': key } });
    assert.deepEqual(body.data.messages.at(-1)?.metadata.attachments, [{ url, contentType: 'image' }]);
  });

  it('asks once: its clients do not repeat what has failed, and a repeated key is the same question', async (t) => {
    const { provider, url, openai } = await openServer(t);
    const stock = new OpenAI({ baseURL: `${url}/v1`, apiKey: key });
    provider.script({ kind: 'refuse', status: 401 }, { kind: 'answer', text: 'Once.' });
    await assert.rejects(stock.chat.completions.create({ model: 'Cleo', messages: ask('Hi') }), { status: 502 });
    assert.equal(provider.requests.length, 1);
    const headers = { 'Idempotency-Key': 'key-1' };
    const create = () => openai.chat.completions.create({ model: 'Cleo', messages: ask('Hi') }, { headers });
    const [first, second] = [await create(), await create()];
    assert.deepEqual([second.id, second.choices], [first.id, first.choices]);
    assert.equal(provider.requests.length, 2);
  });

  it('tells errors in the shape that its clients read, in a stream too', async (t) => {
    const { openai, provider, url } = await openServer(t);
    const create = (body: object) =>
      openai.chat.completions.create({ model: 'Cleo', messages: ask('Hi'), ...body } as never);
    const strange = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'wrong', maxRetries: 0 });
    await assert.rejects(strange.models.list(), { status: 401, code: 'unauthorized' });
    await assert.rejects(create({ model: 'nobody' }), { status: 404, code: 'agent-not-found', param: 'model' });
    await assert.rejects(create({ messages: [] }), { status: 400, param: 'messages' });
    await assert.rejects(create({ messages: [{ role: 'assistant', content: 'x' }] }), { status: 400 });
    await assert.rejects(create({ messages: ask(' ') }), { status: 400 });
    await assert.rejects(create({ n: 9 }), { status: 400, param: 'n' });
    provider.script({ kind: 'refuse', status: 401 }, { kind: 'refuse', status: 401 });
    await assert.rejects(create({}), { status: 502, code: 'model-unauthorized', type: 'server_error' });
    const stream = (await create({ stream: true })) as unknown as AsyncIterable<unknown>;
    await assert.rejects(
      async () => {
        for await (const _chunk of stream);
      },
      { code: 'model-unauthorized' },
    );
  });
});
