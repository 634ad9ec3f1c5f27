/** Answers that are JSON of a shape: how each provider is asked for them, and what becomes of those that cannot be asked. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readJsonAnswer } from '../../src/agents/models/json-answer.ts';
import type { Model, ModelPart, ModelRequest } from '../../src/agents/models/model.ts';
import { chooseModel, type ModelEnv } from '../../src/agents/models/providers/choose-model.ts';
import { type FakeProvider, openFakeProvider } from '../support/fake-provider.ts';
import { collect, request } from '../support/model-stream.ts';

const schema = {
  type: 'object',
  properties: { answer: { type: 'boolean' } },
  required: ['answer'],
  additionalProperties: false,
};
const asked: ModelRequest = { ...request, output: { name: 'decision', schema } };
const answer = '{"answer":true}';

const choose = (model: string, env: ModelEnv) => chooseModel({ name: 'A', settings: { model } }, env);
const anthropic = ({ url }: FakeProvider) => ({ anthropicApiKey: 'k', anthropicBaseUrl: `${url}/v1` });

/** A model of each protocol, and what its request says of the shape. */
const protocols: Record<
  string,
  [(provider: FakeProvider) => Model, (body: Record<string, unknown>) => unknown, object]
> = {
  'OpenAI chat': [
    ({ url }) => choose('openai/x', { openaiBaseUrl: `${url}/v1` }),
    (body) => body.response_format,
    { type: 'json_schema', json_schema: { name: 'decision', schema, strict: true } },
  ],
  Ollama: [
    ({ url }) => choose('ollama/x', { ollamaBaseUrl: url }),
    (body) => body.response_format,
    { type: 'json_schema', json_schema: { name: 'decision', schema, strict: true } },
  ],
  'OpenAI responses': [
    ({ url }) => choose('openai/gpt-5-mini', { openaiBaseUrl: `${url}/v1`, openaiApi: 'responses' }),
    (body) => body.text,
    { format: { type: 'json_schema', name: 'decision', schema, strict: true } },
  ],
  Anthropic: [
    (provider) => choose('anthropic/claude-haiku-4-5', anthropic(provider)),
    (body) => body.output_config,
    { format: { type: 'json_schema', schema } },
  ],
  Google: [
    ({ url }) => choose('google/gemini-x', { googleApiKey: 'k', googleBaseUrl: url }),
    ({ generationConfig }) => {
      const { maxOutputTokens: _, ...rest } = generationConfig as Record<string, unknown>;
      return rest;
    },
    { responseMimeType: 'application/json', responseJsonSchema: schema },
  ],
};

const textOf = (parts: readonly ModelPart[]) => parts.map((part) => (part.type === 'text' ? part.text : '')).join('');

for (const [protocol, [create, find, expected]] of Object.entries(protocols)) {
  describe(protocol, () => {
    it('is asked for the shape in its own way, and the JSON comes back as text', async (t) => {
      const provider = await openFakeProvider();
      t.after(() => provider.close());
      provider.script({ kind: 'answer', text: answer, chunks: 3 });
      const parts = await collect(create(provider), undefined, asked);
      assert.equal(textOf(parts), answer);
      assert.equal(parts.at(-1)?.type, 'finish');
      assert.deepEqual(find(provider.requests[0]?.body ?? {}), expected);
      assert.equal(provider.requests.length, 1);
    });

    it('is asked once more, in words, when it refuses the shape', async (t) => {
      const provider = await openFakeProvider();
      t.after(() => provider.close());
      provider.script({ kind: 'refuse', status: 400, message: 'no schemas' }, { kind: 'answer', text: answer });
      assert.equal(textOf(await collect(create(provider), undefined, asked)), answer);
      const sent = JSON.stringify(provider.requests[1]?.body);
      assert.ok(sent.includes(JSON.stringify(JSON.stringify(schema)).slice(1, -1)), sent);
      assert.doesNotMatch(sent, /json_schema|responseJsonSchema|response_format/);
    });

    it('that refuses it in words too has refused; another failure is told at once', async (t) => {
      const provider = await openFakeProvider();
      t.after(() => provider.close());
      const codeOf = async () => {
        const last = (await collect(create(provider), undefined, asked)).at(-1);
        return last?.type === 'failure' ? last.code : last?.type;
      };
      provider.script({ kind: 'refuse', status: 400 }, { kind: 'refuse', status: 400 });
      assert.equal(await codeOf(), 'model-refused');
      provider.script({ kind: 'refuse', status: 503 });
      assert.equal(await codeOf(), 'model-overloaded');
      assert.equal(provider.requests.length, 3);
    });
  });
}

it('Anthropic models that take no shape are asked by a tool, whose input is the text', async (t) => {
  const provider = await openFakeProvider();
  t.after(() => provider.close());
  provider.script({ kind: 'calls', calls: [{ id: 'c1', name: 'json', input: { answer: true } }] });
  const parts = await collect(choose('anthropic/claude-3-haiku', anthropic(provider)), undefined, asked);
  assert.equal(textOf(parts), answer);
  assert.deepEqual(new Set(parts.map(({ type }) => type)), new Set(['text', 'finish']));
});

it('reads JSON that a model put into a fence, or behind a sentence, and nothing else', () => {
  for (const text of [
    answer,
    `\`\`\`json\n${answer}\n\`\`\``,
    `Sure:\n\`\`\`\n${answer}\n\`\`\`\nBye`,
    `Here: ${answer}.`,
  ])
    assert.deepEqual(readJsonAnswer(text), { answer: true });
  for (const text of ['', 'Yes', '{', '}{', '{"answer":']) assert.equal(readJsonAnswer(text), undefined);
});
