/** What a provider echoes of what was said does not reach a log, and to look for it holds nobody up. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { chooseModel } from '../../src/agents/models/providers/choose-model.ts';
import { findEchoes } from '../../src/agents/models/providers/echoes.ts';
import { openFakeHttp } from '../support/fake-http.ts';
import { request } from '../support/model-stream.ts';

test('every piece of a line that stands in a text is found, and no other', () => {
  const some = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '🙂'), maxLength: 80 });
  fc.assert(
    fc.property(some, some, fc.integer({ min: 1, max: 6 }), (line, text, length) => {
      const pieces = Array.from({ length: Math.max(0, line.length - length + 1) }, (_, at) => at);
      const expected = pieces.filter((at) => text.includes(line.slice(at, at + length)));
      assert.deepEqual(
        [...findEchoes(line, text, length)].sort((a, b) => a - b),
        expected,
      );
    }),
  );
});

test('a refusal in words like those of a long character is looked through in a moment', async (t) => {
  const message = 'ab '.repeat(300);
  const server = await openFakeHttp(t, () => ({ status: 400, body: { error: { message } } }));
  const model = chooseModel({ name: 'Ada', settings: { model: 'openai/x' } }, { openaiBaseUrl: `${server.url}/v1` });
  const long = { ...request, system: `${'a'.repeat(15)}c ab ab ab ab ac `.repeat(30_000) };
  const waits: number[] = [];
  // The best of three: other programs may hold everybody up, too.
  for (let times = 1; times <= 3; times++) {
    let last = performance.now();
    let longest = 0;
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    t.after(() => clearInterval(timer));
    const seen: string[] = [];
    for await (const part of model.stream(long, new AbortController().signal)) seen.push(part.type);
    await new Promise((resolve) => setTimeout(resolve, 5));
    clearInterval(timer);
    assert.deepEqual(seen, ['failure']);
    waits.push(longest);
  }
  assert.ok(Math.min(...waits) < 200, `others waited ${waits.join(', ')} ms`);
});
