/** Which model an agent gets: from its character, the keys that there are, and nothing else. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { chooseModel, type ModelEnv } from '../src/agents/models/choose-model.ts';
import { elizaModel } from '../src/agents/models/eliza/eliza-model.ts';
import { type FakeProvider, openFakeProvider } from './support/fake-provider.ts';
import { collect } from './support/model-stream.ts';

let fake: FakeProvider;
beforeEach(async () => {
  fake = await openFakeProvider();
});
afterEach(() => fake.close());

describe('chooseModel', () => {
  it('takes settings.model, or else the first provider with a key, or else Eliza', () => {
    const [openai, anthropic] = [{ openaiApiKey: 'k' }, { anthropicApiKey: 'k' }];
    const [proxy, ollama] = [{ openaiBaseUrl: 'http://localhost:1/v1' }, { ollamaBaseUrl: 'http://localhost:2' }];
    const all = { ...openai, ...anthropic, ...proxy, ...ollama };
    const rows: [unknown, ModelEnv, RegExp][] = [
      [undefined, all, /^openai\/gpt-\S+$/],
      [' ', { ...all, openaiApiKey: '' }, /^anthropic\/claude-\S+$/],
      [7, { ...proxy, ...ollama }, /^openai\/gpt-\S+$/],
      [undefined, ollama, /^ollama\/\S+$/],
      ['anthropic/claude-x', all, /^anthropic\/claude-x$/],
      ['ollama/qwen3:8b', all, /^ollama\/qwen3:8b$/],
      ['claude-x', all, /^anthropic\/claude-x$/],
      ['o3', { ...openai, ...ollama }, /^openai\/o3$/],
      ['meta/llama', { ...anthropic, ...proxy }, /^openai\/meta\/llama$/],
      ['gpt-oss:20b', ollama, /^ollama\/gpt-oss:20b$/],
      ['ollama/x', openai, /^ollama\/x \(no OLLAMA_BASE_URL\)$/],
    ];
    for (const [model, env, name] of rows)
      assert.match(chooseModel({ name: 'Ada', settings: { model } }, env).name, name);
    assert.equal(chooseModel({ name: 'Ada' }, { openaiApiKey: '', ollamaBaseUrl: ' ' }), elizaModel);
    assert.equal(chooseModel({ name: 'Ada', settings: { model: 'eliza' } }, all), elizaModel);
  });

  it('gives a model that says which key is missing', async () => {
    const model = chooseModel({ name: 'Ada', settings: { model: 'gpt-9' } }, { anthropicApiKey: 'k' });
    assert.equal(model.name, 'openai/gpt-9 (no OPENAI_API_KEY)');
    const detail = 'settings.model asks for openai/gpt-9, but OPENAI_API_KEY is not set';
    assert.deepEqual(await collect(model), [{ type: 'failure', code: 'model-unauthorized', detail }]);
    assert.deepEqual(await collect(model, AbortSignal.abort()), []);
  });

  it("uses the character's own key, and never sends the server's key to the character's address", async () => {
    const env = { openaiApiKey: 'server', openaiBaseUrl: `${fake.url}/v1` };
    for (const secrets of [{ OPENAI_API_KEY: 'own' }, { OPENAI_BASE_URL: `${fake.url}/own/v1/` }]) {
      await collect(chooseModel({ name: 'Ada', settings: { model: 'openai/x', secrets } }, env));
    }
    const [first, second] = fake.requests.map(({ path, headers }) => `${path} ${headers.authorization}`);
    assert.equal(first, '/v1/chat/completions Bearer own');
    assert.equal(second, '/own/v1/chat/completions undefined');
  });

  it('finds Ollama by any spelling of its address', async () => {
    for (const ending of ['', '/', '/v1', '/v1/', '/api']) {
      await collect(chooseModel({ name: 'Ada' }, { ollamaBaseUrl: fake.url + ending }));
    }
    assert.equal(new Set(fake.requests.map(({ path }) => path)).size, 1);
  });

  it('goes to the makers themselves without an address, and asks OpenAI to keep nothing', async (t) => {
    const fetched = t.mock.method(globalThis, 'fetch', async () => Response.json({}, { status: 401 }));
    for (const model of ['gpt-9', 'claude-9']) {
      await collect(chooseModel({ name: 'Ada', settings: { model } }, { openaiApiKey: 'k', anthropicApiKey: 'k' }));
    }
    const [openai, anthropic] = fetched.mock.calls.map(
      ({ arguments: asked }) => asked as unknown as [string, { body: string }],
    );
    assert.equal(
      `${openai?.[0]} ${anthropic?.[0]}`,
      'https://api.openai.com/v1/responses https://api.anthropic.com/v1/messages',
    );
    assert.equal(JSON.parse(openai?.[1].body ?? '').store, false);
  });
});
