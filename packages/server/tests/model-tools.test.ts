/** Tools, files and structured answers over each provider's own protocol: what it sends becomes calls, what we send it takes. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chooseModel } from '../src/agents/models/choose-model.ts';
import type { Model, ModelPart, ModelRequest } from '../src/agents/models/model.ts';
import { type FakeProvider, openFakeProvider } from './support/fake-provider.ts';
import { collect, request } from './support/model-stream.ts';

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

const protocols: Record<string, (provider: FakeProvider) => Model> = {
  'OpenAI chat': ({ url }) =>
    chooseModel({ name: 'A', settings: { model: 'openai/gpt-x' } }, { openaiApiKey: 'k', openaiBaseUrl: `${url}/v1` }),
  'Anthropic messages': ({ url }) =>
    chooseModel(
      { name: 'A', settings: { model: 'anthropic/claude-x' } },
      { anthropicApiKey: 'k', anthropicBaseUrl: `${url}/v1` },
    ),
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
