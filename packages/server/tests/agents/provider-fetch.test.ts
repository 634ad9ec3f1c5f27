/** How providers are asked: no redirect is followed, and a name that came over HTTP is connected to as it was looked up. */
import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { describe, it } from 'node:test';
import { ElizadError } from 'elizad-protocol';
import { chooseEmbedder } from '../../src/agents/models/providers/choose-embedder.ts';
import { chooseModel } from '../../src/agents/models/providers/choose-model.ts';
import {
  createForeignFetch,
  createPublicLookup,
  isElsewhere,
  openAsker,
} from '../../src/agents/models/providers/foreign-fetch.ts';
import { chooseSpeaker, chooseTranscriber } from '../../src/agents/models/providers/speech.ts';
import { openFakeHttp } from '../support/fake-http.ts';
import { collect, secret } from '../support/model-stream.ts';

const { signal } = new AbortController();

/** A resolver that finds the next of these at each look. */
function createResolver(...answers: string[][]) {
  const looks: string[] = [];
  const resolve = (hostname: string, _options: object, done: (error: null, found: LookupAddress[]) => void) => {
    looks.push(hostname);
    const found = answers[Math.min(looks.length, answers.length) - 1] ?? [];
    done(
      null,
      found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return { looks, resolve: resolve as unknown as typeof import('node:dns').lookup };
}

/** What the lookup of a name gives, or the code of why it gives nothing. */
const find = (lookup: ReturnType<typeof createPublicLookup>, name: string, all: boolean) =>
  new Promise((resolve) =>
    lookup(name, { all }, (error, found) =>
      resolve(error instanceof ElizadError ? error.code : (error?.message ?? found)),
    ),
  );

const toEvent = (content: string): string => `data: {"choices":[{"delta":{"content":"${content}"}}]}\n\n`;

describe('a provider', () => {
  it('is not followed where it redirects, whatever it is asked for', async (t) => {
    const inside = await openFakeHttp(t, () => ({ body: Buffer.from('ID3 a voice of the inside') }));
    const location = `${inside.url}/latest/meta-data`;
    for (const status of [301, 302, 303, 307, 308]) {
      const server = await openFakeHttp(t, () => ({ status, headers: { location }, body: {} }));
      const url = `${server.url}/v1`;
      const env = {
        openaiApiKey: 'k',
        openaiBaseUrl: url,
        anthropicApiKey: 'k',
        anthropicBaseUrl: url,
        googleApiKey: 'k',
        googleBaseUrl: url,
        ollamaBaseUrl: url,
      };
      for (const model of ['openai/x', 'anthropic/x', 'google/x', 'ollama/x']) {
        const parts = await collect(chooseModel({ name: 'Ada', settings: { model } }, env));
        assert.deepEqual(
          parts.map((part) => part.type === 'failure' && part.code),
          ['model-unreachable'],
          model,
        );
      }
      for (const embeddingModel of ['openai/x', 'google/x', 'ollama/x'])
        await assert.rejects(
          chooseEmbedder({ name: 'Ada' }, { ...env, embeddingModel })?.embed(['x'], signal) ?? Promise.resolve(),
          /redirect/,
        );
      const speech = { ...env, speechModel: 'openai/x', transcriptionModel: 'openai/x' };
      const code = { code: 'model-unreachable' };
      await assert.rejects(async () => chooseSpeaker({ name: 'Ada' }, speech)?.speak({ text: 'x' }, signal), code);
      const sound = { mediaType: 'audio/wav', data: Buffer.from('x') };
      await assert.rejects(async () => chooseTranscriber({ name: 'Ada' }, speech)?.transcribe(sound, signal), code);
      assert.equal(server.requests.length, 9);
    }
    assert.equal(inside.requests.length, 0);
  });

  it('hands on sound only as speech', async (t) => {
    const answers = [
      { type: 'application/json', body: Buffer.from('{"secret":1}') },
      { type: 'text/plain', body: Buffer.from('ID3 no sound') },
      { type: 'application/octet-stream', body: Buffer.from('root:x:0:0') },
      { type: 'application/octet-stream', body: Buffer.from('524946460000000057415645666d742010000000', 'hex') },
      { type: 'Audio/MPEG', body: Buffer.from('a voice') },
    ];
    let at = 0;
    const server = await openFakeHttp(t, () => {
      const { type = '', body = Buffer.alloc(0) } = answers[at++] ?? {};
      return { headers: { 'content-type': type }, body };
    });
    const env = { openaiBaseUrl: `${server.url}/v1`, speechModel: 'openai/x' };
    const speak = async () => {
      const said = await chooseSpeaker({ name: 'Ada' }, env)
        ?.speak({ text: 'x' }, signal)
        .catch((error) => error);
      return said instanceof ElizadError ? said.code : said?.mediaType;
    };
    const seen: string[] = [];
    for (const _ of answers) seen.push(await speak());
    assert.deepEqual(seen, ['model-no-sound', 'model-no-sound', 'model-no-sound', 'audio/mpeg', 'audio/mpeg']);
  });

  it('answers no more than it may: of a refusal, of one event, of what it said together, and of a sound', async (t) => {
    const word = Buffer.from('data: {"choices":[{"delta":{"reasoning_content":"a"}}]}\n\n'.repeat(1_000));
    const events = { 'content-type': 'text/event-stream' };
    const answers = [
      { status: 400, headers: { 'content-type': 'application/json' }, body: Buffer.alloc(1_100_000, 'x') },
      { headers: events, body: Buffer.concat([word, Buffer.from('data: '), Buffer.alloc(2_100_000, 'x')]) },
      { headers: events, body: Buffer.concat([word, Buffer.from(toEvent('x'.repeat(1_000_000)))]) },
      { body: Buffer.alloc(33_000_000, 'x') },
    ];
    let at = 0;
    const server = await openFakeHttp(t, () => answers[at++]);
    const env = { openaiBaseUrl: `${server.url}/v1`, speechModel: 'openai/x' };
    for (const { body } of answers.slice(0, 3)) {
      const parts = await collect(chooseModel({ name: 'Ada', settings: { model: 'openai/x' } }, env));
      const last = parts.at(-1);
      assert.equal(last?.type === 'failure' && last.code, 'model-too-long', `${body.length} bytes`);
    }
    const code = { code: 'model-too-long' };
    await assert.rejects(async () => chooseSpeaker({ name: 'Ada' }, env)?.speak({ text: 'x' }, signal), code);
  });

  it('gives no vectors that take long to read', async (t) => {
    const numbers = `{"object":"list","data":[{"object":"embedding","index":0,"embedding":[${'0,'.repeat(2_500_000)}0]}]}`;
    const headers = { 'content-type': 'application/json' };
    const server = await openFakeHttp(t, () => ({ headers, body: Buffer.from(numbers) }));
    // Whatever the address looks like: only a sound may be longer.
    for (const base of [`${server.url}/v1`, `${server.url}/audio/speech#`]) {
      const embedder = chooseEmbedder(
        { name: 'Ada', settings: { embeddingModel: 'openai/x' } },
        { openaiBaseUrl: base, openaiApiKey: secret },
      );
      await assert.rejects(async () => embedder?.embed(['a'], signal), /model-too-long/);
    }
  });

  it('lets others work while it says a great many words at once', async (t) => {
    const words = Buffer.from(toEvent('a').repeat(5_000));
    const server = await openFakeHttp(t, () => ({ headers: { 'content-type': 'text/event-stream' }, body: words }));
    const env = { openaiBaseUrl: `${server.url}/v1` };
    const model = chooseModel({ name: 'Ada', settings: { model: 'openai/x' } }, env);
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 0);
    t.after(() => clearInterval(timer));
    const parts = await collect(model);
    assert.equal(parts.length, 5_001);
    assert.ok(turns > 30, `others had ${turns} turns`);
  });

  it('holds nobody up with values by the hundred thousand, whatever it says that they are', async (t) => {
    const plain = { 'content-type': 'text/plain' };
    const events = { 'content-type': 'text/event-stream' };
    const toCall = (index: number) =>
      `data: {"choices":[{"delta":{"tool_calls":[{"index":${index},"id":"c${index}","function":{"name":"n","arguments":"{"}}]}}]}\n\n`;
    const answers = [
      { headers: plain, body: Buffer.from(`data: {"choices":[${'{"delta":{}},'.repeat(500_000)}{}]}\n\n`) },
      { headers: events, body: Buffer.from(`data: {"choices":[${'{"delta":{}},'.repeat(100_000)}{}]}\n\n`) },
      { headers: events, body: Buffer.from(`data: {"choices":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}\n\n`) },
      { headers: events, body: Buffer.from(Array.from({ length: 5_000 }, (_, index) => toCall(index)).join('')) },
    ];
    let at = 0;
    const server = await openFakeHttp(t, () => answers[at++]);
    const env = { openaiBaseUrl: `${server.url}/v1` };
    for (const { body } of answers) {
      const parts = await collect(chooseModel({ name: 'Ada', settings: { model: 'openai/x' } }, env));
      const last = parts.at(-1);
      assert.equal(last?.type === 'failure' && last.code, 'model-too-long', body.toString('utf8', 0, 60));
    }
    const embedder = chooseEmbedder({ name: 'Ada' }, { ...env, embeddingModel: 'openai/x' });
    answers.push({
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(`{"data":[${'{},'.repeat(50_000)}{}]}`),
    });
    await assert.rejects(embedder?.embed(['x'], signal) ?? Promise.resolve(), /model-too-long|too long|process/i);
  });

  it('is asked for no model whose name leads elsewhere', async (t) => {
    const server = await openFakeHttp(t, () => ({ body: {} }));
    const env = { googleApiKey: secret, googleBaseUrl: server.url };
    for (const model of ['google/../../files/x', 'google/x?a=', 'google/x#', 'google/%2e%2e/x', 'google/a\\..\\x']) {
      const parts = await collect(chooseModel({ name: 'Ada', settings: { model } }, env));
      assert.deepEqual(
        parts.map((part) => part.type === 'failure' && part.code),
        ['model-not-found'],
        model,
      );
    }
    assert.equal(server.requests.length, 0);
  });
});

describe('an address that came over HTTP', () => {
  it('is not connected to where its name is, or turns out to be, of a private network', async (t) => {
    const inside = await openFakeHttp(t, () => ({ body: {} }));
    const { port } = new URL(inside.url);
    for (const found of [
      ['127.0.0.1'],
      ['::1'],
      ['93.184.216.34', '10.0.0.1'],
      ['::ffff:127.0.0.1'],
      ['fe80::1%1'],
      [],
    ]) {
      const { resolve, looks } = createResolver(found);
      const ask = createForeignFetch(['public'], openAsker(createPublicLookup(resolve)));
      const failure = await ask(`http://inside.example:${port}/`).then(
        () => undefined,
        (error) => error,
      );
      const cause = failure?.cause ?? failure;
      assert.match(
        cause instanceof ElizadError ? cause.code : String(cause?.message),
        found.length > 0 ? /^model-address-refused$/ : /no address/,
      );
      assert.deepEqual(looks, ['inside.example']);
    }
    assert.equal(inside.requests.length, 0);
  });

  it('is not this machine under an address that the whole internet has', async () => {
    const own = ['93.184.216.34', '2606:4700::1'];
    for (const address of ['93.184.216.34', '::ffff:93.184.216.34', '2606:4700:0:0::1']) {
      assert.deepEqual([isElsewhere(address, []), isElsewhere(address, own)], [true, false], address);
      const { resolve } = createResolver(['1.1.1.1', address]);
      assert.equal(
        await find(
          createPublicLookup(resolve, () => own),
          'own.example',
          true,
        ),
        'model-address-refused',
      );
    }
  });

  it('is looked up once, and that is what is connected to', async () => {
    const { resolve, looks } = createResolver(['93.184.216.34', '2606:4700::1'], ['127.0.0.1']);
    const lookup = createPublicLookup(resolve);
    assert.deepEqual(await find(lookup, 'turning.example', true), [
      { address: '93.184.216.34', family: 4 },
      { address: '2606:4700::1', family: 6 },
    ]);
    assert.deepEqual(looks, ['turning.example']);
    assert.equal(await find(lookup, 'turning.example', true), 'model-address-refused');
    assert.equal(
      await find(createPublicLookup(createResolver(['93.184.216.34']).resolve), 'x.example', false),
      '93.184.216.34',
    );
  });

  it('answers as it does to any other fetch', async (t) => {
    const server = await openFakeHttp(t, ({ headers, body }) => ({ body: { host: headers.host, body: String(body) } }));
    const here = openAsker((_name, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]));
    const host = `public.example:${new URL(server.url).port}`;
    const init = { method: 'POST', body: 'hello', headers: new Headers({ 'content-type': 'text/plain' }), signal };
    const answer = await createForeignFetch(['public'], here)(`http://${host}/`, init);
    assert.deepEqual([answer.ok, await answer.json()], [true, { host, body: 'hello' }]);
  });

  it('is asked like any other where the list has it', async (t) => {
    const server = await openFakeHttp(t, ({ path }) => ({ body: { path } }));
    const ask = createForeignFetch([new URL(server.url).origin]);
    assert.deepEqual(await (await ask(`${server.url}/v1/x`)).json(), { path: '/v1/x' });
    await assert.rejects(createForeignFetch(['none'])(`${server.url}/v1/x`), { code: 'model-address-refused' });
  });
});
