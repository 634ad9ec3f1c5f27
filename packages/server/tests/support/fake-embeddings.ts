/** A server that speaks the embedding protocols of OpenAI (and Ollama) and of Google. Its vectors tell two topics apart. */
import type { TestContext } from 'node:test';
import { type FakeAnswer, type FakeHttp, openFakeHttp } from './fake-http.ts';

export type FakeEmbeddings = FakeHttp & {
  /** The texts of each request. */
  readonly batches: readonly string[][];
  /** What the next request gets instead of vectors. */
  script(...answers: (FakeAnswer | 'hang')[]): void;
};

/** Of drinks is one direction, everything else is another; a little of the text itself is in both. */
export const toNumbers = (text: string): number[] => {
  const drink = /thirst|beer|brewery|pint|ale\b/i.test(text) ? 1 : 0;
  return [drink, 1 - drink, (text.length % 7) / 100];
};

export async function openFakeEmbeddings(t: TestContext, { longest = Infinity, most = Infinity } = {}) {
  const batches: string[][] = [];
  const scripted: (FakeAnswer | 'hang')[] = [];
  const server = await openFakeHttp(t, ({ path, body }) => {
    const sent = JSON.parse(body.toString()) as Record<string, unknown>;
    const texts = readTexts(sent);
    batches.push(texts);
    const next = scripted.shift();
    if (next === 'hang') return undefined;
    if (next) return next;
    if (texts.length > most || texts.some(({ length }) => length > longest))
      return { status: 400, body: { error: { message: 'too much', type: 'invalid_request_error', code: null } } };
    const vectors = texts.map(toNumbers);
    if (path.endsWith(':embedContent')) return { body: { embedding: { values: vectors[0] } } };
    if (path.endsWith(':batchEmbedContents')) return { body: { embeddings: vectors.map((values) => ({ values })) } };
    const data = vectors.map((embedding, index) => ({ object: 'embedding', index, embedding }));
    const usage = { prompt_tokens: 1, total_tokens: 1 };
    return { body: { object: 'list', data, model: sent.model, usage } };
  });
  return { ...server, batches, script: (...answers) => void scripted.push(...answers) } satisfies FakeEmbeddings;
}

type Content = { parts: { text: string }[] };

function readTexts({ input, content, requests }: Record<string, unknown>): string[] {
  if (input !== undefined) return [input].flat() as string[];
  const contents = content ? [content as Content] : (requests as { content: Content }[]).map((one) => one.content);
  return contents.map(({ parts }) => parts.map(({ text }) => text).join(''));
}
