/** A server with two agents, Cleo who thinks with a fake provider and Eliza of 1966, and the official client of OpenAI's API. */
import type { TestContext } from 'node:test';
import OpenAI from 'openai';
import { openFakeProvider } from './fake-provider.ts';
import { createRestClient } from './rest-client.ts';
import { makeDir, openTestServer, writeCharacter } from './test-server.ts';

export async function openOpenaiServer(t: TestContext, env: Record<string, string> = {}) {
  const provider = await openFakeProvider();
  t.after(() => provider.close());
  const dir = makeDir(t);
  const characters = [
    { name: 'Cleo', bio: 'Answers in riddles.', settings: { model: 'openai/test-model', memory: false } },
    { name: 'Weizenbaum', bio: 'Asks back.', settings: { model: 'eliza' } },
  ].map((character) => writeCharacter(dir, character));
  const { url } = await openTestServer(t, {
    OPENAI_BASE_URL: `${provider.url}/v1`,
    OPENAI_API_KEY: 'sk-test',
    MODEL_ATTEMPTS: '1',
    ELIZAD_CHARACTERS: characters.join(','),
    ...env,
  });
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 });
  return { provider, url, openai, ...createRestClient(url) };
}

export const weather = {
  type: 'function' as const,
  function: {
    name: 'get_weather',
    description: 'The weather.',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};

export const ask = (content: string) => [{ role: 'user' as const, content }];

/** All that a stream has. */
export async function readAll<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of stream) all.push(one);
  return all;
}

export type OpenaiServer = Awaited<ReturnType<typeof openOpenaiServer>>;

/** A call as the provider makes it, and as it comes out here. */
export const call = { id: 'call_1', name: 'get_weather', input: { city: 'Oslo' } };
export const called = {
  id: 'call_1',
  type: 'function' as const,
  function: { name: 'get_weather', arguments: '{"city":"Oslo"}' },
};

/** Asks Cleo something, whole or as a stream; `body` may be anything. */
export const create = ({ openai }: OpenaiServer, body: object, headers = {}) =>
  openai.chat.completions.create(
    { model: 'Cleo', messages: ask('Weather in Oslo?'), ...body } as OpenAI.ChatCompletionCreateParamsNonStreaming,
    { headers },
  );

export const stream = ({ openai }: OpenaiServer, body: object) =>
  openai.chat.completions.create({
    model: 'Cleo',
    messages: ask('Weather in Oslo?'),
    stream: true,
    stream_options: { include_usage: true },
    ...body,
  } as OpenAI.ChatCompletionCreateParamsStreaming);
