/** Tools, files and structured answers over each provider's own protocol: what it sends becomes calls, what we send it takes. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Model, ModelPart, ModelRequest } from '../../src/agents/models/model.ts';
import { chooseModel, type ModelEnv } from '../../src/agents/models/providers/choose-model.ts';
import { type FakeProvider, openFakeProvider } from '../support/fake-provider.ts';
import { collect, request } from '../support/model-stream.ts';

const tools = [
  {
    name: 'get_weather',
    description: 'The weather.',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
];
const calls = [
  { id: 'call_1', name: 'get_weather', input: { city: 'Oslo' } },
  { id: 'call_2', name: 'get_weather', input: { city: 'Rome' } },
];

const choose = (model: string, env: ModelEnv) => chooseModel({ name: 'A', settings: { model } }, env);

const protocols: Record<string, (provider: FakeProvider) => Model> = {
  'OpenAI chat': ({ url }) => choose('openai/gpt-x', { openaiApiKey: 'k', openaiBaseUrl: `${url}/v1` }),
  'OpenAI responses': ({ url }) =>
    choose('openai/gpt-5-mini', { openaiApiKey: 'k', openaiBaseUrl: `${url}/v1`, openaiApi: 'responses' }),
  'Anthropic messages': ({ url }) =>
    choose('anthropic/claude-x', { anthropicApiKey: 'k', anthropicBaseUrl: `${url}/v1` }),
  'Google Gemini': ({ url }) => choose('google/gemini-3-pro-preview', { googleApiKey: 'k', googleBaseUrl: url }),
};

/** What a provider signed, and the form in which it wants to see that again. */
const signed: Record<string, (signature: string) => object[]> = {
  'OpenAI responses': (signature) => [
    {
      type: 'reasoning',
      id: 'rs1',
      encrypted_content: signature,
      summary: [{ type: 'summary_text', text: 'Two cities.' }],
    },
  ],
  'Anthropic messages': (signature) => [
    { type: 'thinking', thinking: 'Two cities.', signature },
    { type: 'redacted_thinking', data: `redacted ${signature}` },
  ],
  'Google Gemini': (signature) => [
    { functionCall: { id: 'call_1', name: 'get_weather', args: { city: 'Oslo' } }, thoughtSignature: signature },
  ],
};

const lastOf = (parts: readonly ModelPart[]) => parts.at(-1) as Extract<ModelPart, { type: 'finish' }>;

for (const [protocol, create] of Object.entries(protocols)) {
  describe(protocol, () => {
    it('gives the calls whole, and takes back what it said together with what came of them', async (t) => {
      const provider = await openFakeProvider();
      t.after(() => provider.close());
      const model = create(provider);
      provider.script({ kind: 'calls', text: 'Let me see.', reasoning: 'Two cities.', calls });
      const asked: ModelRequest = { ...request, tools };
      const parts = await collect(model, undefined, asked);
      assert.deepEqual(
        parts.filter(({ type }) => type === 'call'),
        calls.map((call) => ({ type: 'call', call })),
      );
      const { reason, native } = lastOf(parts);
      assert.equal(reason, 'calls');
      assert.match(JSON.stringify(provider.requests[0]?.body), /get_weather.*The weather\..*"required":\["city"\]/s);
      const results = [
        { id: 'call_1', name: 'get_weather', output: 'clear', isError: false },
        { id: 'call_2', name: 'get_weather', output: 'no such city', isError: true },
      ];
      const kept = JSON.parse(JSON.stringify(native));
      const followUp: ModelRequest = {
        ...asked,
        messages: [
          ...request.messages,
          { role: 'assistant', text: 'Let me see.', calls, native: kept },
          { role: 'tool', results },
        ],
      };
      assert.equal(lastOf(await collect(model, undefined, followUp)).reason, 'stop');
      const body = JSON.stringify(provider.requests[1]?.body);
      for (const expected of [/Let me see\./, /call_1/, /Oslo/, /Rome/, /clear/, /no such city/])
        assert.match(body, expected);
    });

    const expected = signed[protocol];
    if (expected)
      it('gives back what was signed as it was, in the request after the calls', async (t) => {
        const provider = await openFakeProvider();
        t.after(() => provider.close());
        const model = create(provider);
        const signature = 'c2lnbmVk+/=';
        provider.script({ kind: 'calls', text: 'Let me see.', reasoning: 'Two cities.', signature, calls });
        const asked: ModelRequest = { ...request, tools };
        const { native } = lastOf(await collect(model, undefined, asked));
        const results = calls.map(({ id, name }) => ({ id, name, output: 'clear', isError: false }));
        const kept = JSON.parse(JSON.stringify(native));
        const messages: ModelRequest['messages'] = [
          ...request.messages,
          { role: 'assistant', text: 'Let me see.', calls, native: kept },
          { role: 'tool', results },
        ];
        await collect(model, undefined, { ...asked, messages });
        const body = JSON.stringify(provider.requests[1]?.body);
        for (const part of expected(signature)) assert.ok(body.includes(JSON.stringify(part)), `${body}\n${part}`);
        assert.equal(body.split(signature).length - 1, expected(signature).length);
        if (protocol === 'OpenAI responses')
          for (const { body: sent } of provider.requests)
            assert.deepEqual([sent.store, sent.include], [false, ['reasoning.encrypted_content']]);
      });

    it('gives arguments that nothing could walk as the text that they are', async (t) => {
      const provider = await openFakeProvider();
      t.after(() => provider.close());
      let input = {};
      for (let depth = 0; depth < 500; depth++) input = { input };
      provider.script({ kind: 'calls', calls: [{ id: 'call_1', name: 'get_weather', input }] });
      const parts = await collect(create(provider), undefined, { ...request, tools });
      const [call] = parts.filter((part) => part.type === 'call');
      assert.deepEqual(call?.call.input, JSON.stringify(input));
    });

    it('takes a call of another model, rebuilt from its text and its calls', async (t) => {
      const provider = await openFakeProvider();
      t.after(() => provider.close());
      const messages: ModelRequest['messages'] = [
        ...request.messages,
        { role: 'assistant', text: 'Hm.', calls: calls.slice(0, 1), native: { model: 'another', parts: [] } },
        { role: 'tool', results: [{ id: 'call_1', name: 'get_weather', output: 'clear', isError: false }] },
      ];
      assert.equal(lastOf(await collect(create(provider), undefined, { ...request, tools, messages })).reason, 'stop');
      assert.match(JSON.stringify(provider.requests[0]?.body), /Hm\..*call_1/s);
    });

    it('shows pictures and texts to the model, and says of other files that they are there', async (t) => {
      const provider = await openFakeProvider();
      t.after(() => provider.close());
      const files = [
        { mediaType: 'image/png', data: Buffer.from('89504e470d0a1a0a', 'hex'), name: 'cat.png' },
        { mediaType: 'text/plain', data: Buffer.from('milk, eggs'), name: 'list.txt' },
        { mediaType: 'application/zip', data: Buffer.from('PK'), name: 'all.zip' },
      ];
      await collect(create(provider), undefined, { ...request, messages: [{ role: 'user', text: 'Look', files }] });
      const body = JSON.stringify(provider.requests[0]?.body);
      assert.match(body, /iVBORw0KGgo=/);
      assert.match(body, /\[list\.txt\]\\nmilk, eggs/);
      assert.match(body, /all\.zip: a file of the type application\/zip/);
    });
  });
}
