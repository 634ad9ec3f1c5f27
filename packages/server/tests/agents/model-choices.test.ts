/** What a program may want of a model beside words: which tool is called, JSON without a shape, and how strictly. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Model, ModelRequest } from '../../src/agents/models/model.ts';
import { chooseModel, type ModelEnv } from '../../src/agents/models/providers/choose-model.ts';
import { type FakeProvider, openFakeProvider } from '../support/fake-provider.ts';
import { collect, request } from '../support/model-stream.ts';

const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const tools = [{ name: 'get_weather', description: '', parameters }];
const choose = (model: string, env: ModelEnv) => chooseModel({ name: 'A', settings: { model } }, env);

type Body = Record<string, unknown>;

/** A model of each protocol; what its request says of the choice, by how it was chosen; and of JSON without a shape. */
const protocols: Record<
  string,
  { open(provider: FakeProvider): Model; find(body: Body): unknown; expected: Record<string, unknown>; json: RegExp }
> = {
  'OpenAI chat': {
    open: ({ url }) => choose('openai/x', { openaiBaseUrl: `${url}/v1` }),
    find: (body) => body.tool_choice,
    expected: {
      auto: 'auto',
      none: 'none',
      required: 'required',
      named: { type: 'function', function: { name: 'get_weather' } },
    },
    json: /"response_format":\{"type":"json_object"\}/,
  },
  'OpenAI responses': {
    open: ({ url }) => choose('openai/gpt-5-mini', { openaiBaseUrl: `${url}/v1`, openaiApi: 'responses' }),
    find: (body) => body.tool_choice,
    expected: { auto: 'auto', none: 'none', required: 'required', named: { type: 'function', name: 'get_weather' } },
    json: /"format":\{"type":"json_object"\}/,
  },
  Anthropic: {
    open: ({ url }) => choose('anthropic/claude-haiku-4-5', { anthropicApiKey: 'k', anthropicBaseUrl: `${url}/v1` }),
    find: (body) => body.tool_choice,
    expected: { auto: { type: 'auto' }, required: { type: 'any' }, named: { type: 'tool', name: 'get_weather' } },
    json: /hello/i,
  },
  Google: {
    open: ({ url }) => choose('google/gemini-x', { googleApiKey: 'k', googleBaseUrl: url }),
    find: ({ toolConfig }) => (toolConfig as { functionCallingConfig: unknown }).functionCallingConfig,
    expected: {
      auto: { mode: 'AUTO' },
      none: { mode: 'NONE' },
      required: { mode: 'ANY' },
      named: { mode: 'ANY', allowedFunctionNames: ['get_weather'] },
    },
    json: /"responseMimeType":"application\/json"/,
  },
};

async function openProvider(t: { after(end: () => unknown): void }): Promise<FakeProvider> {
  const provider = await openFakeProvider();
  t.after(() => provider.close());
  return provider;
}

for (const [protocol, { open, find, expected, json }] of Object.entries(protocols)) {
  describe(protocol, () => {
    it('is told which tool it must call, or that it may call none', async (t) => {
      const provider = await openProvider(t);
      const model = open(provider);
      for (const [name, wanted] of Object.entries(expected)) {
        const toolChoice = name === 'named' ? { tool: 'get_weather' } : (name as 'auto' | 'none' | 'required');
        await collect(model, undefined, { ...request, tools, toolChoice });
        assert.deepEqual(find(provider.requests.at(-1)?.body ?? {}), wanted, name);
      }
    });

    it('is asked for JSON of any shape', async (t) => {
      const provider = await openProvider(t);
      const messages: ModelRequest['messages'] = [{ role: 'user', text: 'Hello, as JSON.' }];
      await collect(open(provider), undefined, { ...request, messages, output: {} });
      assert.match(JSON.stringify(provider.requests[0]?.body), json);
    });
  });
}

it("a shape and a tool are strict as the program says, where the provider's protocol can say it", async (t) => {
  const provider = await openProvider(t);
  const model = choose('openai/x', { openaiBaseUrl: `${provider.url}/v1` });
  for (const isStrict of [true, false]) {
    const asked: ModelRequest = {
      ...request,
      tools: tools.map((tool) => ({ ...tool, isStrict })),
      output: { name: 'place', description: 'Where.', schema: parameters, isStrict },
    };
    await collect(model, undefined, asked);
    const { response_format: format, tools: sent } = (provider.requests.at(-1)?.body ?? {}) as Body;
    assert.deepEqual(format, {
      type: 'json_schema',
      json_schema: { name: 'place', description: 'Where.', schema: parameters, strict: isStrict },
    });
    assert.equal((sent as { function: { strict: boolean } }[])[0]?.function.strict, isStrict);
  }
});

it('one that refuses JSON is asked in words, without a shape too', async (t) => {
  const provider = await openProvider(t);
  provider.script({ kind: 'refuse', status: 400 }, { kind: 'answer', text: '{}' });
  await collect(choose('openai/x', { openaiBaseUrl: `${provider.url}/v1` }), undefined, { ...request, output: {} });
  const sent = JSON.stringify(provider.requests[1]?.body);
  assert.match(sent, /Answer with JSON only: one object/);
  assert.doesNotMatch(sent, /response_format/);
});

it('Eliza as a fallback takes no place where a call or JSON must be the answer', async (t) => {
  const provider = await openProvider(t);
  const settings = { model: 'openai/x', fallbackModels: ['eliza'] };
  const model = chooseModel({ name: 'A', settings }, { openaiBaseUrl: `${provider.url}/v1` });
  const lastOf = async (more: Partial<ModelRequest>) => {
    provider.script({ kind: 'refuse', status: 401 });
    return (await collect(model, undefined, { ...request, ...more })).at(-1)?.type;
  };
  for (const more of [
    { tools, toolChoice: 'required' },
    { tools, toolChoice: { tool: 'get_weather' } },
    { output: {} },
  ])
    assert.equal(await lastOf(more as Partial<ModelRequest>), 'failure');
  assert.equal(await lastOf({ tools }), 'finish');
});
