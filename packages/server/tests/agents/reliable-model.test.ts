/** A model that fails is asked again, then its fallbacks are: as long as nothing was said, and nobody waits too long. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { elizaModel } from '../../src/agents/models/eliza/eliza-model.ts';
import type { ModelPart } from '../../src/agents/models/model.ts';
import { chooseModel } from '../../src/agents/models/providers/choose-model.ts';
import { createReliableModel } from '../../src/agents/models/reliable-model.ts';
import { type Behaviour, openFakeProvider } from '../support/fake-provider.ts';
import { collect, key, request, within } from '../support/model-stream.ts';

const soon = { 'retry-after-ms': '5' };
const refuse = (status: number, headers: Record<string, string> = soon): Behaviour => ({
  kind: 'refuse',
  status,
  headers,
});

/** `openai/a`, then `ollama/b`, each on a provider of its own; and what was logged. */
async function open(t: TestContext, { attempts = 3, fallbackModels = ['ollama/b'] as unknown } = {}) {
  const [first, second] = await Promise.all([openFakeProvider(), openFakeProvider()]);
  t.after(() => Promise.all([first.close(), second.close()]));
  const lines: Record<string, unknown>[] = [];
  const log = { debug() {}, warn: (fields: object) => void lines.push({ ...fields }) };
  const model = chooseModel(
    { name: 'Ada', settings: { model: 'openai/a', fallbackModels } },
    { openaiApiKey: key, openaiBaseUrl: `${first.url}/v1`, ollamaBaseUrl: second.url, modelAttempts: attempts },
    log,
  );
  const asked = () => [first.requests.length, second.requests.length];
  return { first, second, model, lines, asked };
}

const textOf = (parts: readonly ModelPart[]) => parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
const lastOf = (parts: readonly ModelPart[]) => parts.at(-1) as Extract<ModelPart, { type: 'finish' | 'failure' }>;

describe('the same model', () => {
  it('is asked again after a 429, no sooner than its provider says', async (t) => {
    const { first, model, lines, asked } = await open(t);
    first.script(refuse(429, { 'retry-after-ms': '60' }), { kind: 'answer', text: 'Here.' });
    const began = performance.now();
    const parts = await collect(model);
    assert.ok(performance.now() - began >= 59);
    assert.equal(textOf(parts), 'Here.');
    assert.deepEqual(lastOf(parts), { type: 'finish', reason: 'stop', inputTokens: 7, outputTokens: 3 });
    assert.deepEqual(asked(), [2, 0]);
    const [line] = lines;
    assert.deepEqual(
      [line?.wanted, line?.model, line?.code, line?.attempt, line?.next],
      ['openai/a', 'openai/a', 'model-rate-limited', 1, 'openai/a'],
    );
    assert.ok(Number(line?.waitMs) >= 60 && Number(line?.waitMs) <= 75);
    assert.doesNotMatch(JSON.stringify(lines), /PIN|grandmas/);
  });

  it('is asked as often as it may be', async (t) => {
    const { first, model, asked } = await open(t);
    first.script(refuse(500), refuse(503), { kind: 'answer', text: 'Third time.' });
    assert.equal(textOf(await collect(model)), 'Third time.');
    assert.deepEqual(asked(), [3, 0]);
  });

  it('is asked again when it was cut, or empty, before it said anything', async (t) => {
    const { first } = await open(t);
    first.script(
      { kind: 'break', how: 'cut', after: 0 },
      { kind: 'answer', text: '' },
      { kind: 'answer', text: 'Now.' },
    );
    const models = [chooseModel({ name: 'Ada' }, { openaiBaseUrl: `${first.url}/v1` })];
    assert.equal(
      textOf(await collect(createReliableModel({ name: 'one', models, attempts: 3, backoffMs: 1 }))),
      'Now.',
    );
    assert.equal(first.requests.length, 3);
  });

  it('is asked once when it may be asked once', async (t) => {
    const { first, model, asked, lines } = await open(t, { attempts: 1, fallbackModels: [] });
    first.script(refuse(500));
    assert.deepEqual(
      (await collect(model)).map(({ type }) => type),
      ['failure'],
    );
    assert.deepEqual(asked(), [1, 0]);
    assert.deepEqual(lines, []);
  });
});

describe('a half-said answer', () => {
  for (const how of ['cut', 'error', 'end'] as const)
    it(`is never restarted: ${how}`, async (t) => {
      const { first, model, asked, lines } = await open(t);
      first.script({ kind: 'break', how, after: 2 });
      const parts = await collect(model);
      assert.notEqual(textOf(parts), '');
      assert.equal(parts.filter(({ type }) => type === 'failure').length, 1);
      assert.deepEqual([asked(), lines], [[1, 0], []]);
    });

  it('is one of which only the reasoning was said, too', async (t) => {
    const { first, model, asked } = await open(t);
    first.script({ kind: 'answer', text: '', reasoning: 'Hm.' });
    const parts = await collect(model);
    assert.deepEqual(
      parts.map(({ type }) => type),
      ['reasoning', 'failure'],
    );
    assert.deepEqual(asked(), [1, 0]);
  });
});

describe('a fallback', () => {
  it('answers at once where a failure will not pass, and says that it was it', async (t) => {
    for (const status of [401, 404, 400]) {
      const { first, second, model, lines, asked } = await open(t);
      first.script(refuse(status));
      second.script({ kind: 'answer', text: 'In its place.' });
      const parts = await collect(model);
      assert.equal(model.name, 'openai/a');
      assert.equal(textOf(parts), 'In its place.');
      const last = lastOf(parts);
      assert.equal(last.type === 'finish' && last.model, 'ollama/b');
      assert.deepEqual(asked(), [1, 1]);
      assert.deepEqual(
        lines.map(({ model: name, next }) => [name, next]),
        [['openai/a', 'ollama/b']],
      );
    }
  });

  it('answers when the provider asks to wait for longer than anybody waits', async (t) => {
    const { first, model, asked } = await open(t);
    first.script(refuse(429, { 'retry-after': '21' }));
    assert.equal(textOf(await collect(model)), 'ok');
    assert.deepEqual(asked(), [1, 1]);
  });

  it('is asked as often as the first; when it fails too, the failure of the first is told', async (t) => {
    const { first, second, model, lines, asked } = await open(t, { attempts: 2 });
    first.script(refuse(500), refuse(429, soon));
    second.script(refuse(503), refuse(401));
    const last = lastOf(await collect(model));
    assert.equal(last.type === 'failure' && last.code, 'model-rate-limited');
    assert.deepEqual(asked(), [2, 2]);
    assert.deepEqual(
      lines.map(({ attempt, code, next }) => [attempt, code, next]),
      [
        [1, 'model-overloaded', 'openai/a'],
        [2, 'model-rate-limited', 'ollama/b'],
        [1, 'model-overloaded', 'ollama/b'],
        [2, 'model-unauthorized', undefined],
      ],
    );
  });

  it('that is missing leaves the failure as it is, with the wait that the provider asks for', async (t) => {
    const { first, model, asked } = await open(t, { fallbackModels: [7, ''] });
    first.script(refuse(429, { 'retry-after': '21' }));
    const last = lastOf(await collect(model));
    assert.ok(last.type === 'failure' && last.retryAfterMs === 21_000);
    assert.deepEqual(asked(), [1, 0]);
  });

  it('without a key is left out, and the log says so', async (t) => {
    const { first, model, lines } = await open(t, { fallbackModels: ['google/x', 'ollama/b'] });
    assert.deepEqual(
      lines.map(({ fallback, missing }) => [fallback, missing]),
      [['google/x', 'GOOGLE_GENERATIVE_AI_API_KEY']],
    );
    first.script(refuse(401));
    assert.equal(textOf(await collect(model)), 'ok');
  });

  it('may be Eliza, who talks, but gives no JSON', async (t) => {
    const { first, model } = await open(t, { fallbackModels: ['eliza'] });
    first.script(refuse(401), refuse(401));
    const last = lastOf(await collect(model));
    assert.equal(last.type === 'finish' && last.model, elizaModel.name);
    const output = { name: 'x', schema: { type: 'object' } };
    assert.deepEqual(
      (await collect(model, undefined, { ...request, output })).map(({ type }) => type),
      ['failure'],
    );
  });

  it('answers for a model that there is no key for', async (t) => {
    const { second } = await open(t);
    const settings = { model: 'openai/a', fallbackModels: ['ollama/b'] };
    const parts = await collect(
      chooseModel({ name: 'Ada', settings }, { ollamaBaseUrl: second.url, modelAttempts: 3 }),
    );
    assert.equal(textOf(parts), 'ok');
  });

  it('is nothing to Eliza, who never fails', () => {
    const settings = { model: 'eliza', fallbackModels: ['ollama/b'] };
    assert.equal(chooseModel({ name: 'Ada', settings }, { ollamaBaseUrl: 'http://x', modelAttempts: 3 }), elizaModel);
  });
});

it('an abort in the middle of a wait ends it at once, without a last part', async (t) => {
  const { first, asked } = await open(t);
  first.script(refuse(429, { 'retry-after': '19' }));
  const controller = new AbortController();
  const waiting = Promise.withResolvers<void>();
  const log = { debug() {}, warn: () => waiting.resolve() };
  const env = { openaiBaseUrl: `${first.url}/v1`, modelAttempts: 3 };
  const parts = collect(chooseModel({ name: 'Ada' }, env, log), controller.signal);
  await within(4000, waiting.promise, 'the wait');
  controller.abort(new Error('cancelled'));
  assert.deepEqual(await within(100, parts, 'the end'), []);
  assert.deepEqual(asked(), [1, 0]);
});
