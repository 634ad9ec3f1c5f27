/**
 * Model providers whose plugins are tried: what a project sets to reach one, and the answers that it gives in its own protocol,
 * each with the text that `words` has for what it was asked.
 */
import type { FakeAnswer, FakeRequest } from '../../packages/server/tests/support/fake-http.ts';
import { anthropicMessages } from '../../packages/server/tests/support/protocols/anthropic-messages.ts';
import { chatCompletions } from '../../packages/server/tests/support/protocols/chat-completions.ts';
import { openaiResponses } from '../../packages/server/tests/support/protocols/openai-responses.ts';
import { type Protocol, splitText } from '../../packages/server/tests/support/protocols/protocol.ts';

type Provider = {
  readonly plugin: string;
  env(url: string): Readonly<Record<string, string>>;
  answer(request: FakeRequest, text: string): FakeAnswer;
};

const stream = ({ open, text, close }: Protocol, words: string): FakeAnswer => ({
  headers: { 'content-type': 'text/event-stream' },
  body: Buffer.from([...open({}, true), ...splitText(words, 4).map(text), ...close('stop', true)].join('')),
});

const vector = (length: number) => new Array(length).fill(0.01);
const asksToStream = ({ body }: FakeRequest): boolean => JSON.parse(body.toString()).stream === true;

/** Embeddings as OpenAI gives them. */
export function embed({ body }: FakeRequest): FakeAnswer {
  const { input } = JSON.parse(body.toString()) as { input: string | string[] };
  const data = [input].flat().map((_, index) => ({ object: 'embedding', index, embedding: vector(1_536) }));
  return { body: { object: 'list', model: 'fake', data, usage: { prompt_tokens: 1, total_tokens: 1 } } };
}

export const openai: Provider = {
  plugin: '@elizaos/plugin-openai',
  env: (url) => ({ OPENAI_API_KEY: 'sk-test', OPENAI_BASE_URL: `${url}/v1` }),
  answer(request, text) {
    if (request.path.endsWith('/embeddings')) return embed(request);
    if (request.path.endsWith('/models')) return { body: { data: [] } };
    if (asksToStream(request)) return stream(openaiResponses, text);
    const content = [{ type: 'output_text', text, annotations: [] }];
    const output = [{ id: 'm1', type: 'message', role: 'assistant', status: 'completed', content }];
    const usage = { input_tokens: 7, output_tokens: 3, total_tokens: 10 };
    return { body: { id: 'r1', object: 'response', created_at: 1, model: 'fake', status: 'completed', output, usage } };
  },
};

export const otherProviders: readonly Provider[] = [
  {
    plugin: '@elizaos/plugin-anthropic',
    env: (url) => ({ ANTHROPIC_API_KEY: 'sk-ant-test', ANTHROPIC_BASE_URL: `${url}/v1` }),
    answer(request, text) {
      if (asksToStream(request)) return stream(anthropicMessages, text);
      const usage = { input_tokens: 7, output_tokens: 3 };
      const content = [{ type: 'text', text }];
      return {
        body: { id: 'm1', type: 'message', role: 'assistant', model: 'fake', content, stop_reason: 'end_turn', usage },
      };
    },
  },
  {
    plugin: '@elizaos/plugin-openrouter',
    env: (url) => ({ OPENROUTER_API_KEY: 'sk-or-test', OPENROUTER_BASE_URL: `${url}/v1` }),
    answer(request, text) {
      if (request.path.endsWith('/embeddings')) return embed(request);
      if (!request.path.endsWith('/chat/completions')) return { body: { data: [] } };
      if (asksToStream(request)) return stream(chatCompletions, text);
      const choices = [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: text } }];
      const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };
      return { body: { id: 'c1', object: 'chat.completion', created: 1, model: 'fake', choices, usage } };
    },
  },
  {
    plugin: '@elizaos/plugin-google-genai',
    env: (url) => ({ GOOGLE_GENERATIVE_AI_API_KEY: 'test', GOOGLE_GEMINI_BASE_URL: url }),
    answer({ path }, text) {
      if (/embed/i.test(path)) return { body: { embeddings: [{ values: vector(768) }] } };
      if (!path.includes('generateContent')) return { body: { models: [] } };
      const candidates = [{ index: 0, finishReason: 'STOP', content: { role: 'model', parts: [{ text }] } }];
      return { body: { candidates, usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 3 } } };
    },
  },
  {
    plugin: '@elizaos/plugin-ollama',
    env: (url) => ({ OLLAMA_API_ENDPOINT: `${url}/api` }),
    answer(request, text) {
      if (request.path.endsWith('/embed')) return { body: { model: 'fake', embeddings: [vector(1_024)] } };
      if (request.path.endsWith('/embeddings')) return { body: { embedding: vector(1_024) } };
      if (!request.path.endsWith('/chat')) return { body: { models: [] } };
      const message = { role: 'assistant', content: text };
      const line = { model: 'fake', created_at: '2026-01-01T00:00:00Z', message, done: true, done_reason: 'stop' };
      const durations = { total_duration: 9, load_duration: 1, prompt_eval_duration: 3, eval_duration: 5 };
      return { body: { ...line, ...durations, prompt_eval_count: 7, eval_count: 3 } };
    },
  },
];
