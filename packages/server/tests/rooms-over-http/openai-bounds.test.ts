/** What a program that leads a conversation over OpenAI's API may not ask for, and how much of it; and how it ends early. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { APIError } from 'openai';
import { openModelProcess } from '../support/model-server.ts';
import { within } from '../support/model-stream.ts';
import { ask, called, create, openOpenaiServer, readAll, stream, weather } from '../support/openai-server.ts';

describe('what is bounded', () => {
  it('a room, a model that only talks, old calls and sound are refused with what to do', async (t) => {
    const server = await openOpenaiServer(t);
    const refused = async (body: object, param: string, words: RegExp, code = 'invalid-payload', headers = {}) => {
      await assert.rejects(create(server, body, headers), (error: APIError) => {
        assert.deepEqual([error.status, error.code, error.param], [400, code, param], error.message);
        assert.match(error.message, words);
        return true;
      });
    };
    const room = { 'X-Room-Id': crypto.randomUUID() };
    await refused({ tools: [weather] }, 'X-Room-Id', /actions of its own/, 'invalid-payload', room);
    const format = { type: 'json_object' };
    await refused({ model: 'Weizenbaum', tools: [weather] }, 'tools', /Cleo could/, 'model-cannot-act');
    await refused(
      { model: 'Weizenbaum', response_format: format },
      'response_format',
      /Cleo could/,
      'model-cannot-act',
    );
    assert.equal((await create(server, { model: 'Weizenbaum', n: 2 })).choices.length, 2, 'she can answer twice');
    await refused({ functions: [weather.function] }, 'functions', /send `tools`/);
    await refused({ function_call: 'auto' }, 'function_call', /send `tools`/);
    await refused({ messages: [{ role: 'function', name: 'x', content: 'y' }] }, 'messages.0.role', /or `tool`/);
    await refused(
      { modalities: ['text', 'audio'], audio: { voice: 'alloy', format: 'mp3' } },
      'modalities',
      /audio\/speech/,
    );
    const part = (one: object) => ({ messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }, one] }] });
    await refused(part({ type: 'file', file: { file_id: 'f' } }), 'messages.0.content.1.file.file_data', /data:/);
    await refused(part({ type: 'video_url', video_url: {} }), 'messages.0.content.1.type', /`image_url`/);
    await refused({ messages: [{ role: 'user', content: 5 }] }, 'messages.0.content', /a text, or a list of parts/);
    assert.equal(server.provider.requests.length, 0);
  });

  it('so are tools, schemas and calls that do not go together', async (t) => {
    const server = await openOpenaiServer(t);
    const refused = (body: object, param: string) => assert.rejects(create(server, body), { status: 400, param });
    const tool = (more: object) => ({ ...weather, function: { ...weather.function, ...more } });
    await refused({ tools: Array.from({ length: 129 }, (_, at) => tool({ name: `t${at}` })) }, 'tools');
    await refused({ tools: [weather, weather] }, 'tools');
    await refused({ tools: [tool({ name: 'no blanks' })] }, 'tools.0.function.name');
    await refused({ tools: [tool({ parameters: { x: 'x'.repeat(100_001) } })] }, 'tools.0.function.parameters');
    let deep: object = {};
    for (let at = 0; at < 200; at++) deep = { deep };
    await refused({ tools: [tool({ parameters: deep })] }, null as unknown as string);
    await refused({ tools: [{ type: 'custom', custom: { name: 'x' } }] }, 'tools.0.type');
    await refused({ tool_choice: 'required' }, 'tools');
    const named = { type: 'function', function: { name: 'other' } };
    await refused({ tools: [weather], tool_choice: named }, 'tool_choice.function.name');
    await refused({ response_format: { type: 'grammar' } }, 'response_format.type');
    await refused({ n: 9 }, 'n');
    const assistant = { role: 'assistant', content: null, tool_calls: [called] };
    const result = { role: 'tool', tool_call_id: 'call_1', content: 'rain' };
    await refused({ messages: [...ask('Hi'), result] }, 'messages.1.tool_call_id');
    await refused({ messages: [...ask('Hi'), assistant, ...ask('Well?')] }, 'messages.1.tool_calls.0.id');
    await refused({ messages: [...ask('Hi'), assistant, result, result] }, 'messages.3.tool_call_id');
    await refused({ messages: [{ role: 'system', content: 'Hi' }], tools: [weather] }, 'messages');
    assert.equal(server.provider.requests.length, 0);
  });

  it('a provider that fails is told by its status, in a stream too', async (t) => {
    const server = await openOpenaiServer(t);
    server.provider.script(
      { kind: 'refuse', status: 429, headers: { 'retry-after': '7' } },
      { kind: 'refuse', status: 401 },
    );
    await assert.rejects(create(server, { tools: [weather] }), { status: 503, code: 'model-rate-limited' });
    const events = await stream(server, { tools: [weather] });
    await assert.rejects(readAll(events), { code: 'model-unauthorized' });
  });

  it('stops when the client hangs up, and when it takes longer than a turn may', async (t) => {
    const server = await openOpenaiServer(t, { TURN_TIMEOUT_MS: '1000' });
    for (const [at, isStream] of [true, false].entries()) {
      server.provider.script({ kind: 'hang' });
      const gone = new AbortController();
      const body = JSON.stringify({ model: 'Cleo', messages: ask('Hi'), tools: [weather], stream: isStream });
      const headers = { 'content-type': 'application/json' };
      const asked = fetch(`${server.url}/v1/chat/completions`, { method: 'POST', headers, body, signal: gone.signal });
      const over = assert.rejects(asked.then((answer) => answer.text()));
      const { hungUp } = await within(2_000, server.provider.arrived(at + 1), 'the request');
      gone.abort();
      await over;
      await within(900, hungUp, 'the closed socket');
    }
    server.provider.script({ kind: 'hang' });
    await assert.rejects(create(server, { tools: [weather] }), { status: 504, code: 'turn-timed-out' });
  });

  it('at a stop what is under way is let end, as turns are', async (t) => {
    const { provider, start } = await openModelProcess(t, { STOP_TIMEOUT_MS: '20000' });
    const { server, url, call } = await start();
    provider.script({ kind: 'answer', text: 'whole', held: true });
    const asked = call('create-chat-completion', { body: { model: 'Cleo', messages: ask('Hi'), tools: [weather] } });
    await within(5_000, provider.arrived(), 'the question');
    const ended = server.end('SIGTERM');
    const untilClosed = async () => {
      while (
        await fetch(`${url}/healthz`, { headers: { connection: 'close' } }).then(
          () => true,
          () => false,
        )
      );
    };
    await within(5_000, untilClosed(), 'the stop');
    provider.release(2);
    const { status, body } = await within(5_000, asked, 'the answer');
    assert.deepEqual([status, body.choices[0]?.message.content], [200, 'whole']);
    assert.equal(await within(10_000, ended, 'the end'), 0);
  });

  it('only so many are under way and wait', async (t) => {
    const server = await openOpenaiServer(t, { TURN_CONCURRENCY: '1' });
    server.provider.script({ kind: 'answer', text: 'one', held: true });
    const first = create(server, { n: 8 });
    await server.provider.arrived();
    // Behind one place a hundred wait: 7 of the first, and then 11 times 8.
    const settled = () =>
      create(server, { n: 8 }).then(
        () => 'answered',
        ({ code }) => code,
      );
    const others = Array.from({ length: 11 }, settled);
    const more = Array.from({ length: 2 }, settled);
    const refused = await within(5_000, Promise.race([...others, ...more]), 'a refusal');
    assert.equal(refused, 'too-many-answers');
    assert.equal(server.provider.requests.length, 1);
    server.provider.release(200);
    await first;
    const ends = await Promise.all([...others, ...more]);
    assert.equal(ends.filter((end) => end === 'answered').length, 11);
  });
});
