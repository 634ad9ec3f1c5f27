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

test('a refusal in words like those of a long character is looked through in one pass, not one for each piece', async (t) => {
  const message = 'ab '.repeat(300);
  const system = `${'a'.repeat(15)}c ab ab ab ab ac `.repeat(30_000);
  // The best of three of each: other programs may hold everybody up, too.
  const ratio = best(() => findEchoes(message, system, 12)) / best(() => countSpaces(system));
  assert.ok(ratio < 200, `it takes ${ratio.toFixed(0)} times as long as one look at each letter`);

  const server = await openFakeHttp(t, () => ({ status: 400, body: { error: { message } } }));
  const model = chooseModel({ name: 'Ada', settings: { model: 'openai/x' } }, { openaiBaseUrl: `${server.url}/v1` });
  const seen: string[] = [];
  for await (const part of model.stream({ ...request, system }, new AbortController().signal)) seen.push(part.type);
  assert.deepEqual(seen, ['failure']);
});

function best(work: () => unknown): number {
  const times = Array.from({ length: 3 }, () => {
    const began = performance.now();
    work();
    return performance.now() - began;
  });
  return Math.min(...times);
}

function countSpaces(text: string): number {
  let spaces = 0;
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) === 32) spaces += 1;
  return spaces;
}
