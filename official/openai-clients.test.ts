/**
 * Clients of OpenAI's API as they are on npm, unmodified, against a real server: what their own documentation does, each with an
 * agent whose model can, and once with the built-in Eliza, who says that she cannot. Run by `npm run test:official`.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { z } from 'zod';
import { toNumbers } from '../packages/server/tests/support/fake-embeddings.ts';
import { ask, readAll, weather } from '../packages/server/tests/support/openai-server.ts';
import { installTools } from './support/install-tools.ts';
import { openAgents, sound, voice } from './support/openai-agents.ts';

const tools = installTools('openai-clients');
const load = createRequire(join(tools, 'package.json'));
const versionOf = (name: string): string =>
  JSON.parse(readFileSync(join(tools, 'node_modules', name, 'package.json'), 'utf8')).version;
const { z: zod } = load('zod-4') as { z: typeof z };
const call = { id: 'call_1', name: 'get_weather', input: { city: 'Oslo' } };
const verdict = zod.object({ yes: zod.boolean() });
const yes = { kind: 'answer', text: '{"yes":true}' } as const;
const refusal = { status: 400, code: 'model-cannot-act' };

for (const [name, schema] of [
  ['openai', verdict],
  // That one takes schemas of zod 3.
  ['openai-4', (load('zod') as { z: typeof z }).z.object({ yes: (load('zod') as { z: typeof z }).z.boolean() })],
] as const) {
  describe(`${name} ${versionOf(name)}`, () => {
    const { default: OpenAI, toFile } = load(name) as typeof import('openai');
    const { zodResponseFormat } = load(`${name}/helpers/zod`) as typeof import('openai/helpers/zod');

    async function open(t: TestContext) {
      const { provider, baseURL } = await openAgents(t);
      const openai = new OpenAI({ baseURL, apiKey: 'none', maxRetries: 0 });
      /** In version 4 what parses was still called beta. */
      const parsing = name === 'openai' ? openai.chat.completions : (openai as unknown as Beta).beta.chat.completions;
      return { provider, openai, parsing };
    }
    type Beta = { beta: { chat: { completions: InstanceType<typeof OpenAI>['chat']['completions'] } } };

    it('lists models, talks, and streams', async (t) => {
      const { openai, provider } = await open(t);
      const { data } = await openai.models.list();
      assert.deepEqual(data.map(({ id }) => id).sort(), ['Cleo', 'Otto', 'Vera', 'Weizenbaum']);
      provider.script({ kind: 'answer', text: 'Hello.' }, { kind: 'answer', text: 'one two', chunks: 2 });
      const whole = await openai.chat.completions.create({ model: 'Cleo', messages: ask('Hi') });
      assert.equal(whole.choices[0]?.message.content, 'Hello.');
      const stream = await openai.chat.completions.create({ model: 'Cleo', messages: ask('Count'), stream: true });
      const said = (await readAll(stream)).map(({ choices }) => choices[0]?.delta.content ?? '');
      assert.equal(said.join(''), 'one two');
    });

    it('parses an answer by a schema, whole and in a stream', async (t) => {
      const { parsing, provider } = await open(t);
      const response_format = zodResponseFormat(schema, 'verdict');
      const asked = { model: 'Cleo', messages: ask('Is it?'), response_format };
      provider.script(yes, yes);
      assert.deepEqual((await parsing.parse(asked)).choices[0]?.message.parsed, { yes: true });
      const whole = await parsing.stream(asked).finalChatCompletion();
      assert.deepEqual(whole.choices[0]?.message.parsed, { yes: true });
      await assert.rejects(parsing.parse({ ...asked, model: 'Weizenbaum' }), refusal);
    });

    it('has its tools called, and answers with what came of them', async (t) => {
      const { openai, parsing, provider } = await open(t);
      provider.script({ kind: 'calls', calls: [call] }, { kind: 'answer', text: 'It rains.' });
      const asked = { model: 'Cleo', messages: ask('Weather in Oslo?'), tools: [weather] };
      const first = await openai.chat.completions.create({ ...asked, tool_choice: 'required' });
      const [choice] = first.choices;
      assert.equal(choice?.finish_reason, 'tool_calls');
      assert.ok(choice?.message.tool_calls);
      const result = { role: 'tool' as const, tool_call_id: choice.message.tool_calls[0]?.id ?? '', content: 'rain' };
      const second = await openai.chat.completions.create({
        ...asked,
        messages: [...asked.messages, choice.message, result],
      });
      assert.equal(second.choices[0]?.message.content, 'It rains.');
      provider.script({ kind: 'calls', calls: [call] }, { kind: 'answer', text: 'It rains.' });
      const looked: unknown[] = [];
      const run = (args: unknown) => {
        looked.push(args);
        return 'rain';
      };
      const tool = { ...weather, function: { ...weather.function, parse: JSON.parse, function: run } };
      const runner = parsing.runTools({
        model: 'Cleo',
        messages: asked.messages,
        tools: [tool],
        stream: true,
      } as never);
      assert.equal(await (runner as unknown as { finalContent(): Promise<string> }).finalContent(), 'It rains.');
      assert.deepEqual(looked, [{ city: 'Oslo' }]);
      await assert.rejects(openai.chat.completions.create({ ...asked, model: 'Weizenbaum' }), refusal);
    });

    it('has embeddings, speech and transcriptions, and is told what to set where there are none', async (t) => {
      const { openai } = await open(t);
      const { data } = await openai.embeddings.create({ model: 'Vera', input: ['a beer', 'tea'] });
      assert.deepEqual(
        data.map(({ embedding }) => embedding.map((number) => number.toFixed(4))),
        ['a beer', 'tea'].map((text) => toNumbers(text).map((number) => number.toFixed(4))),
      );
      const speech = await openai.audio.speech.create({ model: 'Otto', voice: 'alloy', input: 'Hi' });
      assert.deepEqual(Buffer.from(await speech.arrayBuffer()), voice);
      const file = await toFile(sound, 'a.wav');
      assert.equal((await openai.audio.transcriptions.create({ model: 'Otto', file })).text, 'Good evening');
      const none = { model: 'Weizenbaum' };
      await assert.rejects(openai.embeddings.create({ ...none, input: 'x' }), {
        status: 501,
        code: 'no-embedding-model',
      });
      await assert.rejects(openai.audio.speech.create({ ...none, voice: 'alloy', input: 'x' }), {
        code: 'no-speech-model',
      });
      await assert.rejects(openai.audio.transcriptions.create({ ...none, file }), { code: 'no-transcription-model' });
    });
  });
}

type Ai = {
  generateText(given: object): Promise<{ text: string; steps: unknown[]; output?: unknown }>;
  streamText(given: object): { textStream: AsyncIterable<string>; fullStream: AsyncIterable<{ type: string }> };
  generateObject(given: object): Promise<{ object: unknown }>;
  streamObject(given: object): { object: Promise<unknown>; partialObjectStream: AsyncIterable<unknown> };
  embedMany(given: object): Promise<{ embeddings: number[][] }>;
  tool(given: object): object;
  stepCountIs(count: number): unknown;
  Output: { object(given: object): unknown };
};
type Compatible = {
  createOpenAICompatible(given: object): ((model: string) => unknown) & { embeddingModel(model: string): unknown };
};

describe(`ai ${versionOf('ai')} with @ai-sdk/openai-compatible`, () => {
  const ai = load('ai') as Ai;
  const { createOpenAICompatible } = load('@ai-sdk/openai-compatible') as Compatible;

  async function open(t: TestContext) {
    const { provider, baseURL } = await openAgents(t);
    const elizad = createOpenAICompatible({ name: 'elizad', baseURL, supportsStructuredOutputs: true });
    return {
      provider,
      elizad,
      of: (model: string) => ({ model: elizad(model), maxRetries: 0, prompt: 'Weather in Oslo?' }),
    };
  }
  const aiTools = {
    get_weather: ai.tool({
      description: 'The weather.',
      inputSchema: zod.object({ city: zod.string() }),
      execute: async ({ city }: { city: string }) => `rain in ${city}`,
    }),
  };
  const isRefused = (error: { statusCode?: number; responseBody?: string }) => {
    assert.equal(error.statusCode, 400);
    assert.match(error.responseBody ?? '', /model-cannot-act.*|Cleo could/);
    return true;
  };

  it('talks, streams, and has embeddings', async (t) => {
    const { provider, of, elizad } = await open(t);
    provider.script({ kind: 'answer', text: 'Rain.' }, { kind: 'answer', text: 'one two', chunks: 2 });
    assert.equal((await ai.generateText(of('Cleo'))).text, 'Rain.');
    assert.equal((await readAll(ai.streamText(of('Cleo')).textStream)).join(''), 'one two');
    const { embeddings } = await ai.embedMany({ model: elizad.embeddingModel('Vera'), values: ['a beer', 'tea'] });
    assert.deepEqual([embeddings.length, embeddings[0]?.[0]], [2, 1]);
  });

  it('runs its tools, whole and in a stream', async (t) => {
    const { provider, of } = await open(t);
    const round = [
      { kind: 'calls', calls: [call] },
      { kind: 'answer', text: 'It rains.' },
    ] as const;
    provider.script(...(structuredClone(round) as unknown as Parameters<typeof provider.script>));
    const stopWhen = ai.stepCountIs(3);
    const { text, steps } = await ai.generateText({ ...of('Cleo'), tools: aiTools, stopWhen, toolChoice: 'auto' });
    assert.deepEqual([text, steps.length], ['It rains.', 2]);
    assert.match(JSON.stringify(provider.requests.at(-1)?.body.messages), /rain in Oslo/);
    provider.script(...(structuredClone(round) as unknown as Parameters<typeof provider.script>));
    const parts = await readAll(ai.streamText({ ...of('Cleo'), tools: aiTools, stopWhen }).fullStream);
    for (const type of ['tool-call', 'tool-result', 'text-delta'])
      assert.ok(
        parts.some((part) => part.type === type),
        type,
      );
    await assert.rejects(ai.generateText({ ...of('Weizenbaum'), tools: aiTools }), isRefused);
  });

  it('makes objects', async (t) => {
    const { provider, of } = await open(t);
    provider.script(yes, yes, yes);
    assert.deepEqual((await ai.generateObject({ ...of('Cleo'), schema: verdict })).object, { yes: true });
    const output = ai.Output.object({ schema: verdict });
    assert.deepEqual((await ai.generateText({ ...of('Cleo'), output })).output, { yes: true });
    const streamed = ai.streamObject({ ...of('Cleo'), schema: verdict });
    await readAll(streamed.partialObjectStream);
    assert.deepEqual(await streamed.object, { yes: true });
    await assert.rejects(ai.generateObject({ ...of('Weizenbaum'), schema: verdict }), isRefused);
  });
});

type Runnable<T> = { invoke(asked: unknown): Promise<T>; stream(asked: unknown): Promise<AsyncIterable<T>> };
type Said = { content: unknown; tool_calls?: { name: string; args: unknown; id?: string }[] };
type Chat = Runnable<Said> & {
  withStructuredOutput(schema: unknown, how?: object): Runnable<unknown>;
  bindTools(tools: unknown[], how?: object): Runnable<Said>;
};
type LangChain = {
  ChatOpenAI: new (given: object) => Chat;
  OpenAIEmbeddings: new (given: object) => { embedDocuments(texts: string[]): Promise<number[][]> };
};

describe(`@langchain/openai ${versionOf('@langchain/openai')}`, () => {
  const { ChatOpenAI, OpenAIEmbeddings } = load('@langchain/openai') as LangChain;
  const { tool } = load('@langchain/core/tools') as {
    tool(run: (given: { city: string }) => unknown, as: object): unknown;
  };
  const { HumanMessage, ToolMessage } = load('@langchain/core/messages') as Record<
    'HumanMessage' | 'ToolMessage',
    new (
      given: unknown,
    ) => unknown
  >;

  async function open(t: TestContext) {
    const { provider, baseURL } = await openAgents(t);
    const given = { apiKey: 'none', maxRetries: 0, configuration: { baseURL } };
    return { provider, given, of: (model: string) => new ChatOpenAI({ ...given, model }) };
  }
  const getWeather = tool(({ city }) => `rain in ${city}`, {
    name: 'get_weather',
    description: 'The weather.',
    schema: zod.object({ city: zod.string() }),
  });

  it('talks, streams, and has embeddings', async (t) => {
    const { provider, of, given } = await open(t);
    provider.script({ kind: 'answer', text: 'Hello.' }, { kind: 'answer', text: 'one two', chunks: 2 });
    assert.equal((await of('Cleo').invoke('Hi')).content, 'Hello.');
    assert.equal((await readAll(await of('Cleo').stream('Count'))).map(({ content }) => content).join(''), 'one two');
    const vectors = await new OpenAIEmbeddings({ ...given, model: 'Vera' }).embedDocuments(['a beer', 'tea']);
    assert.deepEqual([vectors.length, vectors[0]?.[0]], [2, 1]);
  });

  it('has structured output by each of its methods', async (t) => {
    const { provider, of } = await open(t);
    for (const method of [undefined, 'jsonSchema', 'jsonMode', 'functionCalling']) {
      const isCalled = method === 'functionCalling';
      provider.script(isCalled ? { kind: 'calls', calls: [{ ...call, name: 'verdict', input: { yes: true } }] } : yes);
      const model = of('Cleo').withStructuredOutput(verdict, { name: 'verdict', ...(method && { method }) });
      assert.deepEqual(await model.invoke('Is it? As JSON.'), { yes: true }, method);
    }
    await assert.rejects(of('Weizenbaum').withStructuredOutput(verdict).invoke('Is it?'), refusal);
  });

  it('has its tools called, also where it must, and answers with what came of them', async (t) => {
    const { provider, of } = await open(t);
    provider.script({ kind: 'calls', calls: [call] }, { kind: 'answer', text: 'It rains.' });
    const model = of('Cleo').bindTools([getWeather], { tool_choice: 'required' });
    const question = new HumanMessage('Weather in Oslo?') as object;
    const first = await model.invoke([question]);
    assert.deepEqual(
      first.tool_calls?.map(({ name, args }) => [name, args]),
      [['get_weather', { city: 'Oslo' }]],
    );
    assert.equal(provider.requests[0]?.body.tool_choice, 'required');
    const result = new ToolMessage({ content: 'rain', tool_call_id: first.tool_calls?.[0]?.id });
    assert.equal((await model.invoke([question, first, result])).content, 'It rains.');
    await assert.rejects(of('Weizenbaum').bindTools([getWeather]).invoke('Hi'), refusal);
  });
});
