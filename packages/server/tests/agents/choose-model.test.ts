/** Which model an agent gets: from its character, the keys that there are, and nothing else. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { elizaModel } from '../../src/agents/models/eliza/eliza-model.ts';
import { chooseModel, type ModelEnv } from '../../src/agents/models/providers/choose-model.ts';
import { type FakeProvider, openFakeProvider } from '../support/fake-provider.ts';
import { collect } from '../support/model-stream.ts';

let fake: FakeProvider;
beforeEach(async () => {
  fake = await openFakeProvider();
});
afterEach(() => fake.close());

describe('chooseModel', () => {
  it('takes settings.model, or else the first provider with a key, or else Eliza', () => {
    const [openai, anthropic] = [{ openaiApiKey: 'k' }, { anthropicApiKey: 'k' }];
    const [proxy, ollama] = [{ openaiBaseUrl: 'http://localhost:1/v1' }, { ollamaBaseUrl: 'http://localhost:2' }];
    const google = { googleApiKey: 'k' };
    const all = { ...openai, ...anthropic, ...google, ...proxy, ...ollama };
    const rows: [unknown, ModelEnv, RegExp][] = [
      [undefined, all, /^openai\/gpt-\S+$/],
      [' ', { ...all, openaiApiKey: '' }, /^anthropic\/claude-\S+$/],
      [undefined, { ...google, ...proxy }, /^google\/gemini-\S+$/],
      [7, { ...proxy, ...ollama }, /^openai\/gpt-\S+$/],
      ['google/gemini-x', all, /^google\/gemini-x$/],
      ['gemini-x', openai, /^google\/gemini-x \(no GOOGLE_GENERATIVE_AI_API_KEY\)$/],
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

  it("leaves out a key that only the process knows, and the server's for the address of a character", async (t) => {
    const names = ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY'] as const;
    const before = names.map((name) => process.env[name]);
    for (const name of names) process.env[name] = 'of-the-process';
    t.after(() =>
      names.forEach((name, at) => {
        if (before[at] === undefined) delete process.env[name];
        else process.env[name] = before[at];
      }),
    );
    const env = { openaiApiKey: 'server', anthropicApiKey: 'server', googleApiKey: 'server' };
    const rows: [string, Record<string, string>][] = [
      ['openai/x', { OPENAI_BASE_URL: `${fake.url}/v1`, OPENAI_API: 'responses' }],
      ['openai/x', { OPENAI_BASE_URL: `${fake.url}/v1`, OPENAI_API: 'chat' }],
      ['anthropic/x', { ANTHROPIC_BASE_URL: `${fake.url}/v1` }],
      ['google/x', { GOOGLE_BASE_URL: fake.url }],
    ];
    for (const [model, secrets] of rows) await collect(chooseModel({ name: 'Ada', settings: { model }, secrets }, env));
    assert.deepEqual(
      fake.requests.map(({ path }) => path),
      ['/v1/responses', '/v1/chat/completions'],
    );
    for (const { headers } of fake.requests) assert.doesNotMatch(JSON.stringify(headers), /of-the-process|server/);
    assert.equal(fake.requests[0]?.headers.authorization, undefined);
  });

  it('speaks Responses to an address when it is told to, with all names of a key of Google', async () => {
    const env = { openaiApiKey: 'k', openaiBaseUrl: `${fake.url}/v1/` };
    await collect(chooseModel({ name: 'Ada' }, { ...env, openaiApi: 'responses' }));
    await collect(chooseModel({ name: 'Ada', secrets: { OPENAI_API: 'responses' } }, env));
    await collect(chooseModel({ name: 'Ada', secrets: { OPENAI_API: 'telepathy' } }, env));
    for (const name of ['GOOGLE_GENERATIVE_AI_API_KEY', 'GEMINI_API_KEY', 'GOOGLE_API_KEY'])
      await collect(chooseModel({ name: 'Ada', secrets: { [name]: 'own', GOOGLE_BASE_URL: fake.url } }, {}));
    const paths = fake.requests.map(({ path }) => path.replace(/gemini-[^:]+/, '…'));
    assert.deepEqual(paths, [
      '/v1/responses',
      '/v1/responses',
      '/v1/chat/completions',
      ...Array(3).fill('/v1beta/models/…:streamGenerateContent?alt=sse'),
    ]);
    for (const { headers } of fake.requests.slice(3)) assert.equal(headers['x-goog-api-key'], 'own');
  });

  it('finds Google by any spelling of its address', async () => {
    for (const ending of ['', '/', '/v1beta', '/v1beta/'])
      await collect(chooseModel({ name: 'Ada' }, { googleApiKey: 'k', googleBaseUrl: fake.url + ending }));
    assert.equal(new Set(fake.requests.map(({ path }) => path)).size, 1);
  });

  it("reads Google's own words for a wrong key, and for how long to wait", async () => {
    const model = chooseModel({ name: 'Ada' }, { googleApiKey: 'k', googleBaseUrl: fake.url });
    const google = 'type.googleapis.com/google.rpc';
    const wrong = { '@type': `${google}.ErrorInfo`, reason: 'API_KEY_INVALID', domain: 'googleapis.com' };
    const wait = { '@type': `${google}.RetryInfo`, retryDelay: '7.5s' };
    fake.script(
      { kind: 'refuse', status: 400, more: { details: [wrong] } },
      { kind: 'refuse', status: 429, more: { details: [{}, wait] } },
    );
    const failures = [await collect(model), await collect(model)].map(([part]) => part);
    assert.deepEqual(
      failures.map((part) => part?.type === 'failure' && [part.code, part.retryAfterMs]),
      [
        ['model-unauthorized', undefined],
        ['model-rate-limited', 7500],
      ],
    );
  });

  it('finds Ollama by any spelling of its address', async () => {
    for (const ending of ['', '/', '/v1', '/v1/', '/api']) {
      await collect(chooseModel({ name: 'Ada' }, { ollamaBaseUrl: fake.url + ending }));
    }
    assert.equal(new Set(fake.requests.map(({ path }) => path)).size, 1);
  });

  it('goes to the makers themselves without an address, and asks OpenAI to keep nothing', async (t) => {
    const fetched = t.mock.method(globalThis, 'fetch', async () => Response.json({}, { status: 401 }));
    for (const model of ['gpt-9', 'claude-9', 'gemini-9']) {
      const env = { openaiApiKey: 'k', anthropicApiKey: 'k', googleApiKey: 'k' };
      await collect(chooseModel({ name: 'Ada', settings: { model } }, env));
    }
    await collect(chooseModel({ name: 'Ada' }, { openaiApiKey: 'k', openaiApi: 'chat' }));
    const [openai, anthropic, google, chat] = fetched.mock.calls.map(
      ({ arguments: asked }) => asked as unknown as [string, { body: string }],
    );
    assert.deepEqual(
      [openai, anthropic, google, chat].map((call) => call?.[0]),
      [
        'https://api.openai.com/v1/responses',
        'https://api.anthropic.com/v1/messages',
        'https://generativelanguage.googleapis.com/v1beta/models/gemini-9:streamGenerateContent?alt=sse',
        'https://api.openai.com/v1/chat/completions',
      ],
    );
    assert.equal(JSON.parse(openai?.[1].body ?? '').store, false);
  });
});
