/** Conversations that a program leads over OpenAI's API: its tools, its form of the answer, and nothing that stays. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type OpenAI from 'openai';
import type { APIError } from 'openai';
import { within } from '../support/model-stream.ts';
import { ask, openOpenaiServer, readAll, weather } from '../support/openai-server.ts';

const call = { id: 'call_1', name: 'get_weather', input: { city: 'Oslo' } };
const called = {
  id: 'call_1',
  type: 'function' as const,
  function: { name: 'get_weather', arguments: '{"city":"Oslo"}' },
};
const shape = { type: 'object', properties: { yes: { type: 'boolean' } }, required: ['yes'] };

type Sent = { messages: { role: string; content: unknown }[] } & Record<string, unknown>;
type Server = Awaited<ReturnType<typeof openOpenaiServer>>;

const sent = ({ provider }: Server, at = -1) => provider.requests.at(at)?.body as Sent;
const create = ({ openai }: Server, body: object, headers = {}) =>
  openai.chat.completions.create(
    { model: 'Cleo', messages: ask('Weather in Oslo?'), ...body } as OpenAI.ChatCompletionCreateParamsNonStreaming,
    { headers },
  );
const stream = ({ openai }: Server, body: object) =>
  openai.chat.completions.create({
    model: 'Cleo',
    messages: ask('Weather in Oslo?'),
    stream: true,
    stream_options: { include_usage: true },
    ...body,
  } as OpenAI.ChatCompletionCreateParamsStreaming);

describe('tools of a program', () => {
  it('go to the model as the character, whose calls come back; nothing is run, and nothing stays', async (t) => {
    const server = await openOpenaiServer(t);
    server.provider.script({ kind: 'calls', calls: [call] });
    const messages = [{ role: 'system' as const, content: 'Be brief.' }, ...ask('Weather in Oslo?')];
    const { choices, usage, object } = await create(server, {
      messages,
      tools: [weather],
      temperature: 0.5,
      max_tokens: 99,
    });
    assert.deepEqual(choices, [
      {
        index: 0,
        message: { role: 'assistant', content: null, refusal: null, tool_calls: [called] },
        logprobs: null,
        finish_reason: 'tool_calls',
      },
    ]);
    assert.deepEqual(
      [object, usage],
      ['chat.completion', { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 }],
    );
    const { tools, tool_choice, temperature, max_tokens, messages: asked } = sent(server);
    assert.deepEqual(tools, [weather]);
    assert.deepEqual([tool_choice, temperature, max_tokens], ['auto', 0.5, 99]);
    assert.match(String(asked[0]?.content), /Answers in riddles\.[\s\S]*\n\nBe brief\.$/);
    assert.deepEqual(asked.slice(1), ask('Weather in Oslo?'));
    assert.equal(server.provider.requests.length, 1);
  });

  it('get their results back', async (t) => {
    const server = await openOpenaiServer(t);
    server.provider.script({ kind: 'answer', text: 'Rain, and snow in Rome.' });
    const second = { ...called, id: 'call_2', function: { name: 'get_weather', arguments: '{"city":"Rome"}' } };
    const messages = [
      ...ask('Weather?'),
      { role: 'assistant', content: null, tool_calls: [called, second] },
      { role: 'tool', tool_call_id: 'call_1', content: 'rain' },
      { role: 'tool', tool_call_id: 'call_2', content: [{ type: 'text', text: 'snow' }] },
    ];
    // Results alone are enough to be led: the last request of a round may bring no tools.
    const { choices } = await create(server, { messages });
    assert.equal(choices[0]?.message.content, 'Rain, and snow in Rome.');
    assert.equal(choices[0]?.finish_reason, 'stop');
    const [, , assistant, ...results] = sent(server).messages as unknown as Record<string, unknown>[];
    assert.deepEqual(assistant?.tool_calls, [called, second]);
    assert.deepEqual(
      results.map(({ role, tool_call_id, content }) => [role, tool_call_id, content]),
      [
        ['tool', 'call_1', 'rain'],
        ['tool', 'call_2', 'snow'],
      ],
    );
  });

  it('are chosen as the program says', async (t) => {
    const server = await openOpenaiServer(t);
    const named = { type: 'function', function: { name: 'get_weather' } };
    for (const tool_choice of ['none', 'required', named]) {
      await create(server, { tools: [weather], tool_choice });
      assert.deepEqual(sent(server).tool_choice, tool_choice);
    }
  });

  it('are called in a stream, each call with its index, with the usage at the end', async (t) => {
    const server = await openOpenaiServer(t);
    const calls = [call, { ...call, id: 'call_2', input: { city: 'Rome' } }];
    server.provider.script({ kind: 'calls', text: 'Let me see.', calls });
    const chunks = [];
    for await (const chunk of await stream(server, { tools: [weather] })) chunks.push(chunk);
    const deltas = chunks.flatMap(({ choices }) => choices[0]?.delta ?? []);
    assert.deepEqual(deltas[0], { role: 'assistant', content: '', refusal: null });
    assert.equal(deltas.map(({ content }) => content ?? '').join(''), 'Let me see.');
    assert.deepEqual(
      deltas.flatMap(({ tool_calls }) => tool_calls ?? []),
      [
        { index: 0, ...called },
        { index: 1, ...called, id: 'call_2', function: { name: 'get_weather', arguments: '{"city":"Rome"}' } },
      ],
    );
    assert.equal(chunks.at(-2)?.choices[0]?.finish_reason, 'tool_calls');
    assert.deepEqual(chunks.at(-1)?.usage, { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 });
    assert.equal(new Set(chunks.map(({ id }) => id)).size, 1);
    server.provider.script({ kind: 'calls', calls: [call] });
    const whole = await server.openai.chat.completions
      .stream({ model: 'Cleo', messages: ask('Weather?'), tools: [weather] })
      .finalChatCompletion();
    assert.equal(whole.choices[0]?.message.tool_calls?.[0]?.id, 'call_1');
  });
});

describe('the form of an answer', () => {
  it('is JSON of the shape that the program gives, or of any', async (t) => {
    const server = await openOpenaiServer(t);
    server.provider.script(
      { kind: 'answer', text: '{"yes":true}' },
      { kind: 'answer', text: '```json\n{"yes": true}\n```' },
    );
    const json_schema = { name: 'verdict', schema: shape, strict: true };
    const first = await create(server, { response_format: { type: 'json_schema', json_schema } });
    assert.equal(first.choices[0]?.message.content, '{"yes":true}');
    assert.deepEqual(sent(server).response_format, { type: 'json_schema', json_schema });
    const second = await create(server, { response_format: { type: 'json_object' } });
    assert.equal(second.choices[0]?.message.content, '{"yes":true}', 'without the fence');
    assert.deepEqual(sent(server).response_format, { type: 'json_object' });
    await create(server, { response_format: { type: 'json_schema', json_schema: { name: 'verdict', schema: shape } } });
    assert.equal((sent(server).response_format as { json_schema: { strict: boolean } }).json_schema.strict, false);
  });

  it('may be several answers, each with its index and its end', async (t) => {
    const server = await openOpenaiServer(t, { TURN_CONCURRENCY: '1' });
    server.provider.script({ kind: 'answer', text: 'one' }, { kind: 'answer', text: 'two', finish: 'length' });
    const { choices, usage } = await create(server, { n: 2 });
    assert.deepEqual(
      choices.map(({ index, message, finish_reason }) => [index, message.content, finish_reason]),
      [
        [0, 'one', 'stop'],
        [1, 'two', 'length'],
      ],
    );
    assert.equal(usage?.total_tokens, 20);
    server.provider.script(
      { kind: 'answer', text: 'three' },
      { kind: 'answer', text: 'four', finish: 'content-filter' },
    );
    const said = ['', ''];
    const ends: unknown[] = [];
    for await (const { choices: some } of await stream(server, { n: 2 }))
      for (const { index, delta, finish_reason } of some) {
        said[index] += delta.content ?? '';
        if (finish_reason) ends[index] = finish_reason;
      }
    assert.deepEqual(
      [said, ends],
      [
        ['three', 'four'],
        ['stop', 'content_filter'],
      ],
    );
  });
});

describe('what is bounded', () => {
  it('a room, a model that only talks, old calls and sound are refused with what to do', async (t) => {
    const server = await openOpenaiServer(t);
    const refused = async (body: object, param: string, words: RegExp, code = 'invalid-payload', headers = {}) => {
      await assert.rejects(create(server, body, headers), (error: APIError) => {
        assert.deepEqual([error.status, error.code, error.param], [400, code, param], error.message);
        assert.match(error.message, words);
        return true;
      });
    };
    const room = { 'X-Room-Id': crypto.randomUUID() };
    await refused({ tools: [weather] }, 'X-Room-Id', /actions of its own/, 'invalid-payload', room);
    const format = { type: 'json_object' };
    await refused({ model: 'Weizenbaum', tools: [weather] }, 'tools', /Cleo could/, 'model-cannot-act');
    await refused(
      { model: 'Weizenbaum', response_format: format },
      'response_format',
      /Cleo could/,
      'model-cannot-act',
    );
    assert.equal((await create(server, { model: 'Weizenbaum', n: 2 })).choices.length, 2, 'she can answer twice');
    await refused({ functions: [weather.function] }, 'functions', /send `tools`/);
    await refused({ function_call: 'auto' }, 'function_call', /send `tools`/);
    await refused({ messages: [{ role: 'function', name: 'x', content: 'y' }] }, 'messages.0.role', /or `tool`/);
    await refused(
      { modalities: ['text', 'audio'], audio: { voice: 'alloy', format: 'mp3' } },
      'modalities',
      /audio\/speech/,
    );
    const part = (one: object) => ({ messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }, one] }] });
    await refused(part({ type: 'file', file: { file_id: 'f' } }), 'messages.0.content.1.file.file_data', /data:/);
    await refused(part({ type: 'video_url', video_url: {} }), 'messages.0.content.1.type', /`image_url`/);
    await refused({ messages: [{ role: 'user', content: 5 }] }, 'messages.0.content', /a text, or a list of parts/);
    assert.equal(server.provider.requests.length, 0);
  });

  it('so are tools, schemas and calls that do not go together', async (t) => {
    const server = await openOpenaiServer(t);
    const refused = (body: object, param: string) => assert.rejects(create(server, body), { status: 400, param });
    const tool = (more: object) => ({ ...weather, function: { ...weather.function, ...more } });
    await refused({ tools: Array.from({ length: 129 }, (_, at) => tool({ name: `t${at}` })) }, 'tools');
    await refused({ tools: [weather, weather] }, 'tools');
    await refused({ tools: [tool({ name: 'no blanks' })] }, 'tools.0.function.name');
    await refused({ tools: [tool({ parameters: { x: 'x'.repeat(100_001) } })] }, 'tools.0.function.parameters');
    let deep: object = {};
    for (let at = 0; at < 200; at++) deep = { deep };
    await refused({ tools: [tool({ parameters: deep })] }, null as unknown as string);
    await refused({ tools: [{ type: 'custom', custom: { name: 'x' } }] }, 'tools.0.type');
    await refused({ tool_choice: 'required' }, 'tools');
    const named = { type: 'function', function: { name: 'other' } };
    await refused({ tools: [weather], tool_choice: named }, 'tool_choice.function.name');
    await refused({ response_format: { type: 'grammar' } }, 'response_format.type');
    await refused({ n: 9 }, 'n');
    const assistant = { role: 'assistant', content: null, tool_calls: [called] };
    const result = { role: 'tool', tool_call_id: 'call_1', content: 'rain' };
    await refused({ messages: [...ask('Hi'), result] }, 'messages.1.tool_call_id');
    await refused({ messages: [...ask('Hi'), assistant, ...ask('Well?')] }, 'messages.1.tool_calls.0.id');
    await refused({ messages: [...ask('Hi'), assistant, result, result] }, 'messages.3.tool_call_id');
    await refused({ messages: [{ role: 'system', content: 'Hi' }], tools: [weather] }, 'messages');
    assert.equal(server.provider.requests.length, 0);
  });

  it('a provider that fails is told by its status, in a stream too', async (t) => {
    const server = await openOpenaiServer(t);
    server.provider.script(
      { kind: 'refuse', status: 429, headers: { 'retry-after': '7' } },
      { kind: 'refuse', status: 401 },
    );
    await assert.rejects(create(server, { tools: [weather] }), { status: 503, code: 'model-rate-limited' });
    const events = await stream(server, { tools: [weather] });
    await assert.rejects(readAll(events), { code: 'model-unauthorized' });
  });

  it('stops when the client hangs up, and when it takes longer than a turn may', async (t) => {
    const server = await openOpenaiServer(t, { TURN_TIMEOUT_MS: '1000' });
    for (const [at, isStream] of [true, false].entries()) {
      server.provider.script({ kind: 'hang' });
      const gone = new AbortController();
      const body = JSON.stringify({ model: 'Cleo', messages: ask('Hi'), tools: [weather], stream: isStream });
      const headers = { 'content-type': 'application/json' };
      const asked = fetch(`${server.url}/v1/chat/completions`, { method: 'POST', headers, body, signal: gone.signal });
      const over = assert.rejects(asked.then((answer) => answer.text()));
      const { hungUp } = await within(2_000, server.provider.arrived(at + 1), 'the request');
      gone.abort();
      await over;
      await within(900, hungUp, 'the closed socket');
    }
    server.provider.script({ kind: 'hang' });
    await assert.rejects(create(server, { tools: [weather] }), { status: 504, code: 'turn-timed-out' });
  });

  it('only so many are under way and wait', async (t) => {
    const server = await openOpenaiServer(t, { TURN_CONCURRENCY: '1' });
    server.provider.script({ kind: 'answer', text: 'one', held: true });
    const first = create(server, { n: 8 });
    await server.provider.arrived();
    // Behind one place a hundred wait: 7 of the first, and then 11 times 8.
    const settled = () =>
      create(server, { n: 8 }).then(
        () => 'answered',
        ({ code }) => code,
      );
    const others = Array.from({ length: 11 }, settled);
    const more = Array.from({ length: 2 }, settled);
    const refused = await within(5_000, Promise.race([...others, ...more]), 'a refusal');
    assert.equal(refused, 'too-many-answers');
    assert.equal(server.provider.requests.length, 1);
    server.provider.release(200);
    await first;
    const ends = await Promise.all([...others, ...more]);
    assert.equal(ends.filter((end) => end === 'answered').length, 11);
  });
});
