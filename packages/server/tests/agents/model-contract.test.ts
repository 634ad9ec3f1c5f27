/**
 * The `Model` port's contract, run against every implementation, on real sockets; then what only a provider can do wrong.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { elizaModel } from '../../src/agents/models/eliza/eliza-model.ts';
import type { Model, ModelPart, ModelRequest } from '../../src/agents/models/model.ts';
import { chooseModel, type ModelEnv } from '../../src/agents/models/providers/choose-model.ts';
import { createReliableModel } from '../../src/agents/models/reliable-model.ts';
import { type Behaviour, type FakeProvider, openFakeProvider } from '../support/fake-provider.ts';
import { collect, key, request, secret, within } from '../support/model-stream.ts';

let fake: FakeProvider;
beforeEach(async () => {
  fake = await openFakeProvider();
});
afterEach(() => fake.close());

const choose = (env: ModelEnv) => chooseModel({ name: 'Ada' }, env);

/** A model for each protocol, made as the server makes it. */
const protocols: Record<string, (url: string) => Model> = {
  'OpenAI-compatible': (url) => choose({ openaiApiKey: key, openaiBaseUrl: `${url}/v1` }),
  Ollama: (url) => choose({ ollamaBaseUrl: url }),
  Anthropic: (url) => choose({ anthropicApiKey: key, anthropicBaseUrl: `${url}/v1` }),
  Google: (url) => choose({ googleApiKey: key, googleBaseUrl: url }),
  'OpenAI responses': (url) => choose({ openaiApiKey: key, openaiBaseUrl: `${url}/v1`, openaiApi: 'responses' }),
};

function startStream(model: Model, asked = request) {
  const controller = new AbortController();
  const parts = model.stream(asked, controller.signal)[Symbol.asyncIterator]();
  return {
    next: () => within(2000, parts.next(), 'the next part'),
    abort: () => controller.abort(new Error('cancelled')),
  };
}

const typesOf = (parts: ModelPart[]) => parts.map(({ type }) => type).join(' ');
const textOf = (parts: ModelPart[]) => parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
const isLast = ({ type }: ModelPart) => type === 'finish' || type === 'failure';

/** Scripts one behaviour, asks once, and gives the one failure; what came before it may only be text. */
async function failureOf(model: Model, behaviour: Behaviour) {
  fake.script(behaviour);
  const parts = await collect(model);
  const last = parts.pop();
  assert.ok(last?.type === 'failure' && !parts.some(isLast), `${JSON.stringify(behaviour)}: ${JSON.stringify(last)}`);
  return last;
}

/** One that gives up, and one that takes its place. */
const openReliable = (url: string): Model => {
  const models = [choose({ openaiBaseUrl: 'http://127.0.0.1:9' }), choose({ ollamaBaseUrl: url })];
  return createReliableModel({ name: 'several', models, attempts: 2, backoffMs: 1 });
};
const everyModel: typeof protocols = { 'built-in Eliza': () => elizaModel, several: openReliable, ...protocols };
for (const [title, open] of Object.entries(everyModel)) {
  describe(`contract: ${title}`, () => {
    it('says text, then exactly one finish, then nothing', async () => {
      assert.match(open(fake.url).name, /\S/);
      const parts = await collect(open(fake.url));
      assert.match(textOf(parts), /\S/);
      assert.match(typesOf(parts), /^((text|reasoning) )+finish$/);
    });

    it('answers many at once', async () => {
      const model = open(fake.url);
      const answers = await Promise.all(Array.from({ length: 20 }, () => collect(model)));
      for (const parts of answers) assert.match(typesOf(parts), /^((text|reasoning) )+finish$/);
    });

    it('ends an empty conversation with a last part, not with a throw', async () => {
      const parts = await collect(open(fake.url), undefined, { system: '', messages: [] });
      assert.equal(parts.findIndex(isLast), parts.length - 1);
    });

    it('ends with one last part where a call or JSON is wanted, whatever it gives', async () => {
      const parameters = { type: 'object', properties: {} };
      const tools = [{ name: 'look', description: 'Looks.', parameters }];
      for (const more of [
        ...(['auto', 'none', 'required', { tool: 'look' }] as const).map((toolChoice) => ({ tools, toolChoice })),
        { output: {} },
        { output: { name: 'shape', schema: parameters, isStrict: false } },
        { sampling: { topP: 0.5, stopSequences: ['.'], seed: 1, presencePenalty: 1, frequencyPenalty: 1 } },
      ]) {
        const parts = await collect(open(fake.url), undefined, { ...request, ...more });
        assert.equal(parts.findIndex(isLast), parts.length - 1, JSON.stringify(more));
      }
    });

    it('says nothing and asks nobody when the signal was aborted before', async () => {
      assert.deepEqual(await collect(open(fake.url), AbortSignal.abort()), []);
      assert.equal(fake.requests.length, 0);
    });

    it('ends without a last part when the signal aborts after the first part', async () => {
      fake.script({ kind: 'answer', text: 'one two three', chunks: 3, held: true });
      fake.release();
      const stream = startStream(open(fake.url));
      assert.equal((await stream.next()).value?.type, 'text');
      stream.abort();
      assert.equal((await within(100, stream.next(), 'the end')).done, true);
    });
  });
}

for (const [title, open] of Object.entries(protocols)) {
  describe(`provider: ${title}`, () => {
    it('passes pieces on as they come, and the usage at the end', async () => {
      fake.script({ kind: 'answer', text: 'one two three', chunks: 3, held: true });
      const stream = startStream(open(fake.url));
      let heard = '';
      while (heard !== 'one two three') {
        fake.release();
        const { value } = await stream.next();
        heard += value?.type === 'text' ? value.text : assert.fail(JSON.stringify(value));
      }
      fake.release();
      assert.deepEqual((await stream.next()).value, {
        type: 'finish',
        reason: 'stop',
        inputTokens: 7,
        outputTokens: 3,
      });
      assert.equal((await stream.next()).done, true);
    });

    it('tells reasoning from text, and why it finished', async () => {
      for (const reason of ['stop', 'length', 'content-filter'] as const) {
        fake.script({ kind: 'answer', text: 'four', reasoning: 'two and two', finish: reason });
        const parts = await collect(open(fake.url));
        assert.equal(typesOf(parts), 'reasoning text finish');
        assert.ok(parts[2]?.type === 'finish' && parts[2].reason === reason, JSON.stringify(parts));
      }
    });

    it('sends system, limits, key and the conversation with the roles in turn', async () => {
      const messages: ModelRequest['messages'] = [
        { role: 'assistant', text: 'Hello!' },
        { role: 'user', text: 'Bob: Hi', name: 'Bob' },
        { role: 'user', text: '  ' },
        { role: 'user', text: 'Eve: And me?', name: 'Eve' },
      ];
      await collect(open(fake.url), undefined, { ...request, messages });
      const { body, headers } = await fake.arrived();
      const sent = JSON.stringify(body);
      for (const part of [/You are Ada\./, /"max(_output|Output)?_?[tT]okens":50/, /"Bob: Hi\\n\\nEve: And me\?"/])
        assert.match(sent, part);
      const said = (body.messages ?? body.input ?? body.contents) as { role: string }[];
      assert.match(said.map(({ role }) => role).join(' '), /^((system|developer) )?user (assistant|model) user$/);
      const sentKey =
        headers['x-api-key'] ?? headers['x-goog-api-key'] ?? headers.authorization?.replace('Bearer ', '');
      assert.equal(sentKey, title === 'Ollama' ? undefined : key);
    });

    it('names what is wrong by the status, after one request', async () => {
      const unauthorized = { 401: 'model-unauthorized', 403: 'model-unauthorized', 404: 'model-not-found' };
      const others = { 400: 'model-refused', 422: 'model-refused', 500: 'model-overloaded', 529: 'model-overloaded' };
      for (const [status, code] of Object.entries({ ...unauthorized, ...others })) {
        const behaviour: Behaviour = { kind: 'refuse', status: Number(status), message: 'these words' };
        assert.deepEqual(await failureOf(open(fake.url), behaviour), {
          type: 'failure',
          code,
          detail: `${status} these words`,
        });
      }
      assert.equal(fake.requests.length, 7);
    });

    it('429 is model-rate-limited, with the wait that the provider asks for', async () => {
      const limit = (headers = {}) => failureOf(open(fake.url), { kind: 'refuse', status: 429, headers });
      assert.equal((await limit()).code, 'model-rate-limited');
      assert.equal((await limit()).retryAfterMs, undefined);
      assert.equal((await limit({ 'retry-after': '7' })).retryAfterMs, 7000);
      const { retryAfterMs = 0 } = await limit({ 'retry-after': new Date(Date.now() + 60_000).toUTCString() });
      assert.ok(retryAfterMs > 50_000 && retryAfterMs <= 60_000, `${retryAfterMs}`);
    });

    it('nobody there, or a socket that closes before any answer, is model-unreachable', async () => {
      const server = createServer((socket) => socket.once('data', () => socket.destroy())).listen(0, '127.0.0.1');
      // Else a failure here would keep the process alive.
      server.unref();
      await once(server, 'listening');
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      assert.equal((await failureOf(open(url), { kind: 'hang' })).code, 'model-unreachable');
      await new Promise((resolve) => server.close(resolve));
      const { code, detail } = await failureOf(open(url.replace('127.0.0.1', 'localhost')), { kind: 'hang' });
      assert.equal(code, 'model-unreachable');
      assert.match(detail ?? '', /ECONNREFUSED/);
      for (const bad of ['http://127.0.0.1:9', 'http://me:hunter2@127.0.0.1:1']) {
        const failure = await failureOf(open(bad), { kind: 'hang' });
        assert.equal(failure.code, 'model-unreachable');
        assert.doesNotMatch(failure.detail ?? '', /hunter2/);
      }
    });

    it('a stream that is cut, ends early or is torn is model-cut, and what had come is kept', async () => {
      for (const how of ['cut', 'end', 'malformed'] as const) {
        fake.script({ kind: 'break', how, after: 1, text: 'one, two, three', held: true });
        fake.release();
        const stream = startStream(open(fake.url));
        assert.equal((await stream.next()).value?.type, 'text');
        fake.release();
        const { value } = await stream.next();
        assert.ok(value?.type === 'failure' && value.code === 'model-cut', `${how}: ${JSON.stringify(value)}`);
        assert.doesNotMatch(value.detail ?? '', /torn/);
        assert.equal((await stream.next()).done, true);
      }
    });

    it('an error inside the stream is model-overloaded; nothing said is model-empty', async () => {
      for (const after of [0, 2]) {
        const { code } = await failureOf(open(fake.url), { kind: 'break', how: 'error', after });
        assert.equal(code, 'model-overloaded');
      }
      const thoughts: Behaviour = { kind: 'answer', text: '', reasoning: 'hm', finish: 'length' };
      for (const silence of [
        { kind: 'answer', text: '' },
        thoughts,
        { kind: 'break', how: 'end', after: 0 },
      ] as const) {
        assert.equal((await failureOf(open(fake.url), silence)).code, 'model-empty');
      }
      const filtered: Behaviour = { kind: 'answer', text: '', finish: 'content-filter' };
      assert.equal((await failureOf(open(fake.url), filtered)).code, 'model-refused');
    });

    it('hangs up on the provider when the signal aborts, wherever it hangs', async () => {
      const silent = [0, 2].map((after): Behaviour => ({ kind: 'break', how: 'hang', after }));
      for (const [index, behaviour] of [{ kind: 'hang' } as const, ...silent].entries()) {
        fake.script(behaviour);
        const controller = new AbortController();
        const parts = collect(open(fake.url), controller.signal);
        const { hungUp } = await within(2000, fake.arrived(index + 1), 'the request');
        controller.abort(new Error('cancelled'));
        assert.ok(!(await within(100, parts, 'the end')).some(isLast));
        await within(1000, hungUp, 'the closed socket');
      }
    });

    it('hangs up when the reader leaves, and after a failure in mid-stream', async () => {
      fake.script({ kind: 'break', how: 'hang', after: 2 });
      for await (const part of open(fake.url).stream(request, new AbortController().signal))
        if (part.type === 'text') break;
      await failureOf(open(fake.url), { kind: 'break', how: 'malformed', after: 1 });
      for (const { hungUp } of fake.requests) await within(1000, hungUp, 'the closed socket');
    });

    it('tells neither key nor text in a detail', async () => {
      const spoken = [
        'Incorrect API key provided: sk-proj-0123456789abcdefABCDEF. See https://example.com/keys',
        'Incorrect API key provided: sk-p*******CDEF.',
        'Bearer abc.def.ghi is wrong, so is AIzaSyA1234567890abcdefghijklmnopqrstu',
        `Refused: "${secret.toUpperCase()}" in ${JSON.stringify({ content: secret })} ${'x '.repeat(900)}`,
        `${'İ'.repeat(40)} ${secret}`,
        `${'-'.repeat(22)} ${`${secret} `.repeat(20)}`,
        ...(title === 'Ollama' ? [] : [`No such key: ${key}`, `No such key: ${key.slice(0, 9)}`]),
      ];
      for (const message of spoken) {
        const { detail = '' } = await failureOf(open(fake.url), { kind: 'refuse', status: 400, message });
        assert.doesNotMatch(detail, /sk-p|0123456789|CDEF|abc\.def|AIza|4711|nobody|My PIN|grandmas/i);
        assert.match(detail, /^400 .*\[redacted\].*$/);
        assert.ok(detail.length <= 300);
      }
    });
  });
}
