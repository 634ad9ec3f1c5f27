/** Conversations that a program leads over OpenAI's API: its tools, its form of the answer, and nothing that stays. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  ask,
  call,
  called,
  create,
  type OpenaiServer,
  openOpenaiServer,
  stream,
  weather,
} from '../support/openai-server.ts';

const shape = { type: 'object', properties: { yes: { type: 'boolean' } }, required: ['yes'] };

type Sent = { messages: { role: string; content: unknown }[] } & Record<string, unknown>;

const sent = ({ provider }: OpenaiServer, at = -1) => provider.requests.at(at)?.body as Sent;

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
    const tuned = { top_p: 0.1, stop: ['END'], seed: 7, presence_penalty: 1, frequency_penalty: -1 };
    await create(server, { tools: [weather], ...tuned });
    for (const [name, value] of Object.entries(tuned)) assert.deepEqual(sent(server)[name], value, name);
    assert.equal(server.provider.requests.length, 2);
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
