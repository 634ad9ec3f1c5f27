/** Memories are found by their meaning, over the real protocols of those who give it; nothing is asked unless it is named. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it, type TestContext } from 'node:test';
import { createMemory } from '../../src/agents/memory/long-term-memory.ts';
import { chooseEmbedder, type EmbedderEnv } from '../../src/agents/models/providers/choose-embedder.ts';
import { chooseModel } from '../../src/agents/models/providers/choose-model.ts';
import { openFakeEmbeddings, toNumbers } from '../support/fake-embeddings.ts';
import { openFakeProvider } from '../support/fake-provider.ts';
import { openMemoryStore } from '../support/memory-store.ts';
import { key, secret, within } from '../support/model-stream.ts';
import { findAgent, openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer, writeCharacter } from '../support/test-server.ts';

const signal = new AbortController().signal;
const choose = (embeddingModel: unknown, env: EmbedderEnv, secrets: Record<string, string> = {}) =>
  chooseEmbedder({ name: 'Ada', settings: { embeddingModel }, secrets }, env);

/** Each way to an embedding: what is named, and the address and the key that it needs. */
const protocols: Record<string, [string, (url: string) => EmbedderEnv, RegExp, string]> = {
  OpenAI: [
    'openai/text-embedding-3-small',
    (url) => ({ openaiApiKey: key, openaiBaseUrl: `${url}/v1` }),
    /^\/v1\/embeddings$/,
    'authorization',
  ],
  Ollama: ['ollama/nomic-embed-text', (url) => ({ ollamaBaseUrl: url }), /^\/v1\/embeddings$/, ''],
  Google: [
    'google/gemini-embedding-001',
    (url) => ({ googleApiKey: key, googleBaseUrl: url }),
    /^\/v1beta\/models\/gemini-embedding-001:(embedContent|batchEmbedContents)$/,
    'x-goog-api-key',
  ],
};

for (const [title, [model, toEnv, path, header]] of Object.entries(protocols)) {
  describe(title, () => {
    const open = async (t: TestContext, limits?: Parameters<typeof openFakeEmbeddings>[1]) => {
      const server = await openFakeEmbeddings(t, limits);
      const embedder = choose(model, toEnv(server.url));
      assert.ok(embedder);
      return { server, embedder };
    };

    it('gives one vector for each text, in their order', async (t) => {
      const { server, embedder } = await open(t);
      assert.equal(embedder.name, model);
      for (const texts of [['beer'], ['beer', 'sand', 'a pint']])
        assert.deepEqual(
          await embedder.embed(texts, signal),
          texts.map((text) => Float32Array.from(toNumbers(text))),
        );
      for (const { path: sent, headers } of server.requests) {
        assert.match(sent, path);
        assert.equal(JSON.stringify(headers).includes(key), header !== '');
        if (header) assert.match(String(headers[header]), new RegExp(`${key}$`));
      }
    });

    it('asks for no more at once than is taken, and cuts a text that is too long', async (t) => {
      const { server, embedder } = await open(t, { most: 10, longest: 3_000 });
      const texts = Array.from({ length: 70 }, (_, n) => `${n % 2 ? 'beer' : 'sand'} ${n}`);
      texts.push(`beer ${'x'.repeat(8_000)}`);
      const vectors = await embedder.embed(texts, signal);
      assert.deepEqual(
        vectors.map(([drink]) => drink),
        texts.map((text) => toNumbers(text)[0]),
      );
      assert.ok(server.batches.every(({ length }) => length <= 16));
    });

    it('rejects with neither key nor text, and when nobody answers, as soon as it is told to', async (t) => {
      const { server, embedder } = await open(t);
      const message = `No: "${secret}" with ${key}, sk-0123456789abcdef0123456789`;
      server.script({ status: 401, body: { error: { message, code: 401, status: 'UNAUTHENTICATED' } } });
      await assert.rejects(embedder.embed([secret, 'b'], signal), (error: Error) => {
        const told = `${error.message} ${error.stack} ${JSON.stringify(error)} ${error.cause}`;
        assert.match(error.message, /model-unauthorized: 401|model-unauthorized 401/);
        assert.doesNotMatch(told, /4711|sk-0123/);
        if (title !== 'Ollama') assert.doesNotMatch(told, new RegExp(key));
        return true;
      });
      server.script({ body: { data: [], embeddings: [] } });
      await assert.rejects(embedder.embed(['a', 'b'], signal));
      const controller = new AbortController();
      server.script('hang');
      const hanging = embedder.embed(['a'], controller.signal);
      controller.abort(new Error('enough'));
      await assert.rejects(within(1_000, hanging, 'the end'), /enough/);
    });
  });
}

describe('chooseEmbedder', () => {
  it('gives one only where it is named and can be reached, and says why not', () => {
    const all = { openaiApiKey: 'k', googleApiKey: 'k', anthropicApiKey: 'k', ollamaBaseUrl: 'http://localhost:1' };
    const rows: [unknown, EmbedderEnv, string | undefined][] = [
      [undefined, all, undefined],
      [undefined, { ...all, embeddingModel: 'ollama/x' }, 'ollama/x'],
      ['openai', { ...all, embeddingModel: 'ollama/x' }, 'openai/text-embedding-3-small'],
      ['text-embedding-3-large', all, 'openai/text-embedding-3-large'],
      ['gemini-embedding-001', all, 'google/gemini-embedding-001'],
      ['nomic-embed-text', { ollamaBaseUrl: 'http://localhost:1' }, 'ollama/nomic-embed-text'],
      [false, { ...all, embeddingModel: 'ollama/x' }, undefined],
      ['anthropic/x', all, undefined],
      ['openai/x', { ollamaBaseUrl: 'http://localhost:1' }, undefined],
    ];
    for (const [named, env, name] of rows) assert.equal(choose(named, env)?.name, name, String(named));
    const lines: object[] = [];
    chooseEmbedder({ name: 'Ada' }, { embeddingModel: 'openai/x' }, { warn: (fields) => void lines.push(fields) });
    assert.deepEqual(lines, [{ agentName: 'Ada', embeddingModel: 'openai/x', missing: 'OPENAI_API_KEY is not set' }]);
  });

  it('goes to the makers themselves without an address', async (t) => {
    const fetched = t.mock.method(globalThis, 'fetch', async () => Response.json({}, { status: 401 }));
    const env = { openaiApiKey: 'k', googleApiKey: 'k' };
    for (const model of ['openai/x', 'google/y'])
      await assert.rejects(choose(model, env)?.embed(['a'], signal) ?? Promise.resolve(), /model-unauthorized/);
    const urls = fetched.mock.calls.map(({ arguments: asked }) => String((asked as unknown[])[0]));
    assert.deepEqual(urls, [
      'https://api.openai.com/v1/embeddings',
      'https://generativelanguage.googleapis.com/v1beta/models/y:embedContent',
    ]);
  });

  it("never sends the server's key to the address of a character", async (t) => {
    const server = await openFakeEmbeddings(t);
    const own = { OPENAI_BASE_URL: `${server.url}/v1` };
    await choose('openai/x', { openaiApiKey: key }, own)?.embed(['a'], signal);
    assert.doesNotMatch(JSON.stringify(server.requests[0]?.headers), new RegExp(key));
  });
});

it('a fact is found by its meaning, although it shares no word with the question', async (t) => {
  const [store, embeddings, provider] = await Promise.all([
    openMemoryStore(t),
    openFakeEmbeddings(t),
    openFakeProvider(),
  ]);
  const env = { openaiBaseUrl: `${provider.url}/v1`, ollamaBaseUrl: embeddings.url };
  const model = chooseModel({ name: 'Cleo' }, env);
  const embedder = choose('ollama/nomic-embed-text', env);
  const used = new EventTarget();
  const memory = createMemory({
    database: store.database,
    logger: store.logger,
    modelOf: () => model,
    embedderOf: () => embedder,
    onUsage: () => used.dispatchEvent(new Event('used')),
    pace: { messages: 3 },
  });
  t.after(async () => {
    await memory.stop();
    await provider.close();
  });
  const channelId = await store.makeRoom();
  const place = { agentId: store.agentId, channelId };
  const facts = [
    { message: 1, text: 'Ada owns a brewery.' },
    { message: 2, text: 'Ada has two cats.' },
    { message: 3, text: 'Ada moved in May.' },
  ];
  provider.script({ kind: 'answer', text: JSON.stringify({ facts }) });
  for (const text of ['I own a brewery', 'I have two cats', 'I moved in May']) await store.say(channelId, text);
  const looked = once(used, 'used');
  memory.observe(place);
  await within(8_000, looked, 'the look for facts');
  const ask = async (): Promise<string> => {
    const lines = await memory.sources[0]?.recall({ ...place, text: 'Who quenches thirst?' }, signal);
    return lines?.[0] ?? '';
  };
  const found = async () => {
    while (!/brewery/.test(await ask())) await new Promise(setImmediate);
  };
  await within(8_000, found(), 'the fact, before the newer ones');
  assert.deepEqual(
    embeddings.batches.find((batch) => batch.length === 3)?.toSorted(),
    facts.map(({ text }) => text).toSorted(),
  );
});

it('a server with EMBEDDING_MODEL finds the knowledge of its characters so', async (t) => {
  const [embeddings, provider] = await Promise.all([openFakeEmbeddings(t), openFakeProvider()]);
  t.after(() => provider.close());
  const character = { name: 'Cleo', bio: ['Calm.'], knowledge: ['The Anchor sells ale.'] };
  const app = await openTestServer(t, {
    OPENAI_BASE_URL: `${provider.url}/v1`,
    OLLAMA_BASE_URL: embeddings.url,
    EMBEDDING_MODEL: 'ollama/nomic-embed-text',
    ELIZAD_CHARACTERS: writeCharacter(makeDir(t), { ...character, settings: { model: 'openai/x' } }),
  });
  const client = openClient(t, app.url);
  const roomId = crypto.randomUUID();
  await client.ask('join', { roomId, agentId: await findAgent(client, 'Cleo') });
  const asked = async () => {
    const { messageId } = await client.ask('message', { roomId, text: 'Where go thirsty people?' });
    await client.until('messageComplete', (end) => end.messageId === messageId);
    return JSON.stringify(provider.requests.at(-1)?.body);
  };
  const found = async () => {
    while (!/Anchor sells ale/.test(await asked())) await new Promise(setImmediate);
  };
  await within(10_000, found(), 'the knowledge');
});
